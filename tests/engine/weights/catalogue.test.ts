import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type CatalogueModel,
  COMING_MODELS,
  findModel,
  MODELS,
  REPOSITORY_MODELS,
} from "../../../engine/weights/catalogue.ts";
import { hubUrl } from "../../../engine/weights/http-source.ts";
import { listModels, modelFile, removeModel } from "../../../engine/weights/installed-models.ts";

let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "qwenlab-catalogue-"));
  await mkdir(join(cacheDir, "models"));
});
afterEach(() => rm(cacheDir, { recursive: true }));

const [SMALL] = MODELS as [CatalogueModel];

/** A file of the model's size; it takes no room on the disk. */
async function install(bytes = SMALL.bytes): Promise<string> {
  const path = join(cacheDir, "models", SMALL.fileName);
  await writeFile(path, "");
  await truncate(path, bytes);
  return path;
}

describe.each(MODELS)("the entry $name", (model) => {
  test("pins the file", () => {
    expect(model.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(model.name).toMatch(/^[a-z0-9.-]+$/);
    expect(model.fileName).toMatch(/^[\w.-]+\.gguf$/);
  });

  test("names a commit at the first hub", () => {
    expect(model.sources[0]).toMatchObject({ type: "huggingface", revision: expect.stringMatching(/^[0-9a-f]{40}$/) });
  });

  test("has as many packages in the mirror as the file has parts, each of a fixed version", () => {
    const mirror = model.sources.find((source) => source.type === "packages");
    expect(mirror?.packages).toHaveLength(Math.ceil(model.bytes / mirror!.partBytes));
    for (const requirement of mirror!.packages) expect(requirement).toMatch(/^[a-z0-9-]+-part\d+==[\d.]+$/);
  });
});

test("hubs' addresses follow the environment", () => {
  const [huggingFace, modelscope] = SMALL.sources;
  const path = `Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/ebb2015119c907b064c512bf053e945850b5875f/${SMALL.fileName}`;
  if (huggingFace?.type !== "huggingface" || modelscope?.type !== "modelscope") throw new Error("another order");
  expect(hubUrl(huggingFace, SMALL.fileName, {})).toBe(`https://huggingface.co/${path}`);
  expect(hubUrl(huggingFace, SMALL.fileName, { HF_ENDPOINT: "http://a/" })).toBe(`http://a/${path}`);
  expect(hubUrl(huggingFace, SMALL.fileName, { HF_ENDPOINT: "x", QWENLAB_HF_ENDPOINT: "http://b" })).toBe(
    `http://b/${path}`,
  );
  expect(hubUrl(modelscope, SMALL.fileName, {})).toBe(
    `https://www.modelscope.cn/models/Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/master/${SMALL.fileName}`,
  );
});

test.each(REPOSITORY_MODELS)("$name is of Qwen's own repository, with a licence and what it takes", (model) => {
  expect(model).toMatchObject({
    repository: expect.stringMatching(/^Qwen\/Qwen[\w.-]+-(GGUF|Int4)$/),
    sha256: undefined,
  });
  expect(model.licence).not.toBe("");
  expect(model.memoryBytes).toBeGreaterThan(model.bytes);
});

describe("a name", () => {
  test("finds its model, whatever its case", () => {
    expect(findModel("Qwen2.5-Coder-0.5B")).toBe(SMALL);
  });

  test.each([
    ["qwen2.5-coder-1.5", "qwen2.5-coder-1.5b"],
    ["qwen-coder-0.5b", "qwen2.5-coder-0.5b"],
    ["coder-7b", "qwen2.5-coder-7b"],
    ["0.5B", "qwen2.5-coder-0.5b"],
  ])("such as %s suggests %s", (name, nearest) => {
    expect(() => findModel(name)).toThrow(`did you mean ${nearest}?`);
  });

  test.each(["nosuch", "gpt-4", "x"])("like none of ours, as %s, suggests none", (name) => {
    expect(() => findModel(name)).toThrow(/^no model "[^"]+"; there are: qwen2\.5-coder-0\.5b, /);
  });

  test.each(COMING_MODELS)("$name is of a model that does not run yet, and names one that does", (model) => {
    const { name, architecture, instead } = model;
    const message = `${name}: its architecture, ${architecture}, does not run yet; take ${instead}`;
    expect(() => findModel(name)).toThrow(message);
    expect(findModel(instead).name).toBe(instead);
  });

  test("gives the path of a model that is here", async () => {
    const path = await install();
    expect(await modelFile(SMALL.name, { cacheDir })).toBe(path);
  });

  test("of a model that is not here says how to get it", async () => {
    await expect(modelFile(SMALL.name, { cacheDir })).rejects.toMatchObject({
      code: "model-not-found",
      message: expect.stringContaining(`qwenlab models pull ${SMALL.name}`),
    });
  });

  test("of a model whose file has another size says what to do", async () => {
    await install(17);
    await expect(modelFile(SMALL.name, { cacheDir })).rejects.toMatchObject({
      code: "bad-model-file",
      message: expect.stringMatching(/17 bytes instead of 491400064.*models remove/),
    });
  });
});

describe("a path", () => {
  test("is itself", async () => {
    const path = await install();
    expect(await modelFile(path, { cacheDir })).toBe(path);
  });

  test.each(["absent.gguf", "./absent", "models/absent"])("such as %s that does not exist is named", async (path) => {
    const error = { code: "model-not-found", message: `${path}: no such file` };
    await expect(modelFile(path, { cacheDir })).rejects.toMatchObject(error);
  });
});

test("the list says what is here, whole or in part", async () => {
  await install();
  await writeFile(join(cacheDir, "models", `${MODELS[1]!.fileName}.part`), "abc");
  const [first, second] = await listModels({ cacheDir });
  expect(first).toMatchObject({ model: SMALL, isInstalled: true, partialBytes: 0 });
  expect(second).toMatchObject({ isInstalled: false, partialBytes: 3 });
});

test("removing a model takes its file and what a download left, and says how many bytes came free", async () => {
  await install();
  await writeFile(join(cacheDir, "models", `${SMALL.fileName}.part`), "abc");
  expect(await removeModel(SMALL.name, { cacheDir })).toBe(SMALL.bytes + 3);
  expect(await removeModel(SMALL.name, { cacheDir })).toBe(0);
  expect((await listModels({ cacheDir }))[0]).toMatchObject({ isInstalled: false, partialBytes: 0 });
});
