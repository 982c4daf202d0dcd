import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EngineError } from "../../../engine/errors.ts";
import { openGguf } from "../../../engine/weights/gguf.ts";
import { metadataString } from "../../../engine/weights/metadata.ts";
import { requireTensor } from "../../../engine/weights/model-file.ts";
import { tinyQwen2, type WrittenTensor, type WrittenValue, writeGguf } from "./gguf-writer.ts";

type Files = Readonly<Record<string, string>>; // base64 by name
interface Fixture {
  readonly tensors: Files;
  readonly split: Files;
  readonly firstWithoutTensors: Files;
  readonly bigEndian: Files;
}
// tests/fixtures/make-split.py made it with the Python package gguf.
const fixture: Fixture = JSON.parse(readFileSync(new URL("../../fixtures/split.json", import.meta.url), "utf8"));

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "qwenlab-split-"));
});
afterAll(() => rm(root, { recursive: true }));

let folders = 0;
async function newFolder(): Promise<string> {
  const folder = join(root, String(folders++));
  await mkdir(folder);
  return folder;
}

const nameOf = (part: number, count: number) => `model-0000${part}-of-0000${count}.gguf`;

interface Part {
  no: number;
  count: number;
  tensorsCount: number;
  tensors: readonly WrittenTensor[];
}

const LATER = new Date("2100-01-01");
const tiny = tinyQwen2();

/** The tiny model in three parts, after changes to what a part says. */
async function writeParts(changes: Readonly<Record<number, Partial<Part>>> = {}): Promise<string> {
  const folder = await newFolder();
  for (let i = 0; i < 3; i++) {
    const tensors = tiny.tensors.filter((_, t) => t % 3 === i);
    const part: Part = { no: i, count: 3, tensorsCount: tiny.tensors.length, tensors, ...changes[i + 1] };
    const metadata: (readonly [string, WrittenValue])[] = [
      ...(i === 0 ? tiny.metadata : []),
      ["split.no", { type: "u16", value: part.no }],
      ["split.count", { type: "u16", value: part.count }],
      ["split.tensors.count", { type: "i32", value: part.tensorsCount }],
    ];
    await writeFile(join(folder, nameOf(i + 1, 3)), writeGguf({ metadata, tensors: part.tensors }).bytes);
  }
  return join(folder, nameOf(1, 3));
}

async function failure(path: string): Promise<EngineError> {
  const error = await openGguf(path).then(
    (gguf) => gguf.close(),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EngineError);
  return error as EngineError; // checked above
}

test.each(["split", "firstWithoutTensors"] as const)(
  "opening the first part opens all of a model that another program wrote: %s",
  async (kind) => {
    const folder = await newFolder();
    const files = Object.entries(fixture[kind]);
    for (const [name, bytes] of files) await writeFile(join(folder, name), Buffer.from(bytes, "base64"));
    const first = join(folder, files[0]![0]);
    await using gguf = await openGguf(first);
    expect(gguf.path).toBe(first);
    expect(metadataString(gguf, "general.name")).toBe("split");
    expect(gguf.fileBytes).toBe(files.reduce((sum, [, bytes]) => sum + Buffer.from(bytes, "base64").length, 0));
    expect([...gguf.tensors.keys()].sort()).toEqual(Object.keys(fixture.tensors));
    for (const [name, values] of Object.entries(fixture.tensors)) {
      const expected = Buffer.from(values, "base64");
      const tensor = requireTensor(gguf, name, [expected.length / 4 / 3, 3]);
      const bytes = Buffer.alloc(tensor.byteLength);
      await gguf.read(tensor, bytes, 0);
      expect(bytes.equals(expected), name).toBe(true);
    }
  },
);

test("a model whose parts were merged again is one file, though it says that it was split", async () => {
  const path = join(await newFolder(), "merged.gguf");
  const metadata: (readonly [string, WrittenValue])[] = [
    ...tiny.metadata,
    ["split.no", { type: "u16", value: 0 }],
    ["split.count", { type: "u16", value: 0 }],
  ];
  await writeFile(path, writeGguf({ ...tiny, metadata }).bytes);
  await using gguf = await openGguf(path);
  expect(gguf.tensors.size).toBe(tiny.tensors.length);
});

