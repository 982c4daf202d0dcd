import { NO_TOKEN } from "./argmax.ts";

/** What `argmax.wgsl` must choose. */
export function argmaxReference(logits: Float32Array, isAllowed: (token: number) => boolean): number {
  if (!logits.every(Number.isFinite)) return NO_TOKEN;
  let best = NO_TOKEN;
  for (const [token, logit] of logits.entries()) {
    if (isAllowed(token) && (best === NO_TOKEN || logit > logits[best]!)) best = token;
  }
  return best;
}
