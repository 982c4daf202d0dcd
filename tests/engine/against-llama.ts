// How far our distributions are from llama.cpp's, and how far they may be.
import type { LanguageModel, Precision } from "../../engine/index.ts";

const OURS = 256; // how many of our best tokens are kept: the reference's 24 are among them
const COMPARED = 5;

export const EXACT_DIFFERENCE = 0.005; // that precision `exact` may have
export const BOUNDS: Readonly<Record<Precision, { readonly agreement: number; readonly divergence: number }>> = {
  exact: { agreement: 0.99, divergence: 1e-4 },
  fast: { agreement: 0.95, divergence: 0.02 },
};

/** Log-probabilities after each token of a text, best first. */
export interface Distributions {
  readonly tokens: readonly number[];
  readonly top: readonly (readonly (readonly [token: number, logprob: number])[])[];
}

/** llama.cpp's: fixtures/make-logits.py and fixtures/make-tiny-logits.py write them. */
export interface ReferenceText extends Distributions {
  readonly roundedDifference: number; // of its own kernels on the quantized file
}

export interface Figures {
  readonly difference: number; // mean absolute, of log-probabilities
  readonly agreement: number; // share of positions with the same best token, near ties aside
  readonly divergence: number; // mean KL(reference, ours) over the reference's tokens and the rest as one
}

/** Of a text's positions. */
export async function compare(model: LanguageModel, { tokens, top }: Distributions): Promise<Figures> {
  const differences: number[] = [];
  const divergences: number[] = [];
  let agreements = 0;
  let position = 0;
  for await (const { top: ours } of model.score(tokens, { top: OURS })) {
    const reference = top[position++]!;
    const logprobs = new Map(ours);
    for (const [token, logprob] of reference.slice(0, COMPARED))
      differences.push(Math.abs(logprob - ourLogprob(logprobs, token)));
    divergences.push(divergence(reference, logprobs));
    const [[best, logprob], [, second]] = reference as [readonly [number, number], readonly [number, number]];
    if (ours[0]![0] === best || logprob - second < 0.01) agreements++;
  }
  return { difference: mean(differences), agreement: agreements / tokens.length, divergence: mean(divergences) };
}

function divergence(reference: readonly (readonly [number, number])[], ours: ReadonlyMap<number, number>): number {
  let sum = 0;
  let restOfReference = 1;
  let restOfOurs = 1;
  for (const [token, logprob] of reference) {
    const other = ourLogprob(ours, token);
    sum += Math.exp(logprob) * (logprob - other);
    restOfReference -= Math.exp(logprob);
    restOfOurs -= Math.exp(other);
  }
  const rest = Math.max(restOfReference, 1e-9);
  return sum + rest * Math.log(rest / Math.max(restOfOurs, 1e-9));
}

function ourLogprob(ours: ReadonlyMap<number, number>, token: number): number {
  const logprob = ours.get(token);
  if (logprob === undefined) throw new Error(`token ${token} of the reference's best is not among our best ${OURS}`);
  return logprob;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
