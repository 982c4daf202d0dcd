// The commands that run the model itself, each once, on the real file.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { tinyModel, writeTinyModel } from "../../engine/tiny-model.ts";
import { ggufLora, randomLora } from "../../engine/weights/lora-writer.ts";
import { qwenlab } from "./qwenlab.ts";

const MODEL = "qwen2.5-coder-0.5b";
const TIMEOUT_MS = 180_000;

test(
  "generate --json continues a prompt greedily",
  async () => {
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
  },
  TIMEOUT_MS,
);

test(
  "score --text gives a distribution a position, and the text's perplexity",
  async () => {
    const input = "one two three four five six seven eight";
    const { exitCode, stdout } = await qwenlab(["score", MODEL, "--text", "-", "--top", "3"], { input });
    expect(exitCode).toBe(0);
    const { positions, perplexity } = JSON.parse(stdout);
    expect(positions).toHaveLength(8);
    for (const { logsumexp, top } of positions) {
      expect(logsumexp).toBeTypeOf("number");
      expect(top).toHaveLength(3);
      expect(top[0][1]).toBeGreaterThanOrEqual(top[1][1]);
    }
    expect(perplexity).toBeGreaterThan(1);
    expect(perplexity).toBeLessThan(100);
  },
  TIMEOUT_MS,
);

test(
  "bench --json has every figure",
  async () => {
    const { exitCode, stdout } = await qwenlab([
      ...["bench", MODEL, "--prompt-tokens", "16", "--generate-tokens", "4", "--sequences", "2", "--json"],
    ]);
    expect(exitCode).toBe(0);
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
  },
  TIMEOUT_MS,
);

test(
  "bench --plan tells what a token runs, layers that are alike once",
  async () => {
    const [text, json, profiled] = [
      await qwenlab(["bench", MODEL, "--plan"]),
      await qwenlab(["bench", MODEL, "--plan", "--json"]),
      await qwenlab(["bench", MODEL, "--prompt-tokens", "8", "--generate-tokens", "2", "--json"]),
    ];
    expect(text.stdout).toMatch(
      /layers 0 to 1, 3.*\n {2}linear \(2 dispatches\).*attn_q, linear attn_k, linear attn_v\n/,
    );
    expect(text.stdout.match(/gated .*linear ffn_gate, silu, linear ffn_up, mul/g)).toHaveLength(2);
    const { steps } = JSON.parse(json.stdout) as { steps: readonly { dispatches: string[]; weightBytes: number }[] };
    const dispatches = steps.flatMap((step) => step.dispatches);
    expect(dispatches).toHaveLength(JSON.parse(profiled.stdout).dispatchesPerToken - 1); // the choice is none of the model's
    expect(text.stdout).toContain(`${dispatches.length} dispatches a token`);
  },
  TIMEOUT_MS,
);

test(
  "bench --profile tells kernels apart, in figures and as a picture",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "profile-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const svg = join(folder, "profile.svg");
    const { exitCode, stdout } = await qwenlab([
      ...["bench", MODEL, "--profile", "--prompt-tokens", "8", "--svg", svg, "--json"],
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
      const linear = profile.kernels.find(({ label }: { label: string }) => label.startsWith("linear 9728 x 896"));
      expect(Math.min(linear.weightBytes, linear.products, linear.milliseconds)).toBeGreaterThan(0);
    }
    const picture = await readFile(svg, "utf8");
    for (const text of ["a token of text after 8", "linear 9728 x 896", "attention 14"])
      expect(picture).toContain(text);
  },
  TIMEOUT_MS,
);

test(
  "score with an adapter beside the model says something else than without",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "qwenlab-lora-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const model = await writeTinyModel(join(folder, "tiny.gguf"));
    const lora = join(folder, "own.gguf");
    await writeFile(lora, ggufLora(randomLora(tinyModel(), /attn_|ffn_/, 4, 1), 8));
    const score = async (...options: string[]) => {
      const { exitCode, stdout, stderr } = await qwenlab(["score", model, "--text", "-", ...options], {
        input: "one two",
      });
      expect(exitCode, stderr).toBe(0);
      return JSON.parse(stdout).positions;
    };
    const plain = await score();
    expect(await score("--lora", lora)).not.toEqual(plain);
    const asked = ["generate", model, "--prompt", "one", "--max-tokens", "2", "--lora"];
    const missing = await qwenlab([...asked, join(folder, "none.gguf")]);
    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("none.gguf: no such adapter") });
  },
  TIMEOUT_MS,
);
