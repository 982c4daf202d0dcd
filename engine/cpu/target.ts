import type { Precision } from "../language-model.ts";
import type { Target } from "../target.ts";
import { VERSION } from "../version.ts";
import { ADDRESSED_BYTES, cpuName } from "./describe.ts";
import { countOnCpu, loadOnCpu } from "./load.ts";
import { kernelVariant } from "./machine.ts";
import { measureCopyBandwidth, measureInt8Peak } from "./measure.ts";
import { cacheTypeOf } from "./states.ts";

const PROMPT_CHUNK = 128; // tokens; an interrupt waits for one chunk
const OWN_BYTES = 2 ** 27; // of a memory that are the kernels' and the threads': stacks, what is read and packed, programs

export interface CpuTarget extends Target {
  readonly memoryBytes: number; // that a model can have of one memory; where it needs more, it lies in several
}

/** The machine's processors, which need no opening: nothing is held before a model is loaded. */
export function openCpuTarget(precision: Precision, memoryBytes = ADDRESSED_BYTES - OWN_BYTES): CpuTarget {
  const name = cpuName();
  const variant = kernelVariant();
  return {
    ...{ name, precision, variant, maxTokens: PROMPT_CHUNK, isInMemory: true, memoryBytes },
    identity: [name, variant, VERSION, precision, `${cacheTypeOf(precision)} cache`],
    load(...model) {
      return loadOnCpu(this, ...model);
    },
    counted() {
      return { ...this, load: (...model) => countOnCpu(this, ...model) };
    },
    measureCopyBandwidth,
    measureInt8Peak,
    dispose() {},
  };
}
