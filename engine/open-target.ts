import { CPU } from "./cpu/describe.ts";
import { openCpuTarget } from "./cpu/target.ts";
import { EngineError } from "./errors.ts";
import { type OpenGpuOptions, openGpuTarget, typicalTarget } from "./gpu/target.ts";
import type { Precision } from "./language-model.ts";
import type { Target } from "./target.ts";

interface OpenTargetOptions extends OpenGpuOptions {
  readonly memoryBytes?: number | undefined; // as of OpenLanguageModelOptions
}

/**
 * By default a GPU, or the processors where there is none. Who names kernels or an adapter means WebGPU.
 *
 * @throws EngineError `no-adapter` if there is none of that kind or name
 */
export async function openTarget(options: OpenTargetOptions): Promise<Target> {
  const { adapter, kernels, precision, memoryBytes } = options;
  if (adapter === CPU) return openCpuTarget(precision, memoryBytes);
  if (adapter !== undefined || kernels !== undefined) return await openGpuTarget(options);
  try {
    return await openGpuTarget({ ...options, adapter: "gpu" });
  } catch (error) {
    if (error instanceof EngineError && error.code === "no-adapter") return openCpuTarget(precision, memoryBytes);
    throw error;
  }
}

/** What a model would run on, for what is asked before one is opened: the processors by name, else a software adapter. */
export function plannedTarget(precision: Precision, adapter?: string): Target {
  return adapter === CPU ? openCpuTarget(precision) : typicalTarget(precision);
}
