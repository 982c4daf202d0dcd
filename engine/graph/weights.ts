import type { Linears, LinearWeight } from "../kernels/linear.ts";
import type { DeviceBuffers } from "../models/device-buffers.ts";
import { linearSource, readF32 } from "../models/tensors.ts";
import type { ModelFile } from "../weights/model-file.ts";
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
  gguf: ModelFile,
  linears: Linears,
  buffers: DeviceBuffers,
  onBytes: (bytes: number) => void,
): Promise<Weights> {
  const matrices = new Map<string, LinearWeight>();
  const vectors = new Map<string, GPUBuffer>();
  const keyOf = (tensors: readonly { readonly name: string }[]) => tensors.map(({ name }) => name).join();

  async function uploadMatrix(packed: readonly Matrix[], inTurn: boolean): Promise<void> {
    if (packed.length === 0 || matrices.has(keyOf(packed))) return;
    const sources = packed.map((matrix) => linearSource(gguf, matrix, onBytes));
    const { experts } = packed[0]!;
    matrices.set(keyOf(packed), await linears.upload(sources, { inTurn, experts }));
  }

  async function uploadVector(joined: readonly Vector[]): Promise<void> {
    if (joined.length === 0 || vectors.has(keyOf(joined))) return;
    const values = new Float32Array(joined.reduce((sum, { size }) => sum + size, 0));
    let at = 0;
    for (const { name, size } of joined) {
      values.set(await readF32(gguf, name), at);
      at += size;
    }
    vectors.set(keyOf(joined), buffers.upload(keyOf(joined), values));
  }

  for (const step of plan.steps) {
    const { matrices, vectors } = weightsOf(step);
    for (const { packed, inTurn } of matrices) await uploadMatrix(packed, inTurn);
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
  readonly matrices: readonly { readonly packed: readonly Matrix[]; readonly inTurn: boolean }[];
  readonly vectors: readonly (readonly Vector[])[]; // joined
} {
  const below = (...packed: readonly Matrix[]) => [{ packed, inTurn: false }];
  const inTurn = (...packed: readonly Matrix[]) => [{ packed, inTurn: true }];
  switch (step.kernel) {
    case "embedding":
      return { matrices: below(step.table), vectors: step.norm ? [[step.norm.weight]] : [] };
    case "linear":
      return { matrices: below(...step.weights), vectors: [step.biases] };
    case "residual":
      return { matrices: below(step.weight), vectors: [[step.norm.weight]] };
    case "gated":
      return { matrices: inTurn(step.gate, step.up), vectors: [] };
    case "experts": {
      const { gate, up, down } = step.weights;
      return { matrices: [...inTurn(gate, up), ...below(down)], vectors: [] };
    }
    case "head norm":
      return { matrices: [], vectors: [[step.q], [step.k]] };
    case "rms norm":
    case "conv":
      return { matrices: [], vectors: [[step.weight]] };
    case "delta rule":
      return { matrices: [], vectors: [step.weights] };
    default:
      return { matrices: [], vectors: [] };
  }
}
