// Conversations that begin alike or take turns, on a small model with random weights: exact means bit for bit.
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type GenerateOptions,
  type GenerateSummary,
  type LanguageModel,
  openLanguageModel,
  type Precision,
} from "../../../engine/index.ts";
import { KINDS_OF_TARGETS, optionsOf } from "../targets.ts";
import { writeTinyModel } from "../tiny-model.ts";

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-prefixes-"));
  path = await writeTinyModel(join(folder, "tiny.gguf"));
});
afterAll(() => rm(folder, { recursive: true }));

const prompt = (length: number, seed = 0) => Array.from({ length }, (_, i) => (i * 31 + seed * 7 + 5) % 256);

/** The answer with its log-probabilities, in which a single bit would show. */
async function run(model: LanguageModel, tokens: readonly number[], options: Partial<GenerateOptions> = {}) {
  const generation = model.generate(tokens, {
    maxTokens: 4,
    stopTokens: [],
    sampling: { temperature: 0 },
    topLogprobs: 5,
    ...options,
  });
  const answer: unknown[] = [];
  for (;;) {
    const { done, value } = await generation.next();
    if (done) return { answer, cached: (value as GenerateSummary).cachedTokens };
    answer.push(value);
  }
}

const RUNS = KINDS_OF_TARGETS.flatMap((kind) => (["fast", "exact"] as const).map((precision) => ({ kind, precision })));

describe.each(RUNS)("on the target $kind, $precision", ({ kind, precision }) => {
  const open = () => openLanguageModel({ path, precision, ...optionsOf(kind) });

  test("conversations that take turns compute their beginnings once, and answer as if alone", async () => {
    const alone = async (tokens: readonly number[]) => {
      await using model = await open();
      return (await run(model, tokens)).answer;
    };
    await using model = await open();
    const [a, b] = [prompt(81), [...prompt(50), ...prompt(60, 9)]];
    const [aloneA, aloneB] = [await alone(a), await alone(b)];
    expect(await run(model, a)).toEqual({ answer: aloneA, cached: 0 });
    expect(await run(model, b)).toEqual({ answer: aloneB, cached: 50 }); // still in the decoder's own cache
    expect(await run(model, a)).toEqual({ answer: aloneA, cached: 80 }); // one token is left to compute
    expect(await run(model, b)).toEqual({ answer: aloneB, cached: 109 });
  });
});

describe.each(KINDS_OF_TARGETS)("on the target %s, what is the same at every start", (kind) => {
  let prefixFolder: string;
  beforeEach(async () => {
    prefixFolder = await mkdtemp(join(folder, "prefixes-"));
  });

  /** The first answer after a start. */
  async function start(tokens: readonly number[], stableTokens: number, precision: Precision = "fast") {
    await using model = await openLanguageModel({ path, precision, prefixFolder, ...optionsOf(kind) });
    return run(model, tokens, { stableTokens });
  }
  const files = () => readdir(prefixFolder);

  test("is computed once for all starts", async () => {
    const first = await start(prompt(100), 70);
    expect(first.cached).toBe(0);
    expect(await start(prompt(100), 70)).toEqual({ ...first, cached: 64 });
    const other = [...prompt(70), ...prompt(20, 3)];
    expect((await start(other, 70)).cached).toBe(64);
    expect(await files()).toHaveLength(1);
  });

  test("is not taken from another precision", async () => {
    await start(prompt(100), 70);
    expect((await start(prompt(100), 70, "exact")).cached).toBe(0);
  });

  test("is read by nobody else", async () => {
    await start(prompt(40), 32);
    const [name = ""] = await files();
    expect((await stat(join(prefixFolder, name))).mode & 0o077).toBe(0);
  });

  test("a file that is not as it was written is computed anew", async () => {
    const first = await start(prompt(100), 70);
    const [name = ""] = await files();
    const file = join(prefixFolder, name);
    const content = await readFile(file);
    content[1000]! ^= 1;
    await writeFile(file, content);
    expect(await start(prompt(100), 70)).toEqual(first);
    expect(await start(prompt(100), 70)).toEqual({ ...first, cached: 64 });
    await writeFile(file, content.subarray(0, 50));
    expect(await start(prompt(100), 70)).toEqual(first);
  });

  test("a folder that cannot be written costs nothing but time", async () => {
    prefixFolder = join(path, "no-folder");
    const first = await start(prompt(40), 32);
    expect(await start(prompt(40), 32)).toEqual(first);
  });
});
