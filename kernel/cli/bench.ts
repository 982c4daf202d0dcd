import type { GenerateSummary, LanguageModel } from "../../engine/index.ts";
import { type Command, integer, readArguments } from "./command.ts";
import { openModel, PRECISION } from "./engine-options.ts";
import { interruptSignal } from "./interrupt.ts";

const DEFAULT_PROMPT_TOKENS = 128;
const DEFAULT_GENERATE_TOKENS = 32;
const WARM_UP_TOKENS = 8;
const WARM_UPS = 3; // compile what compiles late, bring the clocks up, and show how long a step takes

export const bench: Command = {
  name: "bench",
  summary: "measure loading, prompt and text speed on this machine",
  usage: `usage: qwenlab bench MODEL [--prompt-tokens N] [--generate-tokens N] [--precision fast|exact] [--json]

One prompt of N tokens (default ${DEFAULT_PROMPT_TOKENS}), then N tokens of text (default ${DEFAULT_GENERATE_TOKENS}). The copy bandwidth is
measured by a WGSL copy on the same adapter; bandwidthShare is the part of it that decoding used to read the weights.`,
  usesDevice: true,

  async run(argv) {
    const { values, positionals } = readArguments(
      argv,
      {
        "prompt-tokens": { type: "string" },
        "generate-tokens": { type: "string" },
        json: { type: "boolean" },
        ...PRECISION,
      },
      ["MODEL"],
    );
    const count = (name: "prompt-tokens" | "generate-tokens", value: number) =>
      values[name] === undefined ? value : integer(name, values[name], { min: 1, max: 1_048_576 });
    const promptTokens = count("prompt-tokens", DEFAULT_PROMPT_TOKENS);
    const generateTokens = count("generate-tokens", DEFAULT_GENERATE_TOKENS);
    const signal = interruptSignal();

    await using model = await openModel(positionals[0]!, values, signal);
    const copyBandwidth = await model.measureCopyBandwidth();
    for (let i = 1; i <= WARM_UPS; i++) await measure(model, WARM_UP_TOKENS, 4, i, signal);
    const summary = await measure(model, promptTokens, generateTokens, 0, signal);
    const result = toResult(model, summary, copyBandwidth);
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : table(result));
    return 0;
  },
};

/** Different prompts each time, so that no prefix is found in a cache; no stop token, so that the length is exact. */
async function measure(
  model: LanguageModel,
  promptTokens: number,
  maxTokens: number,
  seed: number,
  signal: AbortSignal,
): Promise<GenerateSummary> {
  const prompt = Array.from({ length: promptTokens }, (_, i) => (seed * 7919 + i * 104_729) % 50_000);
  const generation = model.generate(prompt, { maxTokens, stopTokens: [], sampling: { temperature: 0 }, signal });
  for (;;) {
    const { done, value } = await generation.next();
    if (done) return value;
  }
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

function table(result: ReturnType<typeof toResult>): string {
  const lines = Object.entries(result).map(([name, value]) => {
    const text = typeof value === "number" && !Number.isInteger(value) ? value.toPrecision(4) : String(value);
    return `${name.padEnd(24)}${text}`;
  });
  return `${lines.join("\n")}\n`;
}
