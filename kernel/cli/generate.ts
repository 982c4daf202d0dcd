import type { GenerateSummary, LanguageModel } from "../../engine/index.ts";
import { terminalText } from "../display/clean-text.ts";
import { type Command, decimal, integer, readArguments, UsageError } from "./command.ts";
import { LORA, openModel, PRECISION } from "./engine-options.ts";
import { readTokens } from "./input-file.ts";
import { interruptSignal } from "./interrupt.ts";

export const generate: Command = {
  name: "generate",
  summary: "continue a text or a list of tokens",
  usage: `usage: qwenlab generate MODEL (--prompt TEXT | --tokens FILE) --max-tokens N [--temperature T] [--seed N]
                        [--lora FILE[=SCALE]]... [--precision fast|exact] [--json]

MODEL is a catalogue name or a path to a .gguf. FILE is {"tokens":[...]}; - is standard input. No chat template is
applied, and special tokens in TEXT are ordinary text. Prints the text as it comes, or with --json
{"promptTokens":n,"tokens":[...],"text":"...","timings":{...}}.

  --temperature T      default 0: greedy
  --lora FILE[=SCALE]  a LoRA adapter beside the model: a .gguf, or a folder of PEFT; several are added up`,
  usesDevice: true,

  async run(argv) {
    const { values, positionals } = readArguments(
      argv,
      {
        prompt: { type: "string" },
        tokens: { type: "string" },
        "max-tokens": { type: "string" },
        temperature: { type: "string" },
        seed: { type: "string" },
        json: { type: "boolean" },
        ...LORA,
        ...PRECISION,
      },
      ["MODEL"],
    );
    if ((values.prompt === undefined) === (values.tokens === undefined)) {
      throw new UsageError("give either --prompt or --tokens");
    }
    if (values["max-tokens"] === undefined) throw new UsageError("--max-tokens is missing");
    const maxTokens = integer("max-tokens", values["max-tokens"], { min: 1 });
    const temperature = decimal("temperature", values.temperature ?? "0", { min: 0 });
    const seed = values.seed === undefined ? {} : { seed: integer("seed", values.seed, { min: 0, max: 0xffffffff }) };
    const tokens = values.tokens === undefined ? undefined : readTokens(values.tokens);
    const signal = interruptSignal();

    await using model = await openModel(positionals[0]!, values, signal);
    const prompt = tokens ?? model.tokenizer.encode(values.prompt ?? "", { begins: true });
    const answer = await complete(
      model,
      prompt,
      { maxTokens, sampling: { temperature, ...seed }, loras: model.info.loras, signal },
      (text) => {
        if (!values.json) process.stdout.write(process.stdout.isTTY ? terminalText(text) : text);
      },
    );
    process.stdout.write(values.json ? `${JSON.stringify(toJson(model, answer))}\n` : "\n");
    return 0;
  },
};

interface Answer {
  readonly tokens: readonly number[];
  readonly text: string;
  readonly summary: GenerateSummary;
}

async function complete(
  model: LanguageModel,
  prompt: readonly number[],
  options: Parameters<LanguageModel["generate"]>[1],
  onText: (text: string) => void,
): Promise<Answer> {
  const tokens: number[] = [];
  const decoder = model.tokenizer.decodeStream({ skipSpecial: true });
  let text = "";
  const add = (piece: string) => {
    text += piece;
    onText(piece);
  };
  const generation = model.generate(prompt, options);
  for (;;) {
    const { done, value } = await generation.next();
    if (done) {
      add(decoder.end());
      return { tokens, text, summary: value };
    }
    tokens.push(value.token);
    add(decoder.push(value.token));
  }
}

function toJson({ info }: LanguageModel, { tokens, text, summary }: Answer) {
  const { promptTokens, prefillSeconds, decodeSeconds, generatedTokens, finishReason } = summary;
  const timings = {
    loadSeconds: info.loadSeconds,
    prefillSeconds,
    decodeSeconds,
    prefillTokensPerSecond: rate(promptTokens, prefillSeconds),
    decodeTokensPerSecond: rate(generatedTokens, decodeSeconds),
  };
  return { promptTokens, tokens, text, finishReason, timings };
}

function rate(tokens: number, seconds: number): number {
  return seconds > 0 ? tokens / seconds : 0;
}
