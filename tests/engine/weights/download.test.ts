import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { HubSource } from "../../../engine/weights/catalogue.ts";
import { type PinnedFile, type PullOptions, type PullProgress, pullModel } from "../../../engine/weights/download.ts";
import { answering, breakingAfter, serving, servingWhole, startFileServer } from "./file-server.ts";

const FILE = Buffer.alloc(1_000_000, "weights of a model that is not there ");
const HUGGING_FACE: HubSource = { type: "huggingface", repository: "owner/model", revision: "abc" };
const MODELSCOPE: HubSource = { type: "modelscope", repository: "owner/model", revision: "master" };
const MODEL: PinnedFile = {
  name: "tiny",
  fileName: "tiny.gguf",
  bytes: FILE.length,
  sha256: createHash("sha256").update(FILE).digest("hex"),
  sources: [HUGGING_FACE, MODELSCOPE],
};
const HUGGING_FACE_PATH = "GET /owner/model/resolve/abc/tiny.gguf";
const MODELSCOPE_PATH = "GET /models/owner/model/resolve/master/tiny.gguf";

let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "qwenlab-pull-"));
});
afterEach(() => rm(cacheDir, { recursive: true }));

const inModels = () => readdir(join(cacheDir, "models"));
const isWhole = async () => FILE.equals(await readFile(join(cacheDir, "models", "tiny.gguf")));

/** Pulls the model from the two addresses, or from one alone. */
function pull(huggingFace: string, modelscope?: string, options: Partial<PullOptions> = {}): Promise<string> {
  const env = { QWENLAB_HF_ENDPOINT: huggingFace, MODELSCOPE_ENDPOINT: modelscope };
  return pullModel(MODEL, { cacheDir, env, sources: modelscope ? MODEL.sources : [HUGGING_FACE], ...options });
}

async function leavePart(bytes: Uint8Array): Promise<void> {
  await mkdir(join(cacheDir, "models"));
  await writeFile(join(cacheDir, "models", "tiny.gguf.part"), bytes);
}

describe("a pull", () => {
  test("brings the file under its name, with progress to the end, and leaves nothing else", async () => {
    await using server = await startFileServer(serving(FILE));
    const progress: PullProgress[] = [];
    const path = await pull(server.url, undefined, { onProgress: (step) => progress.push(step) });
    expect(path).toBe(join(cacheDir, "models", "tiny.gguf"));
    expect(await isWhole()).toBe(true);
    expect(await inModels()).toEqual(["tiny.gguf"]);
    expect(progress.map((step) => step.stage)).toContain("downloading");
    expect(progress.at(-1)).toEqual({
      stage: "verifying",
      source: "Hugging Face",
      done: FILE.length,
      total: FILE.length,
    });
  });

  test("of a file that is there asks nobody", async () => {
    await using server = await startFileServer(serving(FILE));
    await pull(server.url);
    await pull(server.url);
    expect(server.requests).toEqual([HUGGING_FACE_PATH]);
  });

  test("goes on after a lost connection from the byte where it broke", async () => {
    await using server = await startFileServer(
      breakingAfter(300_000, FILE),
      breakingAfter(200_000, FILE),
      serving(FILE),
    );
    await pull(server.url);
    expect(await isWhole()).toBe(true);
    const offsets = server.requests.map((request) => Number(/bytes=(\d+)/.exec(request)?.[1] ?? 0));
    expect(offsets).toHaveLength(3);
    expect(offsets[0]).toBe(0);
    expect(offsets[1]).toBeGreaterThan(0);
    expect(offsets[2]).toBeGreaterThan(offsets[1]!);
  });

  test("goes on from what an earlier process left", async () => {
    await leavePart(FILE.subarray(0, 400_000));
    await using server = await startFileServer(serving(FILE));
    await pull(server.url);
    expect(await isWhole()).toBe(true);
    expect(server.requests).toEqual([`${HUGGING_FACE_PATH} bytes=400000-`]);
  });

  test("begins anew where a server ignores ranges", async () => {
    await leavePart(FILE.subarray(0, 400_000));
    await using server = await startFileServer(servingWhole(FILE));
    await pull(server.url);
    expect(await isWhole()).toBe(true);
  });

  test("begins anew where what an earlier process left is wrong", async () => {
    await leavePart(Buffer.alloc(400_000, "other"));
    await using server = await startFileServer(serving(FILE));
    await pull(server.url);
    expect(await isWhole()).toBe(true);
    expect(server.requests).toEqual([`${HUGGING_FACE_PATH} bytes=400000-`, HUGGING_FACE_PATH]);
  });

  test("begins anew where what an earlier process left is too long", async () => {
    await leavePart(Buffer.concat([FILE, FILE]));
    await using server = await startFileServer(serving(FILE));
    await pull(server.url);
    expect(await isWhole()).toBe(true);
  });

  test("takes over the lock of a process that is gone", async () => {
    await leavePart(FILE.subarray(0, 1));
    await writeFile(join(cacheDir, "models", "tiny.gguf.lock"), String(2 ** 22 + 1)); // past Linux' largest pid
    await using server = await startFileServer(serving(FILE));
    await pull(server.url);
    expect(await inModels()).toEqual(["tiny.gguf"]);
  });
});

