import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { linearVariants } from "../../engine/kernels/linear.ts";
import { chooseVariant, tuneKernels } from "../../engine/tuner.ts";
import { isNightly } from "../nightly.ts";
import { openTestDevice } from "./gpu.ts";

const device = await openTestDevice();
const ROWS = 512; // what is timed is right or wrong with few of them, too; how long it takes matters to none of these

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-tuning-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe.skipIf(!device)("the tuner", () => {
  test("times every variant that the adapter can run, and the fastest is taken from then on", async () => {
    const told: string[] = [];
    const onProgress = (done: number, total: number) => told.push(`${done}/${total}`);
    const { variants, adapter } = await tuneKernels({ folder, onProgress, ...(!isNightly && { rows: ROWS }) });
    const known = linearVariants(device!);
    expect(variants.map(({ variant }) => variant).sort()).toEqual(known.toSorted());
    expect(told).toEqual([...known.map((_, i) => `${i}/${known.length}`), `${known.length}/${known.length}`]);
    expect(adapter).toBe(device!.info.name);
    for (const { textMilliseconds, promptMilliseconds } of variants) {
      expect(textMilliseconds).toBeGreaterThan(0);
      expect(promptMilliseconds).toBeGreaterThan(0);
    }
    expect(await chooseVariant(device!, "fast", folder)).toBe(variants[0]?.variant);
  });

  test("what was found is not found again: the choice is the file's", async () => {
    await tuneKernels({ folder, rows: ROWS });
    const [name] = await readdir(folder);
    const file = join(folder, name!);
    const tuning = JSON.parse(await readFile(file, "utf8"));
    tuning.variants.reverse();
    await writeFile(file, JSON.stringify(tuning));
    expect(await chooseVariant(device!, "fast", folder)).toBe(tuning.variants[0].variant);
    for (const broken of ["", "[]", '{"variants":[{"variant":"other"}]}']) {
      await writeFile(file, broken);
      expect(await chooseVariant(device!, "fast", folder)).toBe(await chooseVariant(device!, "fast", undefined));
    }
  });

  test("variants give the same products, so that none is refused", async () => {
    const { variants, refused } = await tuneKernels({ folder, rows: ROWS });
    expect(refused).toEqual([]);
    expect(variants.length).toBe(linearVariants(device!).length);
  });

  if (process.env.TEST_MATRICES) {
    // on the driver of kernels/matrices.test.ts
    test("a variant that the adapter does not run is refused, and another is taken", async () => {
      const wrong = { componentType: "i8", resultComponentType: "i32", M: 16, N: 32, K: 32 }; // it has none of 16 rows
      const gpu = { ...device!, matrices: [wrong], kernels: "gpu" as const };
      expect(linearVariants(gpu)).toContain("matrices");
      expect(await chooseVariant(gpu, "fast", folder, ROWS)).not.toBe("matrices");
      const { refused } = JSON.parse(await readFile(join(folder, (await readdir(folder))[0]!), "utf8"));
      expect(refused.map(({ variant }: { variant: string }) => variant)).toEqual(["matrices"]);
    });
  }

  test("each precision has its own choice", async () => {
    await tuneKernels({ folder, rows: ROWS });
    await tuneKernels({ folder, rows: ROWS, precision: "exact" });
    expect(await readdir(folder)).toHaveLength(2);
  });

  test("a folder that cannot be written costs nothing but another run", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    expect((await tuneKernels({ folder: join(file, "no-folder"), rows: ROWS })).variants.length).toBeGreaterThan(0);
  });
});
