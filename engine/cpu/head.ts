// What makes logits of rows, and greedy choices of logits.
import { MAX_OUTPUTS } from "../generation/runner.ts";
import type { Plan } from "../graph/plan.ts";
import type { Precision } from "../language-model.ts";
import type { ModelConfig } from "../models/config.ts";
import type { Allocator } from "./allocator.ts";
import type { Parts } from "./compile-step.ts";
import type { Address } from "./memory.ts";
import type { CpuOperation } from "./operations.ts";
import { inputFormOf, quantizeOperations, readAs } from "./results.ts";
import type { Weights } from "./weights.ts";

const WORD_BYTES = 4;

export interface Head {
  readonly rows: Address; // f32 [MAX_OUTPUTS, hiddenSize], before the final norm
  readonly normed: Address; // f32 [MAX_OUTPUTS, hiddenSize], after it
  readonly logits: Address; // f32 [MAX_OUTPUTS, vocabSize]
  readonly choices: Address; // u32 [MAX_OUTPUTS]
  readonly allowed: Address; // a bit a token: zeros until they are written
  readonly norm: readonly CpuOperation[]; // `rows` -> `normed`
  readonly ofRows: readonly CpuOperation[]; // `rows` -> `normed`, `logits`
  of(hidden: Address): readonly CpuOperation[]; // f32 [tokens, hiddenSize] -> likewise
  readonly argmax: readonly CpuOperation[]; // `logits` -> `choices`
}

interface HeadParts extends Pick<Parts, "inputFor"> {
  readonly weights: Weights;
  readonly precision: Precision;
}

/** @throws EngineError `out-of-memory` */
export function compileHead(
  { finalNorm, lmHead }: Plan,
  { hiddenSize, vocabSize, rmsNormEps }: ModelConfig,
  allocator: Allocator,
  { weights, inputFor, precision }: HeadParts,
): Head {
  const words = (label: string, count: number) => allocator.allocate(count * WORD_BYTES, label);
  const rows = words("head rows", MAX_OUTPUTS * hiddenSize);
  const normed = words("normed", MAX_OUTPUTS * hiddenSize);
  const logits = words("logits", MAX_OUTPUTS * vocabSize);
  const choices = words("choices", MAX_OUTPUTS);
  const allowed = words("allowed tokens", Math.ceil(vocabSize / 32));
  const input = inputFor(lmHead, "head input", normed, 1);
  const norm = (x: Address): CpuOperation => ({
    ...{ kind: "norm", x, xStride: hiddenSize, y: normed, yStride: hiddenSize },
    ...{ weight: weights.vector(finalNorm), count: 1, columns: hiddenSize, eps: rmsNormEps },
  });
  const product: CpuOperation = {
    ...{ kind: "product", weight: weights.matrix(lmHead), ...readAs(input, inputFormOf(lmHead, precision)) },
    ...{ y: logits, yStride: vocabSize, bias: 0, isAdded: false, isBeside: false, rowsPerToken: 1 },
  };
  const of = (x: Address): readonly CpuOperation[] => [norm(x), ...quantizeOperations(input), product];
  const argmax: CpuOperation = { kind: "argmax", logits, allowed, y: choices, vocabSize };
  return { ...{ rows, normed, logits, choices, allowed }, norm: [norm(rows)], ofRows: of(rows), of, argmax: [argmax] };
}
