import { writeFile } from "node:fs/promises";
import {
  type GenerateSummary,
  type LanguageModel,
  modelFile,
  openModelFile,
  reportSteps,
  type Tuning,
  tuneKernels,
} from "../../engine/index.ts";
import { plannedAdapter } from "../setup/model.ts";
import { type Command, integer, readArguments, UsageError } from "./command.ts";
import { commandSettings } from "./command-settings.ts";
import { openModel, PRECISION, readPrecision, tuningFolder } from "./engine-options.ts";
import { interruptSignal } from "./interrupt.ts";
import { profileSvg, profileTable } from "./profile-report.ts";
import { stepTable } from "./step-table.ts";

const DEFAULT_PROMPT_TOKENS = 128;
const DEFAULT_GENERATE_TOKENS = 32;
const CHUNK_TOKENS = 128; // of a prompt, at most: what a step of the engine reads
const MAX_SEQUENCES = 8; // which the engine runs side by side
const ORDINARY_TOKENS = 50_000; // the first ids of a vocabulary: text, and nothing special
const WARM_UP_TOKENS = 8;
const WARM_UPS = 3; // compile what compiles late, bring the clocks up, and show how long a step takes

export const bench: Command = {
  name: "bench",
  summary: "measure loading, prompt and text speed on this machine",
  usage: `usage: qwenlab bench MODEL [--prompt-tokens N] [--generate-tokens N] [--sequences N] [--precision fast|exact] [--json]
       qwenlab bench MODEL --profile [--prompt-tokens N] [--svg FILE] [--precision fast|exact] [--json]
       qwenlab bench MODEL --plan [--precision fast|exact] [--json]
       qwenlab bench --tune [--precision fast|exact] [--json]

One prompt of N tokens (default ${DEFAULT_PROMPT_TOKENS}), then N tokens of text (default ${DEFAULT_GENERATE_TOKENS}). The copy bandwidth is
measured on the same adapter, or on the processors; bandwidthShare is the part of it that decoding used to read the weights.
With --sequences, as many texts at once are measured too: their tokens a second together.

--profile says where the time goes instead: kernel by kernel, for a token of text after N of prompt and for the prompt's
first chunk, by the adapter's clock, with what matrix products reach of the copy bandwidth and of the adapter's int8
arithmetic. --svg writes it as a picture too.

--plan says what a token of text runs, without loading the model: each kernel, the operations of the model that it does, the
sizes of what it reads and makes, and the bytes of weights: on the processors where there is no GPU, else as on a software
adapter.

--tune times the variants of the matrix products on the adapter, without a model, and keeps the fastest one for it. On a
GPU the first start does so by itself.`,
  usesDevice: true,

  async run(argv) {
    const { values, positionals } = readArguments(
      argv,
      {
        "prompt-tokens": { type: "string" },
        "generate-tokens": { type: "string" },
        sequences: { type: "string" },
        json: { type: "boolean" },
        profile: { type: "boolean" },
        plan: { type: "boolean" },
        svg: { type: "string" },
        tune: { type: "boolean" },
        ...PRECISION,
      },
      argv.includes("--tune") ? [] : ["MODEL"],
    );
    if (values.tune) return tune(values);
    const count = (name: "prompt-tokens" | "generate-tokens" | "sequences", value: number, max = 1_048_576) =>
      values[name] === undefined ? value : integer(name, values[name], { min: 1, max });
    const promptTokens = count("prompt-tokens", DEFAULT_PROMPT_TOKENS);
    const generateTokens = count("generate-tokens", DEFAULT_GENERATE_TOKENS);
    const sequences = count("sequences", 1, MAX_SEQUENCES);
    const signal = interruptSignal();

    if (values.svg !== undefined && !values.profile) throw new UsageError("--svg goes with --profile");
    if (values.plan) return plan(positionals[0]!, values);
    await using model = await openModel(positionals[0]!, values, signal);
    if (values.profile) {
      const result = await profile(model, promptTokens);
      if (values.svg !== undefined) await writeFile(values.svg, profileSvg(result.steps, subtitleOf(result)));
      process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : profileText(result));
      return 0;
    }
    const copyBandwidth = await model.measureCopyBandwidth();
    for (let i = 1; i <= WARM_UPS; i++) await measure(model, WARM_UP_TOKENS, 4, i, signal);
    const summary = await measure(model, promptTokens, generateTokens, 0, signal);
    const together = sequences > 1 && (await measureTogether(model, sequences, generateTokens, signal));
    const result = { ...toResult(model, summary, copyBandwidth), ...together };
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : table(result));
    return 0;
  },
};

async function plan(model: string, values: { readonly precision?: string; readonly json?: boolean }): Promise<number> {
  const settings = commandSettings();
  await using gguf = await openModelFile(await modelFile(model, settings));
  const precision = readPrecision(values.precision, settings) ?? "fast";
  const steps = await reportSteps(gguf, precision, await plannedAdapter(settings));
  const architecture = String(gguf.metadata.get("general.architecture")); // one that runs: `reportSteps` saw to it
  process.stdout.write(values.json ? `${JSON.stringify({ model, steps })}\n` : stepTable(steps, architecture));
  return 0;
}

