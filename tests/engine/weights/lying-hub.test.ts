// Hubs that lie about a file, or send something else: each time one message, nothing that is taken for the model, and a next pull,
// from a hub that does not lie, that brings it.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type PullOptions, pullModel } from "../../../engine/weights/download.ts";
import { modelFile, removeModel } from "../../../engine/weights/installed-models.ts";
import { type Answer, answering, endless, type FileServer, serving, startFileServer } from "./file-server.ts";
import { contentOf, hubAnswering, hubOf, huggingFaceFile, type Listed, sha256Of } from "./hub-answers.ts";

const NAME = "hf:owner/repo/a.gguf";
const FILE = contentOf("a.gguf");
const OTHER = Buffer.alloc(FILE.length, "other");

let cacheDir: string;
let path: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "qwenlab-lies-"));
  path = join(cacheDir, "models", "hf", "owner", "repo", "a.gguf");
});
afterEach(() => rm(cacheDir, { recursive: true }));

const pull = ({ url }: FileServer, name = NAME, onProgress?: PullOptions["onProgress"]) =>
  pullModel(name, { cacheDir, env: { HF_ENDPOINT: url }, ...(onProgress && { onProgress }) });
/** A true list, and this for the file. */
const withFile = (answer: Answer) => hubAnswering({ huggingface: [huggingFaceFile("a.gguf")] }, answer);
const withList = (...files: readonly Listed[]) => hubAnswering({ huggingface: files });
const sending =
  (status: number, headers: OutgoingHttpHeaders, body: Uint8Array = FILE): Answer =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };
const sendingOn = (location: string, headers: OutgoingHttpHeaders = {}) => sending(302, { location, ...headers });

/** What the pull says, after which the model is not there. */
async function refusalOf(answer: Answer, name = NAME, onProgress?: PullOptions["onProgress"]): Promise<string> {
  await using server = await startFileServer(answer);
  const error = await pull(server, name, onProgress).catch((reason) => reason);
  expect(error).toMatchObject({ code: expect.stringMatching(/^(model-not-found|download-failed)$/) });
  expect(error.message.length).toBeLessThan(2000);
  await expect(modelFile(NAME, { cacheDir })).rejects.toThrow("is not here yet");
  expect(existsSync(path)).toBe(false);
  return error.message;
}

/** What the next pull asks a hub for that does not lie. */
async function askedByNextPull(): Promise<string> {
  await using server = await startFileServer(hubOf("a.gguf"));
  expect(await pull(server)).toBe(path);
  expect(await readFile(path)).toEqual(FILE);
  expect(await modelFile(NAME, { cacheDir })).toBe(path);
  return server.requests.at(-1)!;
}

