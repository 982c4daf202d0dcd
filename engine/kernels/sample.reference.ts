import { NO_TOKEN } from "./argmax.ts";
import { gumbel } from "./gumbel.ts";
import { inverseTemperature, type SampleRow, timesChosen } from "./sample.ts";

/**
 * What `sample.wgsl` must choose.
 * @param seen of the row's sequence, as seenTokens gives it
 */
export function sampleReference(
  logits: Float32Array,
  isAllowed: (token: number) => boolean,
  row: SampleRow,
  seen: Uint32Array,
): number {
  if (!logits.every(Number.isFinite)) return NO_TOKEN;
  let kept = [...logits.entries()]
    .filter(([token]) => isAllowed(token))
    .map(([token, logit]) => ({
      token,
      logit: row.sequence === undefined ? logit : penalized(logit, row, seen[token]!),
    }))
    .sort((a, b) => b.logit - a.logit || a.token - b.token);
  const [best] = kept;
  if (!best) return NO_TOKEN;
  if (row.temperature === 0) return best.token;

  const scaled = (logit: number) => (logit - best.logit) * inverseTemperature(row);
  const keepFrom = (lowest: number) => {
    kept = kept.filter(({ logit }) => logit >= lowest); // equals of the last one too
  };
  const last = kept[row.topK - 1];
  if (last) keepFrom(last.logit);
  if (row.topP < 1) {
    const weights = kept.map(({ logit }) => Math.exp(scaled(logit)));
    let left = row.topP * weights.reduce((sum, weight) => sum + weight, 0);
    let end = 0;
    while (end < kept.length - 1 && left > weights[end]!) left -= weights[end++]!;
    keepFrom(kept[end]!.logit);
  }
  kept = kept.filter(({ logit }) => Math.exp(scaled(logit)) >= row.minP);

  const score = ({ token, logit }: { token: number; logit: number }) =>
    scaled(logit) + gumbel(row.seed, row.position, token);
  return kept.reduce((most, next) => (score(next) > score(most) ? next : most)).token;
}

function penalized(logit: number, row: SampleRow, seen: number): number {
  if (seen === 0) return logit;
  const value = logit > 0 ? logit / row.repetitionPenalty : logit * row.repetitionPenalty;
  const times = timesChosen(seen);
  return times === 0 ? value : value - row.presencePenalty - times * row.frequencyPenalty;
}
