// What code in the room may use. Each is held by Linux itself; where it offers nothing, by watch-limits.ts.

const MB = 2 ** 20;

export const OUT_BYTES = 512 * MB; // of out/, files that were unlinked included: it is a tmpfs
export const TMP_BYTES = 256 * MB;
export const SHARED_MEMORY_BYTES = 256 * MB; // of /dev/shm
export const MEMORY_BYTES = 2 * 2 ** 30; // of all processes together
export const KEPT_FILES = 10_000; // of out/ that are brought into a room, and out of it
export const MAX_FILES = 2 * KEPT_FILES; // of out/ and of /tmp: each takes memory that no tmpfs counts
export const MAX_PROCESSES = 128; // threads included

const OF_A_PROCESS = {
  nproc: MAX_PROCESSES,
  data: 1.5 * 2 ** 30, // not the address space: WebAssembly reserves that by gigabytes
  fsize: 256 * MB,
  nofile: 1_024,
  memlock: 64 * 1024,
  sigpending: 1_024,
  msgqueue: 0,
  core: 0,
};

/** Runs what follows with these limits. */
export function limited(): string[] {
  return ["prlimit", ...Object.entries(OF_A_PROCESS).map(([name, value]) => `--${name}=${value}`)];
}

export const NOBODY = 65_534; // whom the code runs as where we are root
