// Real engine processes with a model of 300 kB.
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type ConnectEngineOptions, connectEngine, type EngineAddress } from "../../../engine/index.ts";
import { isAlive } from "../../../engine/server/runtime-file.ts";
import { tinyModel, writeTinyModel } from "../tiny-model.ts";

const { XDG_RUNTIME_DIR } = process.env;
let folder: string;
let options: ConnectEngineOptions;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-connect-")); // mode 0700
  process.env.XDG_RUNTIME_DIR = folder;
  const model = await writeTinyModel(join(folder, "tiny.gguf"));
  options = { model, cacheDir: process.env.QWENLAB_CACHE_DIR! };
});
afterEach(endEngines);
afterAll(async () => {
  process.env.XDG_RUNTIME_DIR = XDG_RUNTIME_DIR;
  await rm(folder, { recursive: true });
});

interface EngineFile {
  readonly path: string;
  readonly pid: number;
}

async function engineFiles(): Promise<EngineFile[]> {
  const names = await readdir(join(folder, "qwenlab")).catch(() => []);
  return Promise.all(
    names
      .filter((name) => name.endsWith(".json"))
      .map(async (name) => {
        const path = join(folder, "qwenlab", name);
        return { path, pid: JSON.parse(await readFile(path, "utf8")).pid as number };
      }),
  );
}

async function onlyEngine(): Promise<EngineFile> {
  const files = await engineFiles();
  expect(files).toHaveLength(1);
  return files[0]!;
}

async function endEngines(): Promise<void> {
  for (const { pid, path } of await engineFiles()) {
    if (isAlive(pid)) process.kill(pid, "SIGTERM");
    await until(() => !isAlive(pid));
    await rm(path, { force: true });
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

function complete({ baseURL, apiKey, model }: EngineAddress, more: object = {}): Promise<Response> {
  return fetch(`${baseURL}/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ model, prompt: "abc", max_tokens: 4, temperature: 0, ...more }),
  });
}

test("the first asker starts a process, the next ones share it", async () => {
  const stages: string[] = [];
  const first = await connectEngine({ ...options, onProgress: ({ stage }) => stages.push(stage) });
  expect(await (await complete(first)).json()).toMatchObject({ usage: { prompt_tokens: 3, completion_tokens: 4 } });
  const { pid, path } = await onlyEngine();
  expect((await stat(path)).mode & 0o777).toBe(0o600);

  expect(await connectEngine(options)).toEqual(first);
  expect((await onlyEngine()).pid).toBe(pid);
});

test("three who ask at once get one process", async () => {
  const addresses = await Promise.all([connectEngine(options), connectEngine(options), connectEngine(options)]);
  expect(new Set(addresses.map(({ apiKey }) => apiKey)).size).toBe(1);
  await onlyEngine();
  expect((await complete(addresses[2])).status).toBe(200);
});

test("other settings are another process", async () => {
  const fast = await connectEngine(options);
  const exact = await connectEngine({ ...options, precision: "exact" });
  expect(exact.baseURL).not.toBe(fast.baseURL);
  expect(await engineFiles()).toHaveLength(2);
});

test("without the token nobody is answered", async () => {
  const address = await connectEngine(options);
  for (const apiKey of ["", "wrong", `${address.apiKey}x`]) {
    expect((await complete({ ...address, apiKey })).status).toBe(401);
  }
});

test("an engine killed in mid-answer: the reader gets an error at once, the next asker a new engine", async () => {
  const address = await connectEngine(options);
  const { pid } = await onlyEngine();
  const response = await complete(address, { max_tokens: 200, stream: true, ignore_eos: true });
  const reader = response.body!.getReader();
  await reader.read();
  process.kill(pid, "SIGKILL");
  const rest = (async () => {
    while (!(await reader.read()).done);
  })();
  await expect(rest).rejects.toThrow();

  const next = await connectEngine(options);
  expect((await complete(next)).status).toBe(200);
  expect((await onlyEngine()).pid).not.toBe(pid);
});

test("a process that is asked to end takes its file along", async () => {
  await connectEngine(options);
  const { pid, path } = await onlyEngine();
  process.kill(pid, "SIGTERM");
  await until(() => !isAlive(pid));
  expect(existsSync(path)).toBe(false);
});

test("an idle engine leaves by itself", { timeout: 60_000 }, async () => {
  await connectEngine({ ...options, idleMinutes: 0.001 });
  const { pid, path } = await onlyEngine();
  await until(() => !isAlive(pid));
  expect(existsSync(path)).toBe(false);
});

describe("a file left over", () => {
  test.each([
    ["of a process that is gone", () => ({ pid: 2 ** 22 + 1 })],
    ["of another version", () => ({ pid: process.pid, version: "0.0.0" })],
  ])("%s is replaced", async (_, change) => {
    await connectEngine(options);
    const { pid, path } = await onlyEngine();
    process.kill(pid, "SIGKILL");
    await until(() => !isAlive(pid));
    const left = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify({ ...left, ...change() }));
    expect((await complete(await connectEngine(options))).status).toBe(200);
    expect((await onlyEngine()).pid).not.toBe(pid);
  });

  test.each(["nonsense", "", "{}", "null", '{"pid":"1"}'])("with %j in it is replaced", async (nonsense) => {
    await connectEngine(options);
    const { pid, path } = await onlyEngine();
    process.kill(pid, "SIGKILL");
    await until(() => !isAlive(pid));
    await writeFile(path, nonsense);
    expect((await complete(await connectEngine(options))).status).toBe(200);
  });
});

test("a model that does not load: the reason reaches the asker, and no process stays", async () => {
  const { metadata, tensors } = tinyModel().parts;
  const model = join(folder, "cut.gguf");
  await writeTinyModel(model, { metadata, tensors: tensors.filter(({ name }) => name !== "output_norm.weight") });
  await expect(connectEngine({ ...options, model })).rejects.toMatchObject({
    code: "bad-model-file",
    message: expect.stringContaining("output_norm.weight"),
  });
  for (const { pid } of await engineFiles()) await until(() => !isAlive(pid));
  expect(await engineFiles()).toEqual([]);
});

test("a model that is not there starts no process", async () => {
  await expect(connectEngine({ ...options, model: join(folder, "none.gguf") })).rejects.toMatchObject({
    code: "model-not-found",
  });
  expect(await engineFiles()).toEqual([]);
});

test("a folder for the file that others can enter is closed first", async () => {
  await connectEngine(options);
  await chmod(join(folder, "qwenlab"), 0o755);
  await connectEngine(options);
  expect((await stat(join(folder, "qwenlab"))).mode & 0o777).toBe(0o700);
});

test("an asker that gives up while the engine loads is let go", async () => {
  await expect(connectEngine({ ...options, signal: AbortSignal.abort() })).rejects.toThrow();
});
