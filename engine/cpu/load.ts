import type { Plan } from "../graph/plan.ts";
import type { ModelConfig } from "../models/config.ts";
import type { LoadedModel, LoadOptions, Target } from "../target.ts";
import type { ModelFile } from "../weights/model-file.ts";
import { Allocator } from "./allocator.ts";
import { compileProgram } from "./compile.ts";
import type { Executor } from "./executor.ts";
import { allocateMatrix } from "./kernels.ts";
import type { Pack } from "./loras.ts";
import { createMachine, type Machine } from "./machine.ts";
import { CpuMemory } from "./memory.ts";
import { workOf } from "./profile.ts";
import { createCpuRunner } from "./runner.ts";
import { packValues, placeWeights } from "./weights.ts";
import { WorkQueue } from "./work-queue.ts";

type Parts = readonly [
  target: Pick<Target, "precision" | "maxTokens">,
  plan: Plan,
  file: ModelFile,
  config: ModelConfig,
  options: LoadOptions,
];

/** @throws EngineError `bad-model-file` for a file that ends early, `out-of-memory` */
export async function loadOnCpu(...parts: Parts): Promise<LoadedModel> {
  const machine = createMachine();
  try {
    return await load(machine, ...parts);
  } catch (error) {
    await machine.executor.dispose(); // before the caller closes the file, which threads may be reading
    throw error;
  }
}

/** The same with sizes only: nothing is allocated, read or run. */
export function countOnCpu(...parts: Parts): Promise<LoadedModel> {
  return load(undefined, ...parts);
}

const NOTHING: Executor = {
  run: async () => {},
  pack() {},
  packFile: async () => undefined,
  maxPackedBytes: Number.POSITIVE_INFINITY,
  dispose: async () => {},
};

async function load(
  machine: Machine | undefined,
  ...[target, plan, file, config, options]: Parts
): Promise<LoadedModel> {
  const { allowed, onBytes = () => {}, ...sizes } = options;
  const { memory, executor } = machine ?? { memory: new CpuMemory(), executor: NOTHING };
  const allocator = new Allocator(machine && memory);
  const weights = placeWeights(plan, allocator);
  const pack: Pack = (label, values, rows, columns) => {
    const matrix = allocateMatrix(allocator, { type: "F32", rows, columns, experts: 1 }, label);
    packValues(matrix, values, executor);
    return matrix;
  };

  async function compile() {
    const mask = allowed();
    const allowedAt = allocator.place(mask, "allowed tokens");
    const parts = { ...sizes, precision: target.precision, maxTokens: target.maxTokens, allowed: allowedAt, pack };
    return { mask, program: compileProgram(plan, config, weights, allocator, parts) };
  }

  const reading = machine && weights.read(machine, file, onBytes);
  const [{ mask, program }] = await Promise.all([compile(), reading]); // while the threads read, this one compiles
  const queue = new WorkQueue();
  const { maxTokens } = target;
  return {
    runner: createCpuRunner(config, { memory, executor, queue, program, allowed: mask, maxTokens }),
    states: program.states.store(memory, queue),
    weightsBytes: weights.byteLength,
    byteLength: allocator.byteLength,
    tokenSteps: [...program.steps, program.headOfHidden].map((operations) =>
      operations.map((operation) => workOf(operation, 1)),
    ),
    destroy: () => void executor.dispose(),
  };
}