describe("the next source is tried", () => {
  const wrong = Buffer.from(FILE).fill(0, 10, 20);
  test.each([
    ["is not there", answering(404)],
    ["answers with an error", answering(500)],
    ["answers with a web page", answering(200, "<html>Sign in to the network</html>", "text/html; charset=utf-8")],
    ["has another size", serving(FILE.subarray(1))],
    ["has another content", serving(wrong)],
  ])("when the first %s", async (_, answer) => {
    await using first = await startFileServer(answer);
    await using second = await startFileServer(serving(FILE));
    await pull(first.url, second.url);
    expect(await isWhole()).toBe(true);
    expect(second.requests).toEqual([MODELSCOPE_PATH]);
  });

  test("when the first cannot be reached, without a second attempt there", async () => {
    const first = await startFileServer(serving(FILE));
    await first[Symbol.asyncDispose]();
    await using second = await startFileServer(serving(FILE));
    await pull(first.url, second.url);
    expect(await isWhole()).toBe(true);
  });

  test("when the first takes the call and never answers", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    await using first = await startFileServer(() => vi.advanceTimersByTime(10_000));
    await using second = await startFileServer(serving(FILE));
    await pull(first.url, second.url);
    expect(await isWhole()).toBe(true);
  });

  test("and goes on from the bytes of the first", async () => {
    await using first = await startFileServer(breakingAfter(300_000, FILE), answering(503));
    await using second = await startFileServer(serving(FILE));
    await pull(first.url, second.url);
    expect(await isWhole()).toBe(true);
    expect(second.requests).toEqual([expect.stringMatching(/ bytes=[1-9]\d*-$/)]);
  });
});

describe("a pull that fails", () => {
  test("says why each source failed and where to put the file, and leaves nothing", async () => {
    await using first = await startFileServer(answering(404));
    await using second = await startFileServer(serving(Buffer.alloc(FILE.length, "other")));
    const error = await pull(first.url, second.url).catch((reason) => reason);
    expect(error).toMatchObject({ name: "EngineError", code: "download-failed" });
    expect(error.message).toMatch(/Hugging Face: answers HTTP 404/);
    expect(error.message).toMatch(/ModelScope: .*sha256 is not/);
    expect(error.message).toContain(join(cacheDir, "models", "tiny.gguf"));
    expect(await inModels()).toEqual([]);
  });

  test("because the cache folder is a file says so", async () => {
    await writeFile(join(cacheDir, "models"), "");
    await expect(pull("http://127.0.0.1:1")).rejects.toMatchObject({ code: "download-failed" });
  });

  test("on a server that sends too much stops there", async () => {
    await using server = await startFileServer((_, response) => {
      response.writeHead(200).end(Buffer.concat([FILE, FILE])); // chunked: no length announced
    });
    await expect(pull(server.url)).rejects.toThrow(/sends more than the file's 1000000 bytes/);
  });

  test("by abort keeps what it has, under another name, and can be resumed", async () => {
    const abort = new AbortController();
    await using server = await startFileServer((_, response) => {
      response.writeHead(200, { "content-length": FILE.length }).write(FILE.subarray(0, 250_000));
    }, serving(FILE));
    const onProgress = ({ done }: PullProgress) => done === 250_000 && abort.abort();
    const error = await pull(server.url, undefined, { signal: abort.signal, onProgress }).catch((reason) => reason);
    expect(error).toMatchObject({ code: "aborted" });
    expect(await inModels()).toEqual(["tiny.gguf.part"]);
    await pull(server.url);
    expect(server.requests[1]).toBe(`${HUGGING_FACE_PATH} bytes=250000-`);
    expect(await isWhole()).toBe(true);
  });

  test("for want of space says before it starts how many bytes are needed", async () => {
    await using server = await startFileServer(serving(FILE));
    const model = { ...MODEL, bytes: 2 ** 52 };
    const error = await pullModel(model, { cacheDir, env: { HF_ENDPOINT: server.url } }).catch((reason) => reason);
    expect(error).toMatchObject({ code: "download-failed", message: expect.stringContaining(String(2 ** 52)) });
    expect(server.requests).toEqual([]);
  });

  test.runIf(process.platform === "linux")("on a disk that fills up says so, and asks no other source", async () => {
    await mkdir(join(cacheDir, "models"));
    await symlink("/dev/full", join(cacheDir, "models", "tiny.gguf.part"));
    await using first = await startFileServer(serving(FILE));
    await using second = await startFileServer(serving(FILE));
    const error = await pull(first.url, second.url).catch((reason) => reason);
    expect(error).toMatchObject({ code: "download-failed", message: expect.stringMatching(/disk is full.*1000000/) });
    expect(second.requests).toEqual([]);
  });

  test("while another process fetches the same file names it", async () => {
    await leavePart(FILE.subarray(0, 1));
    await writeFile(join(cacheDir, "models", "tiny.gguf.lock"), String(process.ppid));
    await using server = await startFileServer(serving(FILE));
    await expect(pull(server.url)).rejects.toThrow(`process ${process.ppid} is already fetching tiny`);
    expect(server.requests).toEqual([]);
  });

  test("for a name that is not in the catalogue suggests one", async () => {
    await expect(pullModel("qwen2.5-code-0.5", { cacheDir })).rejects.toThrow(/did you mean qwen2\.5-coder-0\.5b\?/);
  });
});
