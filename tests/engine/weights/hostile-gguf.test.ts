// Broken files of every kind, from a fixed seed: each opens, or is refused with file and field; none takes memory or time.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EngineError } from "../../../engine/errors.ts";
import { planMemory } from "../../../engine/memory-plan.ts";
import { openTokenizer } from "../../../engine/tokenizer/open-tokenizer.ts";
import { openGguf } from "../../../engine/weights/gguf.ts";
import { modelConfig } from "../../../engine/weights/model-config.ts";
import { randomNumbers } from "../kernels/linear-sources.ts";
import { tinyModel } from "../tiny-model.ts";
import { u64, type WrittenGguf, type WrittenValue, writeGguf } from "./gguf-writer.ts";

const FILES_OF_A_KIND = 50;
const MOST_MEMORY = 64 << 20; // bytes that a file of 200 kB may take until it is refused
const TEXT = "naïve 模型 0\n";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-hostile-"));
});
afterAll(() => rm(folder, { recursive: true }));

type Random = (below: number) => number; // whole numbers
type Breaking = (gguf: WrittenGguf, random: Random) => Buffer;

/** Numbers at the edges of what fields hold, and of what products of them hold. */
const EXTREMES = [
  0n,
  1n,
  255n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

const KINDS: Readonly<Record<string, Breaking>> = {
  "a bit is flipped"({ bytes, headerBytes }, random) {
    const bit = random(headerBytes * 8);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    return bytes;
  },
  "a field is an extreme number"({ bytes, boundaries }, random) {
    const field = u64(EXTREMES[random(EXTREMES.length)]!);
    bytes.set(random(2) ? field : field.subarray(0, 4), boundaries[random(boundaries.length)]!);
    return bytes;
  },
  "bytes are noise"({ bytes, headerBytes }, random) {
    const at = random(headerBytes);
    const end = at + 1 + random(32);
    for (let i = at; i < end; i++) bytes[i] = random(256);
    return bytes;
  },
  "bytes are missing"({ bytes, headerBytes }, random) {
    const at = random(headerBytes);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(40))]);
  },
  "bytes occur twice"({ bytes, headerBytes }, random) {
    const at = random(headerBytes);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at - random(at + 1))]);
  },
  "fields stand in each other's places"({ bytes, boundaries }, random) {
    const [a, b] = [random(boundaries.length - 1), random(boundaries.length - 1)].sort((x, y) => x - y) as [
      number,
      number,
    ];
    const at = (i: number) => boundaries[i]!;
    const field = (i: number) => bytes.subarray(at(i), at(i + 1));
    if (a === b) return bytes;
    return Buffer.concat([
      bytes.subarray(0, at(a)),
      field(b),
      bytes.subarray(at(a + 1), at(b)),
      field(a),
      bytes.subarray(at(b + 1)),
    ]);
  },
  "it is cut short"({ bytes }, random) {
    return bytes.subarray(0, random(bytes.length));
  },
};

const { parts } = tinyModel();
const MERGED = ["na", "ve", "nave"]; // in places of the vocabulary that are unused
const metadata = parts.metadata.map(([key, value]) => {
  if (!("values" in value)) return [key, value] as const;
  const { length } = value.values;
  const withMerged = (of: (text: string) => string | number): WrittenValue => {
    return { ...value, values: [...value.values.slice(0, length - MERGED.length), ...MERGED.map(of)] };
  };
  if (key.endsWith("tokens")) return [key, withMerged((text) => text)] as const;
  if (key.endsWith("token_type")) return [key, withMerged(() => 1)] as const;
  return [key, { ...value, values: ["n a", "v e", "na ve"] }] as const;
});

