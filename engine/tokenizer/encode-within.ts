import { setImmediate } from "node:timers/promises";
import { contextExceeded } from "../errors.ts";
import type { EncodeOptions, Tokenizer } from "./tokenizer.ts";

const TURN_MS = 5; // after which others have theirs

export interface WithinOptions extends EncodeOptions {
  readonly contextLength: number; // tokens
  readonly signal?: AbortSignal | undefined;
}

/**
 * The tokens of a text that somebody else wrote: others have their turn between its slices, and what cannot fit in the
 * context is refused as soon as that is known. 30 MB would take minutes to be refused at the end.
 *
 * @throws EngineError `context-exceeded`, or the signal's reason
 */
export async function encodeWithin(
  tokenizer: Tokenizer,
  text: string,
  { contextLength, signal, ...options }: WithinOptions,
): Promise<number[]> {
  const tokens: number[] = [];
  const checkRoom = (end: number) => {
    const least = tokens.length + Math.ceil((text.length - end) / tokenizer.longestToken);
    if (least > contextLength) throw contextExceeded(least, contextLength, "or more do not fit");
  };
  checkRoom(0);
  let turnBegan = performance.now();
  for (const slice of tokenizer.encodeSlices(text, options)) {
    tokens.push(...slice.tokens);
    checkRoom(slice.end);
    if (performance.now() - turnBegan < TURN_MS) continue;
    await setImmediate();
    signal?.throwIfAborted();
    turnBegan = performance.now();
  }
  return tokens;
}
