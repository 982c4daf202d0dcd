import type { PositionScore } from "../../engine/index.ts";
import { type Command, CommandError, integer, readArguments, UsageError } from "./command.ts";
import { LORA, openModel, PRECISION } from "./engine-options.ts";
import { readText, readTokens } from "./input-file.ts";
import { interruptSignal } from "./interrupt.ts";

const DEFAULT_TOP = 5;
const MAX_TOP = 1000;

export const score: Command = {
  name: "score",
  summary: "the distribution of the next token at every position",
  usage: `usage: qwenlab score MODEL (--text FILE | --tokens FILE) [--top K] [--lora FILE[=SCALE]]...
                     [--precision fast|exact]

Prints {"positions":[{"logsumexp":x,"top":[[id,logprob],...]},...]}: entry i is the distribution of the token after
position i, natural logarithms, the K most likely tokens (default ${DEFAULT_TOP}). FILE for tokens is {"tokens":[...]};
- is standard input. With --text, "perplexity" too: of the text's tokens from the second on. --lora puts a LoRA adapter
beside the model: a .gguf, or a folder of PEFT; several are added up.`,
  usesDevice: true,

  async run(argv) {
    const { values, positionals } = readArguments(
      argv,
      {
        text: { type: "string" },
        tokens: { type: "string" },
        top: { type: "string" },
        json: { type: "boolean" }, // the output is JSON anyway
        ...LORA,
        ...PRECISION,
      },
      ["MODEL"],
    );
    if ((values.text === undefined) === (values.tokens === undefined)) {
      throw new UsageError("give either --text or --tokens");
    }
    const top = integer("top", values.top ?? String(DEFAULT_TOP), { min: 1, max: MAX_TOP });
    const text = values.text === undefined ? undefined : readText(values.text);
    const given = values.tokens === undefined ? undefined : readTokens(values.tokens);
    const signal = interruptSignal();

    await using model = await openModel(positionals[0]!, values, signal);
    const tokens = given ?? model.tokenizer.encode(text ?? "", { begins: true });
    if (tokens.length === 0) throw new CommandError("there is no token to score");
    const positions: PositionScore[] = [];
    for await (const position of model.score(tokens, { top, loras: model.info.loras, signal }))
      positions.push(position);
    const result = text === undefined ? { positions } : { positions, perplexity: perplexity(tokens, positions) };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return 0;
  },
};

/** exp of the mean negative log-probability of each token after the first. */
function perplexity(tokens: readonly number[], positions: readonly PositionScore[]): number {
  const logprobs = positions.slice(0, -1).map(({ next, top }, i) => {
    const logprob = next ?? top.find(([token]) => token === tokens[i + 1])?.[1];
    if (logprob === undefined) throw new CommandError(`position ${i} has no probability of the token that follows`);
    return logprob;
  });
  return Math.exp(-logprobs.reduce((sum, logprob) => sum + logprob, 0) / Math.max(logprobs.length, 1));
}