/** All that is done with a file before its weights go to a device, and reading them. */
async function openModel(path: string): Promise<void> {
  await using gguf = await openGguf(path);
  modelConfig(gguf);
  await planMemory(gguf, { contextLength: 16, precision: "fast" });
  const tokenizer = openTokenizer(gguf);
  expect(tokenizer.decode(tokenizer.encode(TEXT))).toBe(TEXT);
  for (const tensor of gguf.tensors.values()) await gguf.read(tensor, new Uint8Array(tensor.byteLength), 0);
}

/** @returns whether the model opens */
async function opensOrIsRefused(path: string, what: string): Promise<boolean> {
  const before = usedMemory();
  const error = await openModel(path).catch((reason: unknown) => reason);
  expect(usedMemory() - before, what).toBeLessThan(MOST_MEMORY);
  if (error === undefined) return true;
  if (!(error instanceof EngineError)) throw new Error(`${what}: no error of ours`, { cause: error });
  expect(["bad-model-file", "unsupported-model", "model-not-found"], what).toContain(error.code);
  expect(error.message, what).toMatch(/^[^\n]+: [^\n]+: [^\n]+$/); // file: field: problem, in one line
  expect(error.message, what).toContain(folder);
  expect(error.message.length, what).toBeLessThan(1000);
  return false;
}

/** Bytes. */
function usedMemory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test("the whole model opens", async () => {
  const path = join(folder, "whole.gguf");
  await writeFile(path, writeGguf({ ...parts, metadata }).bytes);
  await openModel(path);
});

test.each(Object.entries(KINDS))(`${FILES_OF_A_KIND} files of which %s`, async (kind, breakIt) => {
  const uniform = randomNumbers(kind.length);
  const path = join(folder, "model.gguf");
  let opened = 0;
  for (let i = 0; i < FILES_OF_A_KIND; i++) {
    await writeFile(
      path,
      breakIt(writeGguf({ ...parts, metadata }), (below) => Math.floor(uniform() * below)),
    );
    if (await opensOrIsRefused(path, `file ${i} of which ${kind}`)) opened++;
  }
  expect(opened).toBeLessThan(FILES_OF_A_KIND); // else nothing was broken
});

describe("of a model in three parts one is broken:", () => {
  const files = [0, 1, 2].map((part) =>
    writeGguf({
      metadata: [
        ...(part === 0 ? metadata : []),
        ["split.no", { type: "u16", value: part }],
        ["split.count", { type: "u16", value: 3 }],
        ["split.tensors.count", { type: "i32", value: parts.tensors.length }],
      ],
      tensors: parts.tensors.filter((_, i) => i % 3 === part),
    }),
  );
  const pathOf = (part: number) => join(folder, `parts-0000${part + 1}-of-00003.gguf`);

  test.each(Object.entries(KINDS))("10 files of which %s", async (kind, breakIt) => {
    const uniform = randomNumbers(kind.length);
    let opened = 0;
    for (let i = 0; i < 10; i++) {
      const broken = Math.floor(uniform() * 3);
      for (const [part, file] of files.entries()) {
        const bytes = Buffer.from(file.bytes);
        const random: Random = (below) => Math.floor(uniform() * below);
        await writeFile(pathOf(part), part === broken ? breakIt({ ...file, bytes }, random) : bytes);
      }
      if (await opensOrIsRefused(pathOf(0), `part ${broken} of which ${kind}, ${i}`)) opened++;
    }
    expect(opened).toBeLessThan(10);
  });
});

test("cut at every field's start, and in the weights, no file opens", async () => {
  const { bytes, boundaries, headerBytes } = writeGguf({ ...parts, metadata });
  const path = join(folder, "cut.gguf");
  const inTokens = new Set(boundaries.filter((_, i) => i % 5 === 0)); // of hundreds of tokens, whose fields are alike
  for (const cut of [...inTokens, headerBytes - 1, headerBytes, bytes.length - 32]) {
    await writeFile(path, bytes.subarray(0, cut));
    expect(await opensOrIsRefused(path, `cut at ${cut}`), `cut at ${cut}`).toBe(false);
  }
});
