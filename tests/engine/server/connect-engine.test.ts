// Real engine processes with a model of 300 kB.
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type ConnectEngineOptions, connectEngine, type EngineAddress } from "../../../engine/index.ts";
import { isAlive, readRuntimeFile } from "../../../engine/server/runtime-file.ts";
import { VERSION } from "../../../engine/version.ts";
import { isNightly } from "../../nightly.ts";
import { tinyModel, writeTinyModel } from "../tiny-model.ts";

vi.mock("node:child_process", async (importOriginal) => {
  const original = await importOriginal<typeof import("node:child_process")>();
  return { ...original, spawn: vi.fn(original.spawn) }; // as it is, and counted
});

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../../..");
const CONTEXT_LENGTH = "qwen2.context_length";
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

let place: string | undefined; // the same for the same settings

/** Where there is no engine's file now. */
async function placeOfTheFile(): Promise<string> {
  if (place === undefined) {
    await connectEngine(options);
    place = (await onlyEngine()).path;
    await endEngines();
  }
  return place;
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

test("three kernels that ask at once get one engine", async () => {
  const ask = `
    import { connectEngine } from "#dist/engine/client.js";
    process.stdout.write(JSON.stringify(await connectEngine(${JSON.stringify(options)})));
  `;
  const kernel = () => run(process.execPath, ["--input-type=module", "--eval", ask], { cwd: ROOT });
  const addresses = (await Promise.all([kernel(), kernel(), kernel()])).map(({ stdout }) => JSON.parse(stdout));
  expect(new Set(addresses.map(({ apiKey }) => apiKey)).size).toBe(1);
  await onlyEngine();
  expect((await complete(addresses[2])).status).toBe(200);
});

test("three questions of one kernel at once start one process", async () => {
  vi.mocked(spawn).mockClear();
  const addresses = await Promise.all([connectEngine(options), connectEngine(options), connectEngine(options)]);
  expect(new Set(addresses.map(({ apiKey }) => apiKey)).size).toBe(1);
  expect(spawn).toHaveBeenCalledTimes(1);
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
  const { metadata, tensors } = tinyModel().parts;
  const model = await writeTinyModel(join(folder, "long.gguf"), {
    metadata: [...metadata.filter(([key]) => key !== CONTEXT_LENGTH), [CONTEXT_LENGTH, { type: "u32", value: 32_768 }]],
    tensors,
  });
  const address = await connectEngine({ ...options, model });
  const { pid } = await onlyEngine();
  const response = await complete(address, { max_tokens: 32_000, stream: true, ignore_eos: true }); // for half a minute
  expect(response.status).toBe(200);
  const reader = response.body!.getReader();
  await reader.read();
  process.kill(pid, "SIGKILL");
  const rest = (async () => {
    while (!(await reader.read()).done);
  })();
  await expect(rest).rejects.toThrow();

  const next = await connectEngine({ ...options, model });
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

describe("an idle engine", () => {
  const idle = { idleMinutes: 0.05 }; // as the engine counts: a busy machine slows its count, too

  /** Its file is looked for from the start on: a busy machine may come to that when it has left its place. */
  async function connected() {
    const connecting = connectEngine({ ...options, ...idle });
    await expect.poll(engineFiles).toHaveLength(1);
    return { ...(await onlyEngine()), address: await connecting };
  }

  test("leaves by itself, and still answers whoever has found it before it left its place", async () => {
    const { address, pid, path } = await connected();
    await until(() => !existsSync(path));
    expect((await complete(address)).status).toBe(200);
    await until(() => !isAlive(pid));
  });

  test("does not leave before a request that takes longer than its idle time has its answer", async () => {
    const { baseURL, apiKey, model } = (await connected()).address;
    const body = JSON.stringify({ model, prompt: "abc", max_tokens: 4 });
    const type = "application/json";
    const headers = { authorization: `Bearer ${apiKey}`, "content-type": type, "content-length": body.length };
    const asking = request(`${baseURL}/completions`, { method: "POST", headers });
    const answer = once(asking, "response");
    asking.write(body.slice(0, 5));
    await sleep(1.5 * 60_000 * idle.idleMinutes);
    asking.end(body.slice(5));
    const [response] = (await answer) as [IncomingMessage];
    expect(response.resume().statusCode).toBe(200);
  });

  test("that was stopped for longer than its idle time, as by a closed lid, answers who came in between", async () => {
    const { address, pid } = await connected();
    process.kill(pid, "SIGSTOP");
    const answer = complete(address);
    await sleep(1.5 * 60_000 * idle.idleMinutes);
    process.kill(pid, "SIGCONT");
    expect((await answer).status).toBe(200);
  });
});

/** Each takes an engine's start: by day the first. */
const byDay = <T>(all: readonly T[]): T[] => (isNightly ? [...all] : all.slice(0, 1));

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

  const NONSENSE = ["nonsense", "", "{}", "null", '{"pid":"1"}'];
  test.each(NONSENSE)("with %j in it is none, and is removed", async (nonsense) => {
    const path = join(folder, "left.json");
    await writeFile(path, nonsense, { mode: 0o600 });
    expect(await readRuntimeFile(path)).toBeUndefined();
    expect(existsSync(path)).toBe(false);
  });

  test.each(byDay(NONSENSE))("with %j in it is replaced", async (nonsense) => {
    await writeFile(await placeOfTheFile(), nonsense);
    expect((await complete(await connectEngine(options))).status).toBe(200);
  });
});

describe("another user", () => {
  const isRoot = process.getuid?.() === 0; // who alone can play two users
  const OTHER = 1001;
  let asked: string[];
  let theirs: Server;
  beforeAll(async () => {
    theirs = createServer(({ url }, response) => {
      asked.push(String(url));
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
    await new Promise<void>((resolve) => theirs.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => theirs.close());

  /** What an attacker would leave: an engine that is theirs, alive as far as one can see. */
  function planted(): string {
    const url = `http://127.0.0.1:${(theirs.address() as AddressInfo).port}/v1`;
    return JSON.stringify({ pid: process.pid, url, token: "theirs", version: VERSION });
  }

  beforeEach(() => {
    asked = [];
  });

  const plants: [string, (path: string) => Promise<unknown>][] = [
    ["a link to one", async (path) => symlink(await written(`${path}.theirs`), path)],
    ["one that others may read", async (path) => chmod(await written(path), 0o644)],
    ["one that others may write", async (path) => chmod(await written(path), 0o622)],
    ["a folder", (path) => mkdir(path)],
    ["a pipe", async (path) => execFileSync("mkfifo", [path])],
  ];
  if (isRoot) plants.push(["one of theirs", async (path) => chown(await written(path), OTHER, OTHER)]);

  test.each(plants)("plants %s as an engine's file: it is none, and is removed", async (_, plant) => {
    const path = join(folder, "planted.json");
    await plant(path);
    expect(await readRuntimeFile(path)).toBeUndefined();
    expect(existsSync(path)).toBe(false);
  });

  test.each(byDay(plants))("plants %s where the engine's file is: their server is not asked", async (_, plant) => {
    const path = await placeOfTheFile();
    await plant(path);
    expect((await complete(await connectEngine(options))).status).toBe(200);
    expect(asked).toEqual([]);
  });

  async function written(path: string): Promise<string> {
    await writeFile(path, planted(), { mode: 0o600 });
    return path;
  }

  test("an engine's address on another machine is none", async () => {
    const path = await placeOfTheFile();
    await writeFile(path, planted().replace("127.0.0.1", "localhost"), { mode: 0o600 });
    expect((await complete(await connectEngine(options))).status).toBe(200);
    expect(asked).toEqual([]);
  });

  describe.runIf(isRoot)("owns the runtime folder", () => {
    afterEach(() => void vi.unstubAllEnvs());

    test("that the environment names, as after sudo: it is left alone, and another is used", async () => {
      const foreign = await mkdtemp(join(tmpdir(), "qwenlab-foreign-"));
      await chown(foreign, OTHER, OTHER);
      vi.stubEnv("XDG_RUNTIME_DIR", foreign);
      vi.stubEnv("TMPDIR", folder);
      const address = await connectEngine(options);
      expect((await complete(address)).status).toBe(200);
      expect(await readdir(foreign)).toEqual([]);
      const own = join(folder, `qwenlab-${process.getuid?.()}`);
      expect((await stat(own)).mode & 0o777).toBe(0o700);
      for (const name of await readdir(own)) process.kill(JSON.parse(await readFile(join(own, name), "utf8")).pid);
      await rm(foreign, { recursive: true });
    });

    test("of the fallback, or has put a link there: a clear error, and no file in it", async () => {
      vi.stubEnv("XDG_RUNTIME_DIR", undefined);
      const tmp = await mkdtemp(join(folder, "tmp-"));
      vi.stubEnv("TMPDIR", tmp);
      const foreign = join(tmp, `qwenlab-${process.getuid?.()}`);
      await mkdir(foreign, { mode: 0o777 });
      await chown(foreign, OTHER, OTHER);
      const refusal = { code: "engine-unavailable", message: expect.stringContaining("set XDG_RUNTIME_DIR") };
      await expect(connectEngine(options)).rejects.toMatchObject(refusal);
      expect(await readdir(foreign)).toEqual([]);

      await rm(foreign, { recursive: true });
      await symlink(folder, foreign);
      await expect(connectEngine(options)).rejects.toMatchObject(refusal);
    });
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
