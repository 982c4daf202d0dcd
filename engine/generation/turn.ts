import type { Outcome, Output } from "./runner.ts";

/** One request's turn with the model: each call goes on where the one before ended. Calls of many requests share steps. */
export interface Turn {
  /** No other request is under way. */
  readonly isAlone: boolean;
  /** The choice after these tokens; NO_TOKEN if a logit is no finite number. */
  choiceAfter(tokens: readonly number[], progress?: Progress): Promise<number>;
  /** The choice after the last choice, which need not have been read yet. */
  choiceNext(): Promise<number>;
  /** Greedy, after each of MAX_OUTPUTS tokens at most, some of which may be taken back. */
  choicesAfterEach(tokens: readonly number[]): Promise<number[]>;
  /** f32 [vocabSize] */
  logitsAfter(tokens: readonly number[], progress?: Progress): Promise<Float32Array>;
  /** Of MAX_OUTPUTS tokens at most. */
  logitsAfterEach(tokens: readonly number[]): Promise<Float32Array[]>;
  /** After the final norm. f32 [hiddenSize] */
  hiddenAfter(tokens: readonly number[]): Promise<Float32Array>;
  /** Takes back all but the first `length` tokens. */
  truncate(length: number): void;
  end(): void;
}

/** Told at a prompt's beginning, and after each part of it but the last: how many of the turn's tokens are done. */
export type Progress = (processed: number) => void;

/** What a turn asks for: outputs after the last of the tokens, which follow those it asked with before. */
export interface Question {
  readonly tokens: readonly number[] | Promise<number>; // a promise: the choice before
  readonly kind: Output["kind"];
  readonly outputs: number; // after the last so many tokens
  readonly isTentative: boolean; // the tokens may be taken back
  readonly progress: Progress;
}

export interface TurnDoors {
  ask(question: Question): Promise<Outcome[]>;
  isAlone(): boolean;
  truncate(length: number): void;
  end(): void;
}

export function createTurn({ ask: askFor, isAlone, truncate, end }: TurnDoors): Turn {
  const ask = (tokens: Question["tokens"], kind: Output["kind"], outputs = 1, progress: Progress = () => {}) =>
    askFor({ tokens, kind, outputs, progress, isTentative: false });
  let lastChoice: Promise<number> = Promise.reject(new TypeError("no choice before the first"));
  const chosen = (asked: Promise<Outcome[]>) => {
    lastChoice = asked.then(([outcome]) => outcome!.choice);
    lastChoice.catch(() => {}); // who asked hears of it
    return lastChoice;
  };
  lastChoice.catch(() => {});
  return {
    get isAlone() {
      return isAlone();
    },
    choiceAfter: (tokens, progress) => chosen(ask(tokens, "choice", 1, progress)),
    choiceNext: () => {
      const before = lastChoice;
      const asked = ask(before, "choice");
      asked.catch(() => {}); // who asked hears of what failed first
      return chosen(before.then(() => asked));
    },
    choicesAfterEach: async (tokens) => {
      const question = { tokens, outputs: tokens.length, isTentative: true, progress: () => {} };
      return (await askFor({ ...question, kind: "choice" })).map(({ choice }) => choice);
    },
    logitsAfter: async (tokens, progress) => (await ask(tokens, "logits", 1, progress))[0]!.values,
    logitsAfterEach: async (tokens) => (await ask(tokens, "logits", tokens.length)).map(({ values }) => values),
    hiddenAfter: async (tokens) => (await ask(tokens, "hidden"))[0]!.values,
    truncate,
    end,
  };
}