async function tune(values: { readonly precision?: string; readonly json?: boolean }): Promise<number> {
  const settings = commandSettings();
  const precision = readPrecision(values.precision, settings);
  const note = (done: number, total: number) => {
    if (process.stderr.isTTY && done < total) process.stderr.write(`timing variant ${done + 1} of ${total}\n`);
  };
  const tuning = await tuneKernels({
    folder: tuningFolder(settings),
    ...(precision && { precision }),
    ...(settings.adapter !== undefined && { adapter: settings.adapter }),
    onProgress: (done, total) => note(done, total),
  });
  process.stdout.write(values.json ? `${JSON.stringify(tuning)}\n` : tuningTable(tuning));
  return 0;
}

function tuningTable({ adapter, precision, variants, refused }: Tuning): string {
  const line = (name: string, text: string, prompt: string) =>
    `${name.padEnd(20)}${text.padStart(10)}${prompt.padStart(12)}\n`;
  const rows = variants.map(({ variant, textMilliseconds, promptMilliseconds }) =>
    line(variant, textMilliseconds.toPrecision(3), promptMilliseconds.toPrecision(3)),
  );
  const head = `Matrix products, ${precision}, on ${adapter}; the first one is used from now on.\n`;
  const others = refused.map(({ variant, reason }) => `${variant} is never used here: ${reason.split("\n")[0]}\n`);
  return [head, line("", "a token", "64 tokens"), ...rows, "milliseconds\n", ...others].join("");
}

type Profile = Awaited<ReturnType<typeof profile>>;

async function profile(model: LanguageModel, promptTokens: number) {
  const { name, adapter, precision } = model.info;
  const copyBandwidth = await model.measureCopyBandwidth(); // bytes per second
  const int8Peak = await model.measureInt8Peak(); // products per second
  const text = await model.profile({ numTokens: 1, position: promptTokens });
  const chunk = Math.min(promptTokens, CHUNK_TOKENS);
  const steps = [{ title: `a token of text after ${promptTokens}`, profile: text }];
  if (chunk > 1) {
    const prompt = await model.profile({ numTokens: chunk, position: 0 });
    steps.push({ title: `a prompt's first ${chunk} tokens`, profile: prompt });
  }
  return { model: name, adapter, precision, copyBandwidth, int8Peak, steps };
}

function subtitleOf({ model, adapter, precision, copyBandwidth, int8Peak }: Profile): string {
  const peaks = `copies ${(copyBandwidth / 1e9).toFixed(1)} GB/s, ${(int8Peak / 1e9).toFixed(1)} G int8 products/s`;
  return `${model}, ${precision}, on ${adapter}: ${peaks}`;
}

function profileText(result: Profile): string {
  const tables = result.steps.map((step) => profileTable(step, result));
  return `${[`${subtitleOf(result)}\n`, ...tables].join("\n")}`;
}

/** Different prompts each time, so that no prefix is found in a cache; no stop token, so that the length is exact; a step a token. */
async function measure(
  model: LanguageModel,
  promptTokens: number,
  maxTokens: number,
  seed: number,
  signal: AbortSignal,
): Promise<GenerateSummary> {
  const tokens = Math.min(ORDINARY_TOKENS, model.tokenizer.vocabSize);
  const prompt = Array.from({ length: promptTokens }, (_, i) => (seed * 7919 + i * 104_729) % tokens);
  const sampling = { temperature: 0 };
  const generation = model.generate(prompt, { maxTokens, stopTokens: [], drafts: false, sampling, signal });
  for (;;) {
    const { done, value } = await generation.next();
    if (done) return value;
  }
}

/** Text of several requests, which share their steps: tokens a second of all of them together. */
async function measureTogether(model: LanguageModel, sequences: number, maxTokens: number, signal: AbortSignal) {
  const seeds = Array.from({ length: sequences }, (_, i) => 100 + i);
  await Promise.all(seeds.map((seed) => measure(model, WARM_UP_TOKENS, 2, seed, signal)));
  const runs = await Promise.all(seeds.map((seed) => measure(model, WARM_UP_TOKENS, maxTokens, seed + 100, signal)));
  const tokens = runs.reduce((sum, { generatedTokens }) => sum + generatedTokens, 0);
  const seconds = Math.max(...runs.map(({ decodeSeconds }) => decodeSeconds));
  return { sequences, togetherTokensPerSecond: tokens / seconds };
}

function toResult({ info }: LanguageModel, summary: GenerateSummary, copyBandwidth: number) {
  const decodeTokensPerSecond = summary.generatedTokens / summary.decodeSeconds;
  return {
    model: info.name,
    adapter: info.adapter,
    precision: info.precision,
    promptTokens: summary.promptTokens,
    generatedTokens: summary.generatedTokens,
    loadSeconds: info.loadSeconds,
    prefillTokensPerSecond: summary.promptTokens / summary.prefillSeconds,
    decodeTokensPerSecond,
    dispatchesPerToken: info.dispatchesPerToken,
    copyBandwidth, // bytes per second
    bandwidthShare: (decodeTokensPerSecond * info.fileBytes) / copyBandwidth,
    residentBytes: process.memoryUsage.rss(),
    deviceBytes: info.deviceBytes,
  };
}

function table(result: object): string {
  const lines = Object.entries(result).map(([name, value]) => {
    const text = typeof value === "number" && !Number.isInteger(value) ? value.toPrecision(4) : String(value);
    return `${name.padEnd(24)}${text}`;
  });
  return `${lines.join("\n")}\n`;
}
