import { drawToken, hasPenalties, SeenTokens } from "../generation/sampler.ts";
import { NO_TOKEN } from "../kernels/argmax.ts";
import type { Sampling } from "../kernels/sample.ts";
import { isInMask } from "../token-mask.ts";

/** Choices by chance, or with penalties, by the rules of kernels/sample.wgsl. */
export class CpuChoices {
  readonly #isAllowed: (token: number) => boolean;
  readonly #seen = new Map<number, SeenTokens>(); // by sequence

  /** @param allowed a bit a token that may be chosen. u32 [ceil(vocabSize / 32)] */
  constructor(allowed: Uint32Array) {
    this.#isAllowed = (token) => isInMask(allowed, token);
  }

  /** What the penalties of a sequence are for; what is chosen from then on is counted by itself. */
  setSeen(sequence: number, prompt: readonly number[], answer: readonly number[]): void {
    this.#seen.set(sequence, new SeenTokens(prompt, answer));
  }

  /**
   * @param logits changed by penalties
   * @param position of the token that is chosen
   */
  choose(logits: Float32Array, sampling: Sampling, position: number, sequence: number): number {
    if (!logits.every(Number.isFinite)) return NO_TOKEN;
    const seen = hasPenalties(sampling) ? this.#seen.get(sequence) : undefined;
    seen?.penalize(logits, sampling);
    const token = drawToken(logits, sampling, position, this.#isAllowed);
    if (token === undefined) return NO_TOKEN;
    seen?.add(token);
    return token;
  }
}
