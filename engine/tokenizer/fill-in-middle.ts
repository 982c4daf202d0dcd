import { badField } from "../errors.ts";
import { encodeWithin, type WithinOptions } from "./encode-within.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** In the order of the prompt: what comes before, what comes after, and then what the model writes between. */
const MARKS = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"] as const;
/** What a model writes when it has filled the middle and goes on as it was trained: with padding, or the next file. */
const ENDS = ["<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"];

export interface FillInMiddle {
  readonly tokens: readonly number[];
  readonly stopTokens: readonly number[];
}

/**
 * The prompt for what stands between `prefix` and `suffix`, both ordinary text: Qwen2.5-Coder and Qwen3-Coder.
 * @throws EngineError `bad-request` for a vocabulary without these tokens
 */
export async function fillInMiddle(
  tokenizer: Tokenizer,
  prefix: string | readonly number[],
  suffix: string,
  options: WithinOptions,
): Promise<FillInMiddle> {
  const [before, after, middle] = MARKS.map((text) => tokenOf(tokenizer, text));
  if (before === undefined || after === undefined || middle === undefined) {
    const problem = `this model's vocabulary has no ${MARKS[0]}, so that it cannot fill in what stands before a suffix`;
    throw badField("suffix", `${problem}; leave it out, or take a Coder model`);
  }
  const encode = (text: string) => encodeWithin(tokenizer, text, options);
  const prefixTokens = typeof prefix === "string" ? await encode(prefix) : prefix;
  const ends = ENDS.flatMap((text) => tokenOf(tokenizer, text) ?? []);
  return {
    tokens: [...tokenizer.textStart, before, ...prefixTokens, after, ...(await encode(suffix)), middle],
    stopTokens: [...tokenizer.stopTokens, before, after, ...ends],
  };
}

function tokenOf(tokenizer: Tokenizer, text: string): number | undefined {
  const tokens = tokenizer.encode(text, { special: true });
  return tokens.length === 1 ? tokens[0] : undefined;
}
