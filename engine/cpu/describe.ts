import { cpus } from "node:os";
import type { AdapterInfo } from "../device.ts";
import { kernelVariant } from "./machine.ts";
import { threadCount } from "./threads.ts";

/** What `adapter` and QWENLAB_ADAPTER call the machine's processors, without any adapter. */
export const CPU = "cpu";
export const ADDRESSED_BYTES = 2 ** 32; // that 32-bit addresses reach

/** Whether an adapter is the processors, as `describeCpu` tells them. */
export function isCpu({ name }: Pick<AdapterInfo, "name">): boolean {
  return name === cpuName();
}

export function cpuName(): string {
  return `CPU (${cpus()[0]?.model.trim() || process.arch})`;
}

/** The processors as if they were an adapter. */
export function describeCpu(): AdapterInfo {
  const threads = threadCount();
  return {
    name: cpuName(),
    vendor: "",
    driver: `${kernelVariant()}, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    isSoftware: true,
    features: [],
    maxBufferBytes: ADDRESSED_BYTES,
    maxBindingBytes: ADDRESSED_BYTES,
  };
}
