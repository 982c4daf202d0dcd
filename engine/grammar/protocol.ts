// What the engine and the thread of its grammars say to each other.

/** What can be compiled; the texts are JSON. */
export type GrammarSource =
  | { readonly type: "json" } // any object
  | { readonly type: "schema"; readonly text: string }
  | { readonly type: "calls"; readonly text: string }; // structural tags

export interface Vocabulary {
  readonly texts: readonly string[]; // as the checkpoint spells them, bytes as its characters
  readonly stopTokens: readonly number[];
}

export interface OpenRequest {
  readonly type: "open";
  readonly id: number;
  readonly source: GrammarSource;
  readonly begun: string; // the beginning of the answer
  readonly tokens: readonly number[]; // and what has followed
}

export type GrammarRequest =
  | OpenRequest
  | { readonly type: "accept"; readonly id: number; readonly token: number }
  | { readonly type: "close"; readonly id: number };

/** `mask`: the tokens that may come next, a bit each; empty where the answer has ended. */
export type GrammarReply =
  | "ready"
  | { readonly mask: Int32Array; readonly milliseconds: number }
  | { readonly problem: string };

export const EXHAUSTED = "it takes too much memory";
