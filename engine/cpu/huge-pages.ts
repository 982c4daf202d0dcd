// Text is written as fast as weights are read, and a Xeon in a virtual machine read memory of 2 MiB pages 1.75 times as fast as that
// of 4 KiB (docs/decisions/0036-cpu-kernels.md). Many Linuxes give a process such pages only where it asks for them, which is one
// call of the C library that neither Node nor V8 makes.
import type { Address, CpuMemory } from "./memory.ts";

const HUGE_PAGE = 2 ** 21; // bytes, on x64 and ARM alike
const MADV_HUGEPAGE = 14; // linux/mman.h

export interface Range {
  readonly at: Address;
  readonly byteLength: number;
}

type Advise = (begin: bigint, byteLength: number) => boolean;

/**
 * Asks for huge pages for ranges that nobody has written to yet. Whatever lies less than a page beside them gets them, too.
 * @returns how many bytes were asked for: 0 where the system has no such thing, or no koffi. All works without, more slowly.
 */
export async function adviseHugePages(memory: CpuMemory, ranges: readonly Range[]): Promise<number> {
  const library = process.platform === "linux" && ranges.length > 0 ? await load() : undefined;
  if (!library) return 0;
  const first = library.address(memory.u8(0, 1));
  let advised = 0;
  for (const [begin, end] of pagesOf(first, ranges)) {
    if (library.advise(begin, Number(end - begin))) advised += Number(end - begin);
  }
  return advised;
}

/** Whole huge pages that hold the ranges, none of them twice. @param first where the memory's first byte is among the process's */
export function pagesOf(first: bigint, ranges: readonly Range[]): readonly (readonly [begin: bigint, end: bigint])[] {
  const size = BigInt(HUGE_PAGE);
  const pages: [bigint, bigint][] = [];
  for (const { at, byteLength } of [...ranges].sort((a, b) => a.at - b.at)) {
    const from = first + BigInt(at);
    const begin = from - (from % size);
    const end = ((from + BigInt(byteLength) + size - 1n) / size) * size;
    const last = pages.at(-1);
    if (last && begin <= last[1]) last[1] = end > last[1] ? end : last[1];
    else pages.push([begin < first ? first : begin, end]);
  }
  return pages;
}

let loaded:
  | Promise<{ readonly address: (view: Uint8Array) => bigint; readonly advise: Advise } | undefined>
  | undefined;

function load(): NonNullable<typeof loaded> {
  loaded ??= import("koffi").then(
    ({ default: koffi }) => {
      const madvise = koffi.load(null).func("int madvise(void *, size_t, int)");
      return { address: koffi.address, advise: (begin, bytes) => madvise(begin, bytes, MADV_HUGEPAGE) === 0 };
    },
    () => undefined, // an optional dependency, which not every platform has
  );
  return loaded;
}
