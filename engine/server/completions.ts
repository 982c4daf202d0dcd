import { randomUUID } from "node:crypto";
import { generateText, usageOf } from "../chat/generate-text.ts";
import { lorasIn, nameWithLoras } from "../chat/model-name.ts";
import { type CompletionRequest, type Prompt, promptsOf } from "../chat/request.ts";
import { badField } from "../errors.ts";
import type { LanguageModel } from "../language-model.ts";
import { encodeWithin } from "../tokenizer/encode-within.ts";
import { type FillInMiddle, fillInMiddle } from "../tokenizer/fill-in-middle.ts";
import { behind, MAX_AT_ONCE, opening, seedOf, sumOf } from "./choices.ts";
import { type CompletionLogprobs, joined, scoredPrompt, TokenLogprobs } from "./completion-logprobs.ts";
import { Gate, sideBySide } from "./side-by-side.ts";

type Usage = ReturnType<typeof usageOf>;

interface Piece {
  readonly text: string;
  readonly logprobs: CompletionLogprobs | undefined;
  readonly finishReason?: string;
  readonly usage?: Usage;
  readonly meanLogprob?: number; // of the answer's tokens, at its end
}

interface Choice {
  readonly index: number;
  readonly text: string;
  readonly logprobs: CompletionLogprobs | null;
  readonly finish_reason: string | null;
}

interface CompletionEvent {
  readonly id: string;
  readonly object: "text_completion";
  readonly created: number; // s
  readonly model: string;
  readonly choices: readonly Choice[];
  readonly usage?: Usage;
}

/** The pieces of all answers as they come, each prompt's `n` after those of the prompt before; the last event has the usage. */
export async function* completionEvents(
  model: LanguageModel,
  name: string,
  request: CompletionRequest,
  signal: AbortSignal,
  onPrompt: (tokens: number) => void = () => {},
): AsyncGenerator<CompletionEvent> {
  const { served, usages, starts } = begun(model, name, request, onPrompt);
  const head = headOf(served);
  for await (const [index, piece] of sideBySide(starts, { limit: MAX_AT_ONCE, signal })) {
    if (piece.usage) usages.add(index, piece.usage);
    yield { ...head, choices: [choiceOf(index, [piece])] };
  }
  yield { ...head, choices: [], usage: usages.sum() };
}

/** The same as one answer; of `best_of` the likeliest. */
export async function completion(
  model: LanguageModel,
  name: string,
  request: CompletionRequest,
  signal: AbortSignal,
): Promise<CompletionEvent> {
  const { n = 1 } = request;
  const perPrompt = answersTo(request);
  const { served, usages, starts } = begun(model, name, request);
  const answers: Piece[][] = starts.map(() => []);
  for await (const [index, piece] of sideBySide(starts, { limit: MAX_AT_ONCE, signal })) {
    answers[index]!.push(piece);
    if (piece.usage) usages.add(index, piece.usage);
  }
  const best = Array.from({ length: answers.length / perPrompt }, (_, prompt) => {
    const written = answers.slice(prompt * perPrompt, (prompt + 1) * perPrompt);
    return perPrompt === n ? written : written.toSorted((a, b) => likelihoodOf(b) - likelihoodOf(a)).slice(0, n);
  });
  return {
    ...headOf(served),
    choices: best.flat().map((pieces, i) => choiceOf(i, pieces)),
    usage: usages.sum(),
  };
}

/** What both need of a request: the name that answers, what prompts take, and the answers, not yet begun. */
function begun(
  model: LanguageModel,
  name: string,
  request: CompletionRequest,
  onPrompt: (tokens: number) => void = () => {},
) {
  const loras = lorasIn(request.model, name, model.info.loras);
  const perPrompt = answersTo(request);
  return {
    served: nameWithLoras(name, loras),
    usages: new Usages(perPrompt),
    starts: startsOf(model, request, { perPrompt, loras, onPrompt }),
  };
}

const answersTo = ({ n = 1, best_of = n }: CompletionRequest) => best_of;
const likelihoodOf = (pieces: readonly Piece[]) => pieces.at(-1)?.meanLogprob ?? Number.NEGATIVE_INFINITY;

function headOf(model: string): Omit<CompletionEvent, "choices"> {
  return { id: `cmpl-${randomUUID()}`, object: "text_completion", created: Math.floor(Date.now() / 1000), model };
}

function choiceOf(index: number, pieces: readonly Piece[]): Choice {
  const logprobs = pieces.flatMap((piece) => piece.logprobs ?? []);
  return {
    index,
    text: pieces.map(({ text }) => text).join(""),
    logprobs: logprobs.length > 0 ? joined(logprobs) : null,
    finish_reason: pieces.at(-1)?.finishReason ?? null,
  };
}