describe("of the file:", () => {
  test.each<[string, Answer, RegExp]>([
    ["it is shorter than told", serving(FILE.subarray(1)), /has 2999 bytes instead of 3000/],
    ["it is longer than told", serving(Buffer.concat([FILE, FILE])), /has 6000 bytes instead of 3000/],
    ["it has no bytes", serving(Buffer.alloc(0)), /has 0 bytes instead of 3000/],
    ["it has no end", endless, /sends more than the file's 3000 bytes/],
    ["it has another content", serving(OTHER), /its sha256 is not [0-9a-f]{64}/],
    ["it is a web page", answering(200, "<html>", "text/html; charset=utf-8"), /answers with a web page/],
    [
      "it is another part, unasked",
      sending(206, { "content-range": "bytes 8-3007/3008" }),
      /answers with another range/,
    ],
    ["it is a part that is none", sending(206, { "content-range": "bytes x-y/z" }), /answers with another range/],
    [
      "it lies among the machine's own files",
      sendingOn("file:///etc/passwd"),
      /sends on to what is no address of the web/,
    ],
    ["it lies nowhere", sendingOn("http://"), /sends on to what is no address of the web/],
    ["it lies ever elsewhere", sendingOn("?again"), /sends on more than 10 times/],
    [
      "it is another one, as the answer itself says",
      sendingOn("/owner/repo/resolve/main/a.gguf", { "x-linked-etag": `"${sha256Of("b.gguf")}"` }),
      new RegExp(`has a file of sha256 ${sha256Of("b.gguf")} instead of ${sha256Of("a.gguf")}`),
    ],
    [
      "it is to be had later",
      sending(429, { "retry-after": "3600" }),
      /HTTP 429: it is busy, and asks to be left alone for 3600 s/,
    ],
    [
      "it is to be had on another day",
      sending(503, { "retry-after": "Fri, 31 Dec 2100 23:59:59 GMT" }),
      /HTTP 503: it is busy, and asks to be left alone for \d+ s/,
    ],
    ["it is always to be had at once", sending(503, { "retry-after": "0" }), /busy, and asks to be left alone for 0 s/],
  ])("%s", async (_, answer, message) => {
    expect(await refusalOf(withFile(answer))).toMatch(message);
    expect(await askedByNextPull()).toBe("GET /owner/repo/resolve/main/a.gguf");
  });

  test("what came of it before it broke off is kept, and the next pull goes on from there", async () => {
    let first: ServerResponse | undefined;
    const breaking: Answer = (request, response) => {
      if (first) return answering(404)(request, response);
      first = response.writeHead(200, { "content-length": FILE.length });
      response.write(FILE.subarray(0, 1000));
    };
    const breakOff: PullOptions["onProgress"] = ({ done }) => done === 1000 && first!.destroy();
    expect(await refusalOf(withFile(breaking), NAME, breakOff)).toMatch(/HTTP 404/);
    expect(await readFile(`${path}.part`)).toEqual(FILE.subarray(0, 1000));
    expect(await askedByNextPull()).toBe("GET /owner/repo/resolve/main/a.gguf bytes=1000-");
  });

  test.each<[string, Answer]>([
    ["another part than the rest", sending(206, { "content-range": "bytes 0-2999/3000" })],
    ["a rest of another file", sending(206, { "content-range": "bytes 1000-3999/4000" })],
    ["no rest", sending(416, {})],
  ])("%s leaves what an earlier pull has brought", async (_, answer) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.part`, FILE.subarray(0, 1000));
    expect(await refusalOf(withFile(answer))).toMatch(/another range|4000 bytes instead of 3000|HTTP 416/);
    expect(await askedByNextPull()).toBe("GET /owner/repo/resolve/main/a.gguf bytes=1000-");
  });

  test("it may lie on another host, as hubs have it; what counts is its sha256", async () => {
    await using wrong = await startFileServer(serving(OTHER));
    expect(await refusalOf(withFile(sendingOn(`${wrong.url}/b`)))).toMatch(/its sha256 is not/);
    await using right = await startFileServer(serving(FILE));
    const linked = { "x-linked-etag": `"${sha256Of("a.gguf")}"` };
    await using server = await startFileServer(withFile(sendingOn(`${right.url}/b`, linked)));
    await pull(server);
    expect(right.requests).toEqual(["GET /b"]);
    expect(await modelFile(NAME, { cacheDir })).toBe(path);
  });
});

describe("of the list:", () => {
  const manyFiles = Array.from({ length: 1000 }, (_, i) => huggingFaceFile(`m${i}.gguf`));

  test.each<[string, Answer, RegExp]>([
    ["it is a web page", answering(200, "<html>", "text/html"), /answers with a web page, as networks do that ask/],
    ["it is no JSON", answering(200, "[{", "application/json"), /does not answer with JSON/],
    ["the file has no bytes", withList({ ...huggingFaceFile("a.gguf"), size: 0 }), /of "a\.gguf" the hub has 0 bytes/],
    [
      "it has a thousand files, none of them asked for",
      withList(...manyFiles),
      /has no "a\.gguf"; there are:(.*\n)+ {2}and 970 more$/,
    ],
    ["it is to be had later", sending(429, { "retry-after": "3600" }), /asks to be left alone for 3600 s/],
    [
      "it lies among the machine's own files",
      sendingOn("file:///etc/passwd"),
      /sends on to what is no address of the web/,
    ],
  ])("%s", async (_, answer, message) => {
    expect(await refusalOf(answer)).toMatch(message);
    await askedByNextPull();
  });

  test("a model of 99,999 parts, of which one is there", async () => {
    const message = await refusalOf(withList(huggingFaceFile("m-00001-of-99999.gguf")), "hf:owner/repo");
    expect(message).toMatch(/is 99999 files, of which "m-00002-of-99999\.gguf" is not there/);
  });

  test("it may lie elsewhere at its host, and on no other, which is not asked", async () => {
    await using elsewhere = await startFileServer(hubOf("a.gguf"));
    const message = await refusalOf(sendingOn(`${elsewhere.url}/api/models/owner/repo/tree/main`));
    expect(message).toMatch(/sends on to 127\.0\.0\.1:\d+, whose word .* does not count; .* set HF_ENDPOINT/);
    expect(elsewhere.requests).toEqual([]);
    await using renamed = await startFileServer(sendingOn("/api/models/owner/new/tree/main"), hubOf("a.gguf"));
    expect(await pull(renamed)).toBe(path);
  });
});

test("a server that is busy is asked again when it says so, for the list and for the file", async () => {
  const busy = sending(503, { "retry-after": "0" });
  const hub = hubOf("a.gguf");
  await using server = await startFileServer(busy, hub, sending(429, { "retry-after": "0" }), busy, hub);
  expect(await pull(server)).toBe(path);
  expect(server.requests).toHaveLength(5);
});

test("a file that the hub has replaced by one of the same size is fetched anew, and there until that has come", async () => {
  await using first = await startFileServer(hubOf("a.gguf"));
  await pull(first);
  const changed = { ...huggingFaceFile("a.gguf"), lfs: { oid: sha256Of("b.gguf") } };
  await using lying = await startFileServer(withList(changed));
  await expect(pull(lying)).rejects.toThrow(/its sha256 is not/);
  expect(await readFile(path)).toEqual(FILE);
  await using second = await startFileServer(hubAnswering({ huggingface: [changed] }, serving(contentOf("b.gguf"))));
  await pull(second);
  expect(await readFile(path)).toEqual(contentOf("b.gguf"));
  const asked = second.requests.length;
  await pull(second);
  expect(second.requests.slice(asked)).toEqual([expect.stringContaining("/tree/main")]); // the list alone
  expect(await removeModel(NAME, { cacheDir })).toBe(FILE.length);
});

test("a hub that does not answer is told in words", async () => {
  const { url, ...closing } = await startFileServer((_, response) => void response.end());
  await closing[Symbol.asyncDispose]();
  const asked = pullModel("hf:owner/repo", { cacheDir, env: { HF_ENDPOINT: url } });
  await expect(asked).rejects.toThrow(/: it cannot be reached \(connect ECONNREFUSED 127\.0\.0\.1:\d+\)$/);
});
