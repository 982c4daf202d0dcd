import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { qwenlab, qwenlabHere, type Result } from "./qwenlab.ts";

const COMMANDS = "lab doctor install uninstall models chat serve generate score tokenize bench run".split(" ");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("--help names every command", async () => {
  const { exitCode, stdout, stderr } = await qwenlab(["--help"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
});

test.each(COMMANDS)("%s --help tells its usage", async (name) => {
  const { exitCode, stdout } = await qwenlabHere([name, "--help"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(new RegExp(`^usage: qwenlab ${name}`));
});

test("--version prints the package's version", async () => {
  expect((await qwenlab(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe("misuse ends with exit code 2 and one line", () => {
  function expectMisuse({ exitCode, stdout, stderr }: Result, message: string): void {
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  }

  test.each<[string[], string]>([
    [["modles"], 'there is no command "modles"; did you mean models?'],
    [["bench", "m", "--speed", "9"], "Unknown option '--speed'"],
    [["kernel"], "usage: qwenlab kernel CONNECTION_FILE"],
  ])("%j, as a program", async (args, message) => expectMisuse(await qwenlab(args), message));

  test.each<[string[], string]>([
    [["models", "lst"], '"lst" is none of list, pull, remove, path, plan'],
    [["models", "pull"], "NAME is missing after pull"],
    [["generate"], "MODEL is missing"],
    [["generate", "m", "--max-tokens", "4"], "give either --prompt or --tokens"],
    [["generate", "m", "--prompt", "x", "--tokens", "y"], "give either --prompt or --tokens"],
    [["generate", "m", "--prompt", "x"], "--max-tokens is missing"],
    [["generate", "m", "--prompt", "x", "--max-tokens", "0"], "--max-tokens takes a whole number, 1 or more"],
    [["generate", "m", "--prompt", "x", "--max-tokens", "4", "--temperature", "hot"], "--temperature takes a number"],
    [["score", "m", "--text", "x", "--top", "0"], "--top takes a whole number, 1 to 1000"],
    [["tokenize", "m"], "--input is missing"],
    [["lab", "--port", "70000"], "--port takes a whole number, 1 to 65535"],
    [["lab", "a", "b"], 'unexpected argument "b"'],
    [["install", "--user", "--sys-prefix"], "exclude each other"],
    [["run"], "NOTEBOOK is missing"],
  ])("%j", async (args, message) => expectMisuse(await qwenlabHere(args), message));

  test("no command at all: the overview", async () => {
    const { exitCode, stdout } = await qwenlab([]);
    expect(exitCode).toBe(2);
    expect(stdout).toContain("usage: qwenlab COMMAND");
  });
});

describe("failures end with exit code 1 and one line", () => {
  function expectFailure({ exitCode, stdout, stderr }: Result, message: RegExp): void {
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  }

  test("a model that is none, as a program", async () => {
    expectFailure(await qwenlab(["models", "path", "qwen2.5-codr-0.5b"]), /did you mean qwen2\.5-coder-0\.5b/);
  });

  test.each<[string[], RegExp]>([
    [["models", "plan", "./no-such.gguf"], /no-such\.gguf: no such file/],
    [["tokenize", "qwen2.5-coder-0.5b", "--input", "/no/such.json"], /\/no\/such\.json: no such file$/m],
    [["score", "qwen2.5-coder-0.5b", "--tokens", "/no/such.json"], /\/no\/such\.json: no such file$/m],
    [["run", "/no/such.ipynb"], /\/no\/such\.ipynb: no such file$/m],
  ])("%j", async (args, message) => expectFailure(await qwenlabHere(args), message));

  test("a wrong setting, before anything is done", async () => {
    const { exitCode, stderr } = await qwenlab(["models", "list"], { env: { QWENLAB_MODLE: "x" } });
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      'qwenlab models: environment: there is no setting "QWENLAB_MODLE"; did you mean QWENLAB_MODEL?\n',
    );
  });

  test("tokens that are none", async () => {
    const { exitCode, stderr } = await qwenlab(["score", "qwen2.5-coder-0.5b", "--tokens", "-"], {
      input: '{"tokens":[1,-2]}',
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('-: expected {"tokens":[...]} with token ids; at tokens.1');
  });

  test("a port in use", async () => {
    const { createServer } = await import("node:net");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const { exitCode, stderr } = await qwenlab(["lab", folder, "--port", String(port), "--yes"]);
    server.close();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`port ${port} is in use`);
  });
});

describe("models", () => {
  test("list --json is JSON and nothing else", async () => {
    const { exitCode, stdout } = await qwenlabHere(["models", "list", "--json"]);
    expect(exitCode).toBe(0);
    const { models } = JSON.parse(stdout);
    expect(models[0]).toMatchObject({ name: "qwen2.5-coder-0.5b", licence: "Apache-2.0", bytes: 491_400_064 });
  });

  test("path of a model that is not here says how to get it", async () => {
    const { exitCode, stderr } = await qwenlab(["models", "path", "qwen2.5-coder-0.5b"], {
      env: { QWENLAB_CACHE_DIR: folder },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("qwenlab models pull qwen2.5-coder-0.5b");
  });

  test("plan tells bytes that add up", async () => {
    const { stdout } = await qwenlabHere(["models", "plan", "qwen2.5-coder-0.5b", "--context", "2048", "--json"]);
    const plan = JSON.parse(stdout);
    expect(plan.contextLength).toBe(2048);
    expect(plan.weightsBytes + plan.kvCacheBytes + plan.prefixBytes + plan.activationBytes).toBe(plan.totalBytes);
  });
});

test("install and uninstall: a kernelspec under a prefix, without Python", async () => {
  const prefix = join(folder, "prefix");
  const env = { PATH: "/nonexistent" };
  expect((await qwenlab(["install", "--prefix", prefix], { env })).exitCode).toBe(0);
  const kernels = join(prefix, "share", "jupyter", "kernels");
  expect(readdirSync(join(kernels, "qwenlab"))).toContain("kernel.json");
  expect((await qwenlab(["uninstall", "--prefix", prefix], { env })).exitCode).toBe(0);
  expect(readdirSync(kernels)).toEqual([]);
  const again = await qwenlab(["uninstall", "--prefix", prefix], { env });
  expect(again.stdout).toBe(`nothing to remove: there is no ${join(kernels, "qwenlab")}\n`);
});

test("doctor --json has a state for every part, and what to do where one is missing", async () => {
  const { stdout } = await qwenlab(["doctor", "--json"], { env: { QWENLAB_CACHE_DIR: folder } });
  const { checks } = JSON.parse(stdout);
  expect(checks.map(({ name }: { name: string }) => name)).toEqual(
    "node adapter model memory disk jupyter python sandbox".split(" "),
  );
  const model = checks.find(({ name }: { name: string }) => name === "model");
  expect(model).toMatchObject({ state: "missing", remedy: expect.stringContaining("qwenlab models pull") });
});

test("doctor says that the processors were chosen by hand, and by what", async () => {
  const env = { QWENLAB_CACHE_DIR: folder, QWENLAB_ADAPTER: "cpu" };
  const { checks } = JSON.parse((await qwenlab(["doctor", "--json"], { env })).stdout);
  const adapter = checks.find(({ name }: { name: string }) => name === "adapter");
  expect(adapter).toMatchObject({
    state: "ok",
    detail: expect.stringMatching(
      /^CPU \(.+\), by QWENLAB_ADAPTER=cpu; WebAssembly, (plain SIMD|relaxed SIMD( of 256 bits)?( with products of bytes)?), \d+ threads?$/,
    ),
  });
  const isOldNode = Number.parseInt(process.versions.node, 10) < 24;
  expect("remedy" in adapter).toBe(isOldNode);
  if (isOldNode) expect(adapter.remedy).toContain("Node 24");
});

test("tokenize reads special tokens only when asked", async () => {
  const input = join(folder, "texts.json");
  writeFileSync(input, JSON.stringify({ texts: ["Hello", "<|im_start|>"] }));
  const plain = await qwenlab(["tokenize", "qwen2.5-coder-0.5b", "--input", input]);
  expect(plain.stderr).toBe("");
  const { ids } = JSON.parse(plain.stdout);
  expect(ids[0]).toEqual([9707]);
  expect(ids[1].length).toBeGreaterThan(1);
  const special = await qwenlabHere(["tokenize", "qwen2.5-coder-0.5b", "--input", input, "--special"]);
  expect(JSON.parse(special.stdout).ids[1]).toEqual([151_644]);
});
