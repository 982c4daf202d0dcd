// What the engine and the thread of its grammars say to each other.
import type { TimeSource } from "./thread-time.ts";

/** What can be compiled. */
export interface GrammarSource {
  readonly type: "schema" | "calls"; // calls: structural tags
  readonly text: string; // JSON
  /** Rules of the grammar (EBNF, the first one is meant) by the mark whose constant list stands for them in the schemas. */
  readonly rules: Readonly<Record<string, string>>;
}

export interface Vocabulary {
  /** As the checkpoint spells them, bytes as its characters: a list's UTF-8, and where each text begins. */
  readonly texts: readonly [bytes: Uint8Array, starts: Uint32Array];
  readonly stopTokens: readonly number[];
}

/** What the thread begins with. */
export interface GrammarStart {
  readonly vocabulary: Vocabulary;
  /** The thread's time when it began what it is at, in microseconds; IDLE between two requests. One i64. */
  readonly began: BigInt64Array<SharedArrayBuffer>;
}

export const IDLE = -1n;

export interface OpenRequest {
  readonly type: "open";
  readonly id: number;
  readonly source: GrammarSource;
  readonly begun: string; // the beginning of the answer
  readonly tokens: readonly number[]; // and what has followed
}

/** Is the schema one, and does a text fit it? Both are JSON. */
export interface CheckRequest {
  readonly type: "check";
  readonly schema: string;
  readonly text: string | undefined; // undefined: only the schema is looked at
}

export type GrammarRequest =
  | OpenRequest
  | CheckRequest
  | { readonly type: "accept"; readonly id: number; readonly token: number }
  | { readonly type: "close"; readonly id: number };

/** `mask`: the tokens that may come next, a bit each; empty where the answer has ended, or a text was checked. */
export interface GrammarAnswer {
  readonly mask: Int32Array;
  readonly milliseconds: number; // of the thread's time
  readonly misfit?: string | undefined; // where a text that was checked does not fit
}

export type GrammarReply = { readonly ready: TimeSource } | GrammarAnswer | { readonly problem: string };

export const EXHAUSTED = "it takes too much memory";
