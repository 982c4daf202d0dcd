import { EngineError } from "../errors.ts";

/** ln(sum(exp(logits))). @throws EngineError where a logit is no finite number */
export function logSumExp(logits: Float32Array): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > highest) highest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - highest);
  const result = highest + Math.log(sum);
  if (!Number.isFinite(result)) throw brokenLogits();
  return result;
}

/** The `count` tokens with the highest logits, best first; the lower id first among equals. */
export function highest(logits: Float32Array, count: number, isAllowed: (token: number) => boolean): number[] {
  // Sorted by insertion: after the first few, hardly a token gets past the comparison with the last.
  const best: number[] = [];
  let threshold = Number.NEGATIVE_INFINITY;
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token]!;
    if ((best.length >= count && logit <= threshold) || !isAllowed(token)) continue;
    let at = best.length;
    while (at > 0 && logits[best[at - 1]!]! < logit) at--;
    best.splice(at, 0, token);
    if (best.length > count) best.pop();
    threshold = logits[best[best.length - 1]!]!;
  }
  return best;
}

/** Natural logarithms of the tokens' probabilities, best first. */
export function topLogprobs(logits: Float32Array, count: number, logsumexp = logSumExp(logits)): [number, number][] {
  return highest(logits, count, () => true).map((token) => [token, logits[token]! - logsumexp]);
}

export function brokenLogits(): EngineError {
  const message = "The model computed logits that are no numbers: its weights or the adapter's driver are broken.";
  return new EngineError("bad-model-file", message);
}
