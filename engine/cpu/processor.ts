import { readFileSync } from "node:fs";

const FIRST_V8 = 13; // measured in Node 20, 22 and 24: of these only the last uses the instruction
const TRIED_V8 = "13.6."; // Node 24's, with which tests run: joining vectors is an experiment of V8's
const INSTRUCTIONS = /^(?:flags|Features)\s*:.*\s(?:avx_vnni|asimddp)(?:\s|$)/m; // x64's, ARM's

/** What decides which build of the kernels is the fastest. */
export interface Processor {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly v8: string; // its version
  readonly cpuinfo: string; // Linux's
}

export function thisProcessor(): Processor {
  const { platform, arch, versions } = process;
  return { platform, arch, v8: versions.v8, cpuinfo: platform === "linux" ? cpuinfo() : "" };
}

/**
 * Whether V8 makes one instruction of `i32x4.relaxed_dot_i8x16_i7x16_add_s`; else it makes three, which are slower than sums
 * of i16. Unknown counts as no.
 */
export function hasDotProducts({ platform, arch, v8, cpuinfo }: Processor): boolean {
  if (Number.parseInt(v8, 10) < FIRST_V8) return false;
  return platform === "darwin" ? arch === "arm64" : INSTRUCTIONS.test(cpuinfo); // all of Apple's own processors have it
}

/**
 * Whether V8 makes one vector of 256 bits of two neighbours, as far as that was tried. Unknown processors of x64 count as having AVX2,
 * but for Linux's.
 */
export function hasWideVectors({ platform, arch, v8, cpuinfo }: Processor): boolean {
  if (!v8.startsWith(TRIED_V8) || arch !== "x64") return false;
  return platform !== "linux" || /^flags\s*:.*\savx2(?:\s|$)/m.test(cpuinfo);
}

function cpuinfo(): string {
  try {
    return readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return ""; // hidden, as in some containers
  }
}
