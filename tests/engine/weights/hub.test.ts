// Models by their names on a hub, from a server here that speaks as Hugging Face or ModelScope does.
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pullModel } from "../../../engine/weights/download.ts";
import { parseHubName } from "../../../engine/weights/hub.ts";
import { listModels, modelFile, removeModel } from "../../../engine/weights/installed-models.ts";
import { type Answer, answering, endless, type FileServer, startFileServer } from "./file-server.ts";
import { contentOf, hubAnswering, hubOf, huggingFaceFile, type Listed, sha256Of } from "./hub-answers.ts";

let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "qwenlab-hub-"));
});
afterEach(() => rm(cacheDir, { recursive: true }));

const pull = (name: string, { url }: FileServer) =>
  pullModel(name, { cacheDir, env: { HF_ENDPOINT: url, MODELSCOPE_ENDPOINT: url } });
const pathOf = (...parts: string[]) => join(cacheDir, "models", ...parts);

describe.each(["hf", "ms"])("%s:", (prefix) => {
  test("a file is fetched, found by its name, listed with the hub's sha256, and removed", async () => {
    await using server = await startFileServer(hubOf("a.gguf", "sub/b.gguf", "README.md"));
    const name = `${prefix}:owner/repo/sub/b.gguf`;
    await expect(modelFile(name, { cacheDir })).rejects.toThrow(`get it with: qwenlab models pull ${name}`);
    const path = await pull(name, server);
    expect(path).toBe(pathOf(prefix, "owner", "repo", "sub", "b.gguf"));
    expect(await readFile(path)).toEqual(contentOf("sub/b.gguf"));
    expect(await modelFile(name, { cacheDir })).toBe(path);
    expect(await modelFile(`${prefix}:owner/repo`, { cacheDir })).toBe(path); // the only one of it
    const listed = (await listModels({ cacheDir })).find(({ model }) => model.name === name);
    expect(listed).toMatchObject({ path, isInstalled: true, model: { sha256: sha256Of("sub/b.gguf"), bytes: 3000 } });
    expect(await removeModel(name, { cacheDir })).toBe(3000);
    await expect(modelFile(name, { cacheDir })).rejects.toThrow("is not here yet");
    expect(await readdir(pathOf(prefix, "owner", "repo", "sub"))).toEqual([]);
  });

  test.each([
    ["the only one", ["model.gguf", "mmproj-model.gguf"], "model.gguf"],
    ["Q4_K_M of several", ["m-Q8_0.gguf", "m-Q4_K_M.gguf", "m-Q2_K.gguf"], "m-Q4_K_M.gguf"],
    [
      "one whole file before one in parts",
      ["m-q4_k_m-00001-of-00002.gguf", "m-q4_k_m-00002-of-00002.gguf", "m-q4_k_m.gguf"],
      "m-q4_k_m.gguf",
    ],
  ])("without a file %s is taken", async (_, files, chosen) => {
    await using server = await startFileServer(hubOf(...files));
    expect(await pull(`${prefix}:owner/repo`, server)).toBe(pathOf(prefix, "owner", "repo", chosen));
  });

  test("a model in parts comes whole, by its first part", async () => {
    const parts = [1, 2, 3].map((part) => `m-0000${part}-of-00003.gguf`);
    await using server = await startFileServer(hubOf(...parts.toReversed()));
    const path = await pull(`${prefix}:owner/repo`, server);
    expect(path).toBe(pathOf(prefix, "owner", "repo", parts[0]!));
    for (const part of parts) expect(await readFile(pathOf(prefix, "owner", "repo", part))).toEqual(contentOf(part));
    expect(await removeModel(`${prefix}:owner/repo`, { cacheDir })).toBe(9000);
  });

  test("a folder of safetensors is fetched where there is no GGUF, without what is no part of it", async () => {
    const shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    const own = ["config.json", "tokenizer.json", "generation_config.json", "model.safetensors.index.json", ...shards];
    const others = [
      "README.md",
      "pytorch_model.bin",
      "modeling_qwen.py",
      "original/model.safetensors",
      "vae.safetensors",
    ];
    await using server = await startFileServer(hubOf(...others, ...own));
    const name = `${prefix}:owner/repo`;
    const folder = pathOf(prefix, "owner", "repo");
    expect(await pull(name, server)).toBe(folder);
    expect((await readdir(folder)).sort()).toEqual([...own, "config.json.json"].sort());
    for (const file of own) expect(await readFile(join(folder, file))).toEqual(contentOf(file));
    const asked = server.requests.length;
    expect(await pull(name, server)).toBe(folder);
    expect(server.requests).toHaveLength(asked + 1); // the list
    for (const each of [name, `${name}/config.json`]) expect(await modelFile(each, { cacheDir })).toBe(folder);
    const listed = (await listModels({ cacheDir })).filter(({ path }) => path === folder);
    const sha256 = prefix === "ms" ? sha256Of("config.json") : sha256Of(shards[0]!); // the first that is told
    expect(listed).toMatchObject([
      { isInstalled: true, model: { name: `${name}/config.json`, bytes: 18_000, sha256 } },
    ]);
    expect(await removeModel(name, { cacheDir })).toBe(18_000);
    expect(await readdir(folder)).toEqual([]);
  });

  test("beside a GGUF the folder comes by the name of its config.json, and both are told apart", async () => {
    await using server = await startFileServer(hubOf("m.gguf", "config.json", "tokenizer.json", "model.safetensors"));
    const name = `${prefix}:owner/repo`;
    const folder = pathOf(prefix, "owner", "repo");
    expect(await pull(name, server)).toBe(join(folder, "m.gguf"));
    expect(await pull(`${name}/config.json`, server)).toBe(folder);
    await expect(modelFile(name, { cacheDir })).rejects.toThrow(`name one: ${name}/config.json, ${name}/m.gguf`);
    expect(await removeModel(`${name}/config.json`, { cacheDir })).toBe(9000);
    expect(await modelFile(name, { cacheDir })).toBe(join(folder, "m.gguf"));
  });

  test.each([
    ["no such file", "/c.gguf", ["a.gguf"], /has no "c\.gguf"; there are:\n {2}"a\.gguf", 0\.0 GB/],
    ["several files", "", ["m-Q8_0.gguf", "m-Q5_0.gguf"], /several models; name one of its files; there are:\n.*Q8_0/],
    ["no model at all", "", ["model.safetensors"], /has no GGUF file/],
    [
      "PyTorch's own files alone",
      "",
      ["config.json", "qwen.tiktoken", "pytorch_model-00001-of-00002.bin"],
      /has no GGUF file.*but "pytorch_model-00001-of-00002\.bin", which can only be read by running what is in it: take/,
    ],
    [
      "no tokens",
      "",
      ["config.json", "vocab.json", "model.safetensors"],
      /has no tokenizer\.json, nor a qwen\.tiktoken, without which/,
    ],
    ["a part that is missing", "", ["m-00001-of-00002.gguf"], /of which "m-00002-of-00002\.gguf" is not there/],
  ])("of %s it is told what there is", async (_, file, files, message) => {
    await using server = await startFileServer(hubOf(...files));
    const error = await pull(`${prefix}:owner/repo${file}`, server).catch((reason) => reason);
    expect(error).toMatchObject({ code: "model-not-found", message: expect.stringMatching(message) });
  });

  test("a repository that is not there, or not public", async () => {
    await using server = await startFileServer(answering(404));
    const error = await pull(`${prefix}:owner/repo`, server).catch((reason) => reason);
    expect(error).toMatchObject({ code: "model-not-found", message: expect.stringContaining("not public") });
  });
});

