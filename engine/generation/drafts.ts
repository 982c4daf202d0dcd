import { performance } from "node:perf_hooks";
import { InFlight } from "./in-flight.ts";
import { PromptLookup } from "./prompt-lookup.ts";
import { MAX_OUTPUTS } from "./runner.ts";
import type { Progress, Turn } from "./turn.ts";

const FIRST_GUESS = { given: 4, cost: 3 }; // tokens a check gives, and single steps that it costs
const WEIGHT = 0.2; // of the newest figure in a moving average

/**
 * Greedy choices, some of them several at once: what is likely to come is drafted, and checked in one step, which costs
 * less than a step for each of its tokens. The choices are the same with and without: a token's logits are the same bits
 * alone and among others.
 *
 * Where steps in flight pay, they are queued as long as there is nothing to check: a check begins with the newest token.
 * While others share the steps there are no drafts: the rows that they would take are theirs.
 *
 * @param limit of choices
 */
export async function* chooseWithDrafts(
  turn: Pick<Turn, "isAlone" | "choiceAfter" | "choiceNext" | "choicesAfterEach" | "truncate">,
  prompt: readonly number[],
  limit: number,
  stepsInFlight: number,
  progress: Progress,
  now: () => number = () => performance.now(),
): AsyncGenerator<number> {
  const lookup = new PromptLookup(prompt);
  const payoff = new Payoff();
  const inFlight = new InFlight();
  let given = 0;
  const give = (token: number) => {
    given++;
    lookup.append(token);
    payoff.saw(token);
    return token;
  };
  const nextDraft = () => {
    const draft = lookup.draft(Math.min(MAX_OUTPUTS - 1, limit - given));
    payoff.drafted(draft);
    return draft;
  };
  const mayCheck = (draft: readonly number[]) => draft.length > 0 && payoff.pays && turn.isAlone;

  let isPrompt = true;
  inFlight.start(turn.choiceAfter(prompt, progress));
  while (given < limit) {
    const started = now();
    let newest = await inFlight.next()!;
    if (turn.isAlone && !isPrompt) payoff.stepTook(now() - started);
    isPrompt = false;
    yield give(newest);

    let draft = nextDraft();
    while (inFlight.count === 0 && given < limit && mayCheck(draft)) {
      const checked = now();
      const choices = await turn.choicesAfterEach([newest, ...draft]);
      payoff.checkTook(now() - checked);
      let right = 0;
      while (right < draft.length && choices[right] === draft[right]) right++;
      turn.truncate(prompt.length + given + right);
      for (const choice of choices.slice(0, Math.min(right + 1, limit - given))) {
        yield give(choice);
        newest = choice;
      }
      draft = nextDraft();
    }

    if (inFlight.count === 0 && given < limit) inFlight.start(turn.choiceAfter([newest]));
    const ahead = mayCheck(draft) ? 0 : Math.min(stepsInFlight, limit - given);
    while (inFlight.count < ahead) inFlight.start(turn.choiceNext());
  }
}

/** Whether a check pays: the tokens that one gives, against the time it takes in single steps. Drafts that are not checked count too. */
export class Payoff {
  #given = FIRST_GUESS.given;
  #step: number | undefined; // ms
  #check: number | undefined;
  #draft: readonly number[] = []; // the newest
  #right = 0; // how many of its tokens have come

  get pays(): boolean {
    const cost = this.#step && this.#check ? this.#check / this.#step : FIRST_GUESS.cost;
    return this.#given > cost;
  }

  /** A draft of what comes next. While the one before it comes true, there is no new one to count. */
  drafted(draft: readonly number[]): void {
    if (this.#draft.length > 0 || draft.length === 0) return;
    this.#draft = draft;
    this.#right = 0;
  }

  saw(token: number): void {
    if (this.#draft.length === 0) return;
    const isRight = this.#draft[this.#right] === token;
    if (isRight) this.#right++;
    if (isRight && this.#right < this.#draft.length) return;
    this.#given += WEIGHT * (this.#right + 1 - this.#given);
    this.#draft = [];
  }

  stepTook(milliseconds: number): void {
    this.#step = average(this.#step, milliseconds);
  }

  checkTook(milliseconds: number): void {
    this.#check = average(this.#check, milliseconds);
  }
}

function average(before: number | undefined, newest: number): number {
  return before === undefined ? newest : before + WEIGHT * (newest - before);
}
