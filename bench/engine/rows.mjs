// What is measured, of everybody alike.
export const PROMPTS = [32, 128, 512]; // tokens
export const TEXT = 32; // tokens
export const CONTEXTS = [128, 4096]; // tokens before a token of text
export const TOGETHER = [4, 8]; // requests at once

export const promptRow = (tokens) => `prompt of ${tokens}, tok/s`;
export const TEXT_ROW = "text, tok/s";
export const contextRow = (tokens) => `text after ${tokens.toLocaleString("en")} tokens, tok/s of the adapter's time`;
/** Where the clock on the wall is nearly the adapter's: on the processors. */
export const LONG_CONTEXT = 4096; // tokens
export const LONG_CONTEXT_ROW = `text after ${LONG_CONTEXT.toLocaleString("en")} tokens, tok/s`;
export const togetherRow = (sequences) => `text of ${sequences} requests at once, of one's tok/s`;
export const READY_ROW = "ready after, s";
export const RESIDENT_ROW = "resident memory, GB";

/** In the order of the table. */
export const ROWS = [
  ...PROMPTS.map(promptRow),
  TEXT_ROW,
  LONG_CONTEXT_ROW,
  ...CONTEXTS.map(contextRow),
  ...TOGETHER.map(togetherRow),
  READY_ROW,
  RESIDENT_ROW,
];

/** Different prompts each time, so that nobody finds one in a cache. */
export const promptTokens = (length, seed) => Array.from({ length }, (_, i) => (seed * 7919 + i * 104_729) % 50_000);
