// The commands that run the model itself: on the real file where a figure is the model's, else on one of 300 kB.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyModel, writeTinyModel } from "../../engine/tiny-model.ts";
import { ggufLora, randomLora } from "../../engine/weights/lora-writer.ts";
import { qwenlab } from "./qwenlab.ts";

const MODEL = "qwen2.5-coder-0.5b";

let folder: string;
let tiny: string; // its tokens are bytes
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-commands-"));
  tiny = await writeTinyModel(join(folder, "tiny.gguf"));
});
afterAll(() => rm(folder, { recursive: true }));

test("generate --json continues a prompt greedily", async () => {
  const prompt = "function add(a, b) {\n  return a +";
  const { exitCode, stdout, stderr } = await qwenlab([
    ...["generate", MODEL, "--prompt", prompt, "--max-tokens", "4", "--json"],
  ]);
  expect(stderr).not.toContain("qwenlab generate:");
  expect(exitCode).toBe(0);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ promptTokens: 11, text: expect.stringMatching(/^ b/) });
  expect(result.tokens.length).toBeLessThanOrEqual(4);
  expect(result.timings.decodeTokensPerSecond).toBeGreaterThan(0);
});

test("score --text gives a distribution a position, and the text's perplexity", async () => {
  const input = "eight of";
  const { exitCode, stdout } = await qwenlab(["score", tiny, "--text", "-", "--top", "288"], { input });
  expect(exitCode).toBe(0);
  const { positions, perplexity } = JSON.parse(stdout) as {
    positions: readonly { logsumexp: number; top: readonly (readonly [token: number, logprob: number])[] }[];
    perplexity: number;
  };
  expect(positions).toHaveLength(input.length);
  for (const { logsumexp, top } of positions) {
    expect(logsumexp).toBeTypeOf("number");
    expect(top).toHaveLength(288);
    expect(top.map(([, logprob]) => logprob)).toEqual(top.map(([, logprob]) => logprob).sort((a, b) => b - a));
  }
  const logprobs = [...input].slice(1).map((next, i) => new Map(positions[i]!.top).get(next.charCodeAt(0))!);
  const mean = logprobs.reduce((sum, logprob) => sum + logprob, 0) / logprobs.length;
  expect(perplexity).toBeCloseTo(Math.exp(-mean), 3);
});

test("bench --json has every figure; bench --plan tells its dispatches, layers that are alike once", async () => {
  const { exitCode, stdout, stderr } = await qwenlab([
    ...["bench", tiny, "--prompt-tokens", "16", "--generate-tokens", "4", "--sequences", "2", "--json"],
  ]);
  expect(exitCode, stderr).toBe(0);
  const result = JSON.parse(stdout);
  expect(result.promptTokens).toBe(16);
  expect(result.sequences).toBe(2);
  expect(result.generatedTokens).toBe(4);
  for (const name of [
    "loadSeconds",
    "prefillTokensPerSecond",
    "decodeTokensPerSecond",
    "dispatchesPerToken",
    "copyBandwidth",
    "bandwidthShare",
    "residentBytes",
    "deviceBytes",
    "togetherTokensPerSecond",
  ]) {
    expect(result[name], name).toBeGreaterThan(0);
  }
  expect(result.adapter).toBeTypeOf("string");

  const text = await qwenlab(["bench", MODEL, "--plan"]);
  expect(text.stdout).toMatch(
    /layers 0 to 1, 3.*\n {2}linear \(3 dispatches\).*attn_q, linear attn_k, linear attn_v\n/,
  );
  expect(text.stdout).toMatch(/^ {2}kernel +values +weights +operations of engine\/models\/qwen2\.ts that it does\n/);
  expect(text.stdout).toMatch(/output head .*linear output\n/);
  expect(text.stdout.match(/gated .*linear ffn_gate, silu, linear ffn_up, mul/g)).toHaveLength(2);
  const json = await qwenlab(["bench", tiny, "--plan", "--json"]);
  const { steps } = JSON.parse(json.stdout) as { steps: readonly { dispatches: string[] }[] };
  const dispatches = steps.flatMap((step) => step.dispatches);
  expect(dispatches).toHaveLength(result.dispatchesPerToken - 1); // the choice is none of the model's
});

test("bench --profile tells kernels apart, in figures and as a picture", async () => {
  const svg = join(folder, "profile.svg");
  const { exitCode, stdout } = await qwenlab([
    ...["bench", tiny, "--profile", "--prompt-tokens", "8", "--svg", svg, "--json"],
  ]);
  expect(exitCode).toBe(0);
  const { steps, copyBandwidth, int8Peak } = JSON.parse(stdout);
  expect(Math.min(copyBandwidth, int8Peak)).toBeGreaterThan(0);
  expect(steps.map(({ title }: { title: string }) => title)).toEqual([
    "a token of text after 8",
    "a prompt's first 8 tokens",
  ]);
  for (const { profile } of steps) {
    expect(profile.kernels.length).toBeGreaterThan(8);
    const dispatches = profile.kernels.reduce(
      (sum: number, kernel: { dispatches: number }) => sum + kernel.dispatches,
      0,
    );
    expect(dispatches).toBe(profile.dispatches);
    const product = profile.kernels.find(({ label }: { label: string }) => /^product \w+ 160 x 96$/.test(label));
    expect(Math.min(product.weightBytes, product.products, product.milliseconds)).toBeGreaterThan(0);
  }
  const picture = await readFile(svg, "utf8");
  for (const text of ["a token of text after 8", "160 x 96", "attention"]) expect(picture).toContain(text);
});

test("score with an adapter beside the model says something else than without", async () => {
  const lora = join(folder, "own.gguf");
  await writeFile(lora, ggufLora(randomLora(tinyModel(), /attn_|ffn_/, 4, 1), 8));
  const score = async (...options: string[]) => {
    const { exitCode, stdout, stderr } = await qwenlab(["score", tiny, "--text", "-", ...options], {
      input: "one two",
    });
    expect(exitCode, stderr).toBe(0);
    return JSON.parse(stdout).positions;
  };
  const plain = await score();
  expect(await score("--lora", lora)).not.toEqual(plain);
  const asked = ["generate", tiny, "--prompt", "one", "--max-tokens", "2", "--lora"];
  const missing = await qwenlab([...asked, join(folder, "none.gguf")]);
  expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("none.gguf: no such adapter") });
});
