import { openCpuTarget } from "../../engine/cpu/target.ts";
import { type GpuTarget, openGpuTarget } from "../../engine/gpu/target.ts";
import type { OpenLanguageModelOptions, Precision } from "../../engine/index.ts";
import type { Target } from "../../engine/target.ts";
import { openTestDevice } from "./gpu.ts";

/** What a suite of small models runs on: the processors, and one adapter by both kinds of kernels. */
export type TestedTarget = "cpu" | "software" | "gpu";

const device = await openTestDevice();
device?.dispose();

/** Those of them that this machine has. */
export const TARGETS: readonly TestedTarget[] = device ? ["cpu", "software", "gpu"] : ["cpu"];
/** One for each implementation of a target. */
export const KINDS_OF_TARGETS: readonly TestedTarget[] = TARGETS.filter((target) => target !== "gpu");

/** @param sizes of steps, where a test wants others */
export async function openTestTarget(
  target: TestedTarget,
  precision: Precision = "exact",
  sizes: Partial<Pick<GpuTarget, "maxTokens" | "stepsInFlight">> = {},
): Promise<Target> {
  const opened = target === "cpu" ? openCpuTarget(precision) : await openGpuTarget({ kernels: target, precision });
  return { ...opened, ...sizes };
}

/** The same for `openLanguageModel`. */
export function optionsOf(target: TestedTarget): Pick<OpenLanguageModelOptions, "adapter" | "kernels"> {
  return target === "cpu" ? { adapter: "cpu" } : { kernels: target };
}
