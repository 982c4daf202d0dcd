import { expect, test } from "vitest";
import { adviseHugePages, pagesOf } from "../../../engine/cpu/huge-pages.ts";
import { CpuMemory } from "../../../engine/cpu/memory.ts";
import { advisedBytes } from "./advised-bytes.ts";

const MIB = 2 ** 20;

test.each([
  ["nothing", [], []],
  ["a byte has its page", [[0, 1]], [[0, 2]]],
  ["a whole page, and no other", [[2 * MIB, 2 * MIB]], [[2, 4]]],
  ["the pages at both ends", [[3 * MIB, 4 * MIB]], [[2, 8]]],
  [
    "neighbours in one page, in whatever order",
    [
      [5 * MIB, MIB],
      [4 * MIB, MIB],
    ],
    [[4, 6]],
  ],
  [
    "what lies apart",
    [
      [0, MIB],
      [6 * MIB, MIB],
    ],
    [
      [0, 2],
      [6, 8],
    ],
  ],
] as const)("huge pages of ranges: %s", (_, ranges, pages) => {
  const first = BigInt(64 * MIB);
  const asked = pagesOf(
    first,
    ranges.map(([at, byteLength]) => ({ at, byteLength })),
  );
  expect(asked.map((page) => page.map((end) => Number(end - first) / MIB))).toEqual(pages);
});

test("nothing before the memory is asked for", () => {
  const first = BigInt(65 * MIB);
  expect(pagesOf(first, [{ at: 0, byteLength: 1 }])).toEqual([[first, BigInt(66 * MIB)]]);
});

test.runIf(process.platform === "linux")("Linux hears which bytes, and they stay what they were", async () => {
  const memory = new CpuMemory();
  const at = memory.allocate(16 * MIB);
  memory.u8(at, 16 * MIB).fill(7);
  const before = advisedBytes();
  const advised = await adviseHugePages(memory, [{ at, byteLength: 16 * MIB }]);
  expect(advised).toBeGreaterThanOrEqual(16 * MIB);
  expect(advisedBytes() - before).toBe(advised);
  expect(memory.u8(at, 16 * MIB).every((byte) => byte === 7)).toBe(true);
});