test("a change of any part is a change of the model", async () => {
  const path = await writeParts();
  const before = await openGguf(path);
  await before.close();
  const third = path.replace("00001-of", "00003-of");
  const bytes = await readFile(third);
  await writeFile(third, bytes);
  await utimes(third, LATER, LATER);
  await using after = await openGguf(path);
  expect(after.modifiedMs).toBeGreaterThan(before.modifiedMs);
});

describe("an error names the file and what is wrong when", () => {
  test("a part is missing", async () => {
    const path = await writeParts();
    const second = path.replace("00001-of", "00002-of");
    await rm(second);
    const { code, message } = await failure(path);
    expect(code).toBe("model-not-found");
    expect(message).toContain(second);
    expect(message).toContain(`part 2 of 3 of ${path}`);
  });

  test("a part that is not the first is opened: it names the first", async () => {
    const path = await writeParts();
    const { code, message } = await failure(path.replace("00001-of", "00003-of"));
    expect(code).toBe("bad-model-file");
    expect(message).toContain(`part 3 of 3; open ${path}`);
  });

  test("the first part was renamed", async () => {
    const path = await writeParts();
    const renamed = path.replace(/model-.*/, "mine.gguf");
    await rename(path, renamed);
    const { message } = await failure(renamed);
    expect(message).toContain(`${renamed}: split.no: the file says that it is part 1 of 3, but its name does not`);
  });

  test.each<[string, Record<number, Partial<Part>>, number, RegExp]>([
    ["a part has another's place", { 2: { no: 2 } }, 2, /split\.no: 2, but 1 /],
    ["a part is of another number of parts", { 3: { count: 4 } }, 3, /split\.count: 4, but 3 /],
    ["the first is of another number of parts", { 1: { count: 4 } }, 1, /part 1 of 4, but its name does not/],
    ["a part is of a model with other tensors", { 2: { tensorsCount: 7 } }, 2, /split\.tensors\.count: 7, but 26 /],
    [
      "a part lost a tensor",
      { 3: { tensors: tiny.tensors.filter((_, t) => t % 3 === 2).slice(1) } },
      1,
      /split\.tensors\.count: 26, but the 3 parts have 25 tensors/,
    ],
    [
      "a tensor is in two parts",
      { 3: { tensors: tiny.tensors.filter((_, t) => t % 3 === 1) } },
      3,
      /tensor "output_norm\.weight": is in .*00002-of-00003\.gguf, too/,
    ],
    ["the first says nothing of the number of tensors", { 1: { tensorsCount: -1 } }, 2, /26, but -1 /],
    ["there are 65,535 parts", { 1: { count: 65_535 } }, 1, /part 1 of 65535, but its name does not/],
  ])("%s", async (_, changes, part, problem) => {
    const path = await writeParts(changes);
    const { code, message } = await failure(path);
    expect(code).toBe("bad-model-file");
    expect(message).toContain(path.replace("00001-of", `0000${part}-of`));
    expect(message).toMatch(problem);
  });

  test("a part's weights are cut short", async () => {
    const path = await writeParts();
    const second = path.replace("00001-of", "00002-of");
    const bytes = await readFile(second);
    await writeFile(second, bytes.subarray(0, bytes.length - 64));
    expect((await failure(path)).message).toMatch(/00002-of-00003\.gguf: tensor ".*": ends at .* past the file's/);
  });

  test("a part is a folder", async () => {
    const path = await writeParts();
    const second = path.replace("00001-of", "00002-of");
    await rm(second);
    await mkdir(second);
    expect((await failure(path)).message).toContain(`${second}: file: is not a regular file`);
  });

  test("the model was written for big-endian machines", async () => {
    const path = join(await newFolder(), "model.gguf");
    await writeFile(path, Buffer.from(fixture.bigEndian["model.gguf"]!, "base64"));
    const { code, message } = await failure(path);
    expect(code).toBe("bad-model-file");
    expect(message).toContain(`${path}: version: the file is big-endian; turn it`);
  });
});
