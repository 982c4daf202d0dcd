import type { Linears, LinearWeight } from "../kernels/linear.ts";
import type { DeviceBuffers } from "../models/device-buffers.ts";
import { linearSource, readF32 } from "../models/tensors.ts";
import type { GgufFile } from "../weights/gguf.ts";
import type { Matrix, Vector } from "./graph.ts";
import type { Plan } from "./plan.ts";
import type { Step } from "./steps.ts";

/** A plan's weights on a device. */
export interface Weights {
  /** Matrices as a step reads them: one below the other, or gate and up in turn. */
  matrix(packed: readonly Matrix[]): LinearWeight;
  /** f32, one behind the other. */
  vector(joined: readonly Vector[]): GPUBuffer;
  readonly matrices: Iterable<LinearWeight>;
}

/** @throws EngineError `unsupported-model` for a tensor's type, `bad-model-file` for a file that ends early */
export async function uploadWeights(
  plan: Plan,
  gguf: GgufFile,
  linears: Linears,
  buffers: DeviceBuffers,
  onBytes: (bytes: number) => void,
): Promise<Weights> {
  const matrices = new Map<string, LinearWeight>();
  const vectors = new Map<string, GPUBuffer>();
  const keyOf = (tensors: readonly { readonly name: string }[]) => tensors.map(({ name }) => name).join();

  async function uploadMatrix(packed: readonly Matrix[], inTurn: boolean): Promise<void> {
    if (packed.length === 0 || matrices.has(keyOf(packed))) return;
    const sources = packed.map(({ name, rows, columns }) => linearSource(gguf, name, [columns, rows], onBytes));
    matrices.set(keyOf(packed), await linears.upload(sources, { inTurn }));
  }

  async function uploadVector(joined: readonly Vector[]): Promise<void> {
    if (joined.length === 0 || vectors.has(keyOf(joined))) return;
    const values = new Float32Array(joined.reduce((sum, { size }) => sum + size, 0));
    let at = 0;
    for (const { name, size } of joined) {
      values.set(await readF32(gguf, name, size), at);
      at += size;
    }
    vectors.set(keyOf(joined), buffers.upload(keyOf(joined), values));
  }

  for (const step of plan.steps) {
    const { packed, inTurn, vectors } = weightsOf(step);
    await uploadMatrix(packed, inTurn);
    for (const joined of vectors) await uploadVector(joined);
  }
  await uploadVector([plan.finalNorm]);
  await uploadMatrix([plan.lmHead], false);
  linears.finishUploads();
  return {
    matrix: (packed) => matrices.get(keyOf(packed))!,
    vector: (joined) => vectors.get(keyOf(joined))!,
    matrices: matrices.values(),
  };
}

/** What a step reads of the checkpoint. */
export function weightsOf(step: Step): {
  readonly packed: readonly Matrix[];
  readonly inTurn: boolean;
  readonly vectors: readonly (readonly Vector[])[]; // joined
} {
  const inTurn = step.kernel === "gated";
  switch (step.kernel) {
    case "embedding":
      return { packed: [step.table], inTurn, vectors: step.norm ? [[step.norm.weight]] : [] };
    case "linear":
      return { packed: step.weights, inTurn, vectors: [step.biases] };
    case "residual":
      return { packed: [step.weight], inTurn, vectors: [[step.norm.weight]] };
    case "gated":
      return { packed: [step.gate, step.up], inTurn, vectors: [] };
    case "head norm":
      return { packed: [], inTurn, vectors: [[step.q], [step.k]] };
    case "rms norm":
      return { packed: [], inTurn, vectors: [[step.weight]] };
    default:
      return { packed: [], inTurn, vectors: [] };
  }
}