/** @param loras the adapters that count */
function startsOf(
  model: LanguageModel,
  request: CompletionRequest,
  {
    perPrompt,
    loras,
    onPrompt,
  }: {
    readonly perPrompt: number;
    readonly loras: readonly string[];
    readonly onPrompt: (tokens: number) => void;
  },
) {
  return promptsOf(request.prompt).flatMap((prompt) => {
    const gate = new Gate();
    let beginning: Promise<Beginning> | undefined; // the same for all answers to the prompt
    return Array.from({ length: perPrompt }, (_, index) => (signal: AbortSignal) => {
      async function* answer(): AsyncGenerator<Piece> {
        beginning ??= beginningOf(model, prompt, request, { loras, signal });
        const own = await beginning;
        if (index === 0) onPrompt(own.tokens.length);
        yield* piecesOf(model, own, { ...request, ...seedOf(request, index) }, { gate, loras, signal });
      }
      return index === 0 ? opening(gate, answer()) : behind(gate, answer);
    });
  });
}

/** A prompt's tokens, and what of it is the beginning of each answer. */
interface Beginning {
  readonly tokens: FillInMiddle["tokens"];
  readonly stopTokens?: FillInMiddle["stopTokens"];
  readonly echo: Piece | undefined;
}

/** A text to be continued, in which special tokens count; or to be filled in, where it is followed by a suffix. */
async function beginningOf(
  model: LanguageModel,
  prompt: Prompt,
  { suffix, echo, logprobs: top, add_special_tokens: begins = true }: CompletionRequest,
  { loras, signal }: { readonly loras: readonly string[]; readonly signal: AbortSignal },
): Promise<Beginning> {
  const { tokenizer, info } = model;
  const { contextLength } = info;
  if (suffix) return { ...(await fillInMiddle(tokenizer, prompt, suffix, { contextLength, signal })), echo: undefined };
  const isText = typeof prompt === "string";
  const options = { special: true, begins, contextLength, signal };
  const tokens = isText ? await encodeWithin(tokenizer, prompt, options) : prompt;
  if (tokens.length === 0) throw badField("prompt", "it is empty, so that there is nothing to continue");
  if (!echo) return { tokens, echo: undefined };
  const text = isText ? prompt : tokenizer.decode(tokens, { skipSpecial: true });
  if (top === undefined) return { tokens, echo: { text, logprobs: undefined } };
  const logprobs = new TokenLogprobs(tokenizer);
  for (const scored of await scoredPrompt(model, tokens, top, { loras, signal })) logprobs.add(scored);
  return { tokens, echo: { text, logprobs: logprobs.rest() } };
}

async function* piecesOf(
  model: LanguageModel,
  { tokens, stopTokens, echo }: Beginning,
  request: CompletionRequest,
  { gate, loras, signal }: { readonly gate: Gate; readonly loras: readonly string[]; readonly signal: AbortSignal },
): AsyncGenerator<Piece> {
  const { logprobs: top, n = 1 } = request;
  const isRanked = answersTo(request) > n;
  const logprobs = top === undefined ? undefined : new TokenLogprobs(model.tokenizer, echo?.text);
  if (echo) yield echo;
  const topLogprobs = top ?? (isRanked ? 0 : undefined);
  const answer = generateText(model, tokens, request, { topLogprobs, stopTokens, loras, signal });
  let next = await answer.next();
  gate.open();
  let [sum, count] = [0, 0];
  for (; !next.done; next = await answer.next()) {
    const { text, token } = next.value;
    if (token) {
      logprobs?.add(token);
      sum += token.logprob ?? 0;
      count++;
    }
    if (text !== "" || token === undefined) yield { text, logprobs: logprobs?.take(text) };
  }
  const { finishReason } = next.value;
  const meanLogprob = count === 0 ? Number.NEGATIVE_INFINITY : sum / count;
  yield { text: "", logprobs: undefined, finishReason, usage: usageOf(next.value), meanLogprob };
}

/** Adds up what each prompt has taken, whose answers share it. */
class Usages {
  readonly #byPrompt = new Map<number, Usage>();
  readonly #perPrompt: number;

  constructor(perPrompt: number) {
    this.#perPrompt = perPrompt;
  }

  add(index: number, usage: Usage): void {
    const prompt = Math.floor(index / this.#perPrompt);
    this.#byPrompt.set(prompt, sumOf(this.#byPrompt.get(prompt), usage));
  }

  sum(): Usage {
    const all = [...this.#byPrompt.values()];
    const total = (count: (usage: Usage) => number) => all.reduce((sum, usage) => sum + count(usage), 0);
    return {
      prompt_tokens: total((usage) => usage.prompt_tokens),
      completion_tokens: total((usage) => usage.completion_tokens),
      total_tokens: total((usage) => usage.total_tokens),
      prompt_tokens_details: { cached_tokens: total((usage) => usage.prompt_tokens_details.cached_tokens) },
    };
  }
}
