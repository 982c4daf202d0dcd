import { z } from "zod";
import { modelFile, openTokenizerFile } from "../../engine/index.ts";
import { type Command, CommandError, readArguments, UsageError } from "./command.ts";
import { commandSettings } from "./command-settings.ts";
import { issueOf, readJson } from "./input-file.ts";

const TEXTS = z.strictObject({ texts: z.array(z.string()) });

export const tokenize: Command = {
  name: "tokenize",
  summary: "token ids of texts",
  usage: `usage: qwenlab tokenize MODEL --input FILE [--special]

MODEL may also be the first generation's vocabulary, ./qwen.tiktoken. FILE is {"texts":[...]}; - is standard input. Prints
{"ids":[[...],...]}, of the texts alone: generate and score put before a text what the model's file wants there.

  --special   special tokens in the texts (<|im_start|>) become their ids, instead of ordinary text`,

  async run(argv) {
    const { values, positionals } = readArguments(
      argv,
      { input: { type: "string" }, special: { type: "boolean" }, json: { type: "boolean" } },
      ["MODEL"],
    );
    if (values.input === undefined) throw new UsageError("--input is missing");
    const parsed = TEXTS.safeParse(readJson(values.input));
    if (!parsed.success) {
      throw new CommandError(`${values.input}: expected {"texts":[...]}; ${issueOf(parsed.error)}`);
    }
    const { cacheDir } = commandSettings();
    const tokenizer = await openTokenizerFile(await modelFile(positionals[0]!, { cacheDir }));
    const special = values.special ?? false;
    const ids = parsed.data.texts.map((text) => tokenizer.encode(text, { special }));
    process.stdout.write(`${JSON.stringify({ ids })}\n`);
    return 0;
  },
};
