import type { Plan } from "../graph/plan.ts";
import { stateSizes } from "../graph/state-sizes.ts";
import { BLOCK_TOKENS } from "../kernels/key-values.ts";
import type { ModelConfig } from "../models/config.ts";
import type { LoadedModel, LoadOptions } from "../target.ts";
import type { ModelFile } from "../weights/model-file.ts";
import { Allocator } from "./allocator.ts";
import { createMachines, type Machine } from "./machine.ts";
import { CpuMemory } from "./memory.ts";
import { CACHE_BYTES } from "./operations.ts";
import { workOf } from "./profile.ts";
import { createCpuRunner } from "./runner.ts";
import { Stage, type StageOptions } from "./stage.ts";
import { type Division, divide, fill } from "./stages.ts";
import { cacheTypeOf, createStateStore } from "./states.ts";
import type { CpuTarget } from "./target.ts";
import { packValues } from "./weights.ts";
import { WorkQueue } from "./work-queue.ts";

type Parts = readonly [
  target: Pick<CpuTarget, "precision" | "maxTokens" | "memoryBytes">,
  plan: Plan,
  file: ModelFile,
  config: ModelConfig,
  options: LoadOptions,
];

/** @throws EngineError `bad-model-file` for a file that ends early, `out-of-memory` */
export async function loadOnCpu(...parts: Parts): Promise<LoadedModel> {
  const division = divisionOf(...parts);
  const machines = createMachines(division.length);
  try {
    const stages = division.map((items, i) => {
      const machine = machines[i]!;
      return fill(new Stage(optionsOf(...parts), machine, new Allocator(machine.memory)), items);
    });
    return modelOf(stages, await read(stages, ...parts), ...parts);
  } catch (error) {
    await machines[0]!.executor.dispose(); // before the caller closes the file, which threads may be reading
    throw error;
  }
}

/** The same with sizes only: nothing is allocated, read or run. */
export async function countOnCpu(...parts: Parts): Promise<LoadedModel> {
  const stages = divisionOf(...parts).map((items) => fill(counted(optionsOf(...parts)), items));
  return modelOf(stages, new Uint32Array(), ...parts);
}

function optionsOf(...[{ precision, maxTokens }, plan, , config, options]: Parts): StageOptions {
  const { contextLength, numTables, loras = [] } = options;
  return { plan, config, precision, maxTokens, contextLength, numTables, loras };
}

/** Which memory has which steps. @throws EngineError `out-of-memory` where one is too small for a step */
export function divisionOf(...parts: Parts): Division {
  const [{ memoryBytes }, plan, { path }] = parts;
  return divide(plan, () => counted(optionsOf(...parts)), memoryBytes, path);
}

const NOTHING: Machine = {
  memory: new CpuMemory(),
  executor: {
    run: async () => {},
    pack() {},
    packFile: async () => undefined,
    maxPackedBytes: Number.POSITIVE_INFINITY,
    dispose: async () => {},
  },
};

function counted(options: StageOptions): Stage {
  return new Stage(options, NOTHING, new Allocator());
}

/**
 * Weights of the file into all memories. The threads are told to read them before anything else is done here, so that this one's work
 * costs no time of theirs.
 * @returns the tokens that may be chosen
 */
async function read(stages: readonly Stage[], ...[, , file, , options]: Parts): Promise<Uint32Array> {
  const { allowed, onBytes = () => {} } = options;
  for (const { weights, memory } of stages) await weights.advise(memory);

  async function readWeights(): Promise<void> {
    for (const { weights, machine } of stages) await weights.read(machine, file, onBytes);
  }

  async function compute(): Promise<Uint32Array> {
    const mask = allowed();
    for (const { head, memory, loras, machine } of stages) {
      if (head) memory.u32(head.allowed, mask.length).set(mask);
      for (const { matrix, values } of loras.matrices) packValues(matrix, values(), machine.executor);
    }
    return mask;
  }

  const reading = readWeights();
  const [mask] = await Promise.all([compute(), reading]);
  return mask;
}

function modelOf(
  stages: readonly Stage[],
  allowed: Uint32Array,
  ...[{ precision, maxTokens }, plan, , config, { contextLength }]: Parts
): LoadedModel {
  const queue = new WorkQueue();
  const sum = (bytesOf: (stage: Stage) => number) => stages.reduce((bytes, stage) => bytes + bytesOf(stage), 0);
  const tableLength = Math.ceil(contextLength / BLOCK_TOKENS);
  const sizes = stateSizes(plan, contextLength, CACHE_BYTES[cacheTypeOf(precision)]);
  const head = stages.find((stage) => stage.head)!.head!;
  return {
    runner: createCpuRunner(config, { stages, plan, queue, tableLength, allowed, maxTokens }),
    states: createStateStore(stages, sizes, queue),
    weightsBytes: sum(({ weights }) => weights.byteLength),
    byteLength: sum(({ byteLength }) => byteLength),
    tokenSteps: [...stages.flatMap(({ operations }) => operations), head.ofRows].map((operations) =>
      operations.map((operation) => workOf(operation, 1)),
    ),
    destroy: () => void stages[0]!.machine.executor.dispose(),
  };
}
