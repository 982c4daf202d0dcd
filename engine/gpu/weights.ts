import type { Matrix, Vector } from "../graph/graph.ts";
import type { Plan } from "../graph/plan.ts";
import { weightsOf } from "../graph/step-weights.ts";
import type { Linears, LinearWeight } from "../kernels/linear.ts";
import { linearSource, readF32 } from "../models/tensors.ts";
import type { ModelFile } from "../weights/model-file.ts";
import type { DeviceBuffers } from "./device-buffers.ts";

/** A plan's weights on a device. */
export interface Weights {
  /** Matrices as a step reads them: one below the other, or gate and up in turn. */
  matrix(packed: readonly Matrix[]): LinearWeight;
  /** f32, one behind the other. */
  vector(joined: readonly Vector[]): GPUBuffer;
  readonly matrices: readonly LinearWeight[];
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
    matrices: [...matrices.values()],
  };
}