describe("a hub that is not to be trusted", () => {
  const hostile = (change: Listed) => hubAnswering({ huggingface: [{ ...huggingFaceFile("a.gguf"), ...change }] });

  test.each<[string, Answer, RegExp]>([
    ["another file than it told", hostile({ lfs: { oid: "0".repeat(64) } }), /its sha256 is not 0{64}/],
    ["no hash", hostile({ lfs: undefined, oid: undefined }), /tells no sha256 of "a\.gguf"/],
    ["another small file than it told", hostile({ lfs: undefined }), /its git hash is not 0123456789abcdef/],
    ["a sha256 that is none", hostile({ lfs: { oid: "../../etc" } }), /tells no sha256/],
    ["a size that is none", hostile({ size: -1 }), /does not answer with a list of files/],
    ["a size past all disks", hostile({ size: 2 ** 50 }), /does not answer with a list of files/],
    ["a path that leads out", hostile({ path: "../../../../a.gguf" }), /has no GGUF file/],
    ["a path with a command in it", hostile({ path: "\u001b[2J.gguf" }), /has no GGUF file/],
    ["a list that is none", hubAnswering({ huggingface: { error: "x" } }), /does not answer with a list of files/],
    ["a web page", answering(200, "<html>", "text/html"), /answers with a web page/],
    ["an error", answering(500), /answers HTTP 500/],
    ["a list without end", endless, /more than 16777216 bytes/],
  ])("%s", async (_, answer, message) => {
    await using server = await startFileServer(answer);
    const error = await pull("hf:owner/repo", server).catch((reason) => reason);
    expect(error).toMatchObject({ code: expect.stringMatching(/model-not-found|download-failed/) });
    expect(error.message).toMatch(message);
    await expect(modelFile("hf:owner/repo", { cacheDir })).rejects.toThrow("is not here yet");
    expect(existsSync(pathOf("hf", "owner", "repo", "a.gguf"))).toBe(false);
  });

  test("its list goes on at its own host, and nowhere else", async () => {
    const paged =
      (next: (host: string) => string): Answer =>
      (request, response) => {
        const isFirst = !request.url?.includes("cursor");
        if (request.url?.includes("/resolve/")) return hubOf("b.gguf")(request, response);
        const link = isFirst ? { link: `<${next(`http://${request.headers.host}`)}>; rel="next"` } : {};
        response.writeHead(200, { "content-type": "application/json", ...link });
        response.end(JSON.stringify([huggingFaceFile(isFirst ? "a.gguf" : "b.gguf")]));
      };
    await using elsewhere = await startFileServer(hubOf("b.gguf"));
    await using server = await startFileServer(paged((host) => `${host}/api/models/owner/repo/tree/main?cursor=2`));
    expect(await pull("hf:owner/repo/b.gguf", server)).toBe(pathOf("hf", "owner", "repo", "b.gguf"));
    await using foreign = await startFileServer(paged(() => `${elsewhere.url}/api/models/x/y/tree/main?cursor=2`));
    await expect(pull("hf:owner/other/b.gguf", foreign)).rejects.toThrow('has no "b.gguf"');
    expect(elsewhere.requests).toEqual([]);
  });
});

test("a model of the catalogue whose file we do not know comes from the hub that has it, and keeps its short name", async () => {
  await using without = await startFileServer(answering(404));
  await using server = await startFileServer(hubOf("Qwen3-8B-Q4_K_M.gguf", "Qwen3-8B-Q8_0.gguf"));
  const env = { HF_ENDPOINT: without.url, MODELSCOPE_ENDPOINT: server.url };
  const path = await pullModel("qwen3-8b", { cacheDir, env });
  expect(path).toBe(pathOf("ms", "Qwen", "Qwen3-8B-GGUF", "Qwen3-8B-Q4_K_M.gguf"));
  expect(await modelFile("Qwen3-8B", { cacheDir })).toBe(path);
  const asked = server.requests.length;
  expect(await pullModel("qwen3-8b", { cacheDir, env })).toBe(path);
  expect(server.requests).toHaveLength(asked);
  const listed = (await listModels({ cacheDir })).filter((model) => model.path === path);
  expect(listed).toMatchObject([{ isInstalled: true, model: { name: "qwen3-8b", bytes: 3000 } }]);
  expect(await removeModel("qwen3-8b", { cacheDir })).toBe(3000);
});

test("of a model that no hub has, each one's reason is told", async () => {
  await using server = await startFileServer(answering(404));
  const env = { HF_ENDPOINT: server.url, MODELSCOPE_ENDPOINT: server.url };
  await expect(pullModel("qwen3-8b", { cacheDir, env })).rejects.toThrow(
    /qwen3-8b could not be fetched:\n {2}Hugging Face: .*404.*\n {2}ModelScope: .*404/,
  );
});

test.each([
  "hf:",
  "hf:owner",
  "hf:owner/",
  "ms:owner/..",
  "hf:../..",
  "hf:o/r/sub/config.json",
  "hf:o/r/model.safetensors",
  "hf:o/r/../x.gguf",
  "hf:o/r/a b\n.gguf",
])("%j is no name", (name) => {
  expect(() => parseHubName(name)).toThrow(/is no file of a hub; write (hf|ms):OWNER\/REPOSITORY/);
});

test("a repository of the first generation is its folder, with the tokens in its own form, and without its programs", async () => {
  const shards = [1, 2].map((part) => `model-0000${part}-of-00002.safetensors`);
  const own = ["config.json", "generation_config.json", "qwen.tiktoken", "tokenizer_config.json"];
  const others = ["modeling_qwen.py", "tokenization_qwen.py", "cpp_kernels.py", "cache_autogptq_cuda_256.cpp"];
  await using server = await startFileServer(hubOf(...others, ...own, "model.safetensors.index.json", ...shards));
  const folder = await pull("hf:Qwen/Qwen-1_8B-Chat", server);
  expect(folder).toBe(pathOf("hf", "Qwen", "Qwen-1_8B-Chat"));
  const here = [...own, "model.safetensors.index.json", ...shards, "config.json.json"];
  expect((await readdir(folder)).sort()).toEqual(here.sort());
});

test.each([
  ["Qwen/Qwen-1_8B-Chat", "hf:Qwen/Qwen-1_8B-Chat on Hugging Face, or ms:Qwen/Qwen-1_8B-Chat on ModelScope"],
  ["https://huggingface.co/Qwen/Qwen-7B-Chat", "hf:Qwen/Qwen-7B-Chat"],
  ["huggingface.co/Qwen/Qwen-7B-Chat/tree/main", "hf:Qwen/Qwen-7B-Chat"],
  ["https://www.modelscope.cn/models/Qwen/Qwen-7B-Chat/summary", "ms:Qwen/Qwen-7B-Chat"],
])("who names a model %s is told how it is written here", async (name, written) => {
  await expect(pullModel(name, { cacheDir })).rejects.toThrow(`no model "${name}"; write ${written}`);
  await expect(modelFile(name, { cacheDir })).rejects.toThrow(`no such file; if a hub's is meant, write ${written}`);
});

test.each(["./models/none", "/models/none", "a/b/c", "models/none.gguf"])("%s is a path alone", async (path) => {
  await expect(modelFile(path, { cacheDir })).rejects.toThrow(/no such file$/);
});

test.each(["qwen3-8b", "./hf/x.gguf", "hfx:a/b", "C:\\models\\a.gguf"])("%j is none of a hub", (name) => {
  expect(parseHubName(name)).toBeUndefined();
});
