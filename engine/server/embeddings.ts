import { lorasIn, nameWithLoras } from "../chat/model-name.ts";
import { type EmbeddingRequest, promptsOf } from "../chat/request.ts";
import { badField } from "../errors.ts";
import type { LanguageModel } from "../language-model.ts";
import { encodeWithin } from "../tokenizer/encode-within.ts";

/** A vector for each text, or list of token ids. @throws EngineError */
export async function embeddings(
  model: LanguageModel,
  name: string,
  { input, encoding_format: format, dimensions, model: asked }: EmbeddingRequest,
  signal: AbortSignal,
): Promise<object> {
  const loras = lorasIn(asked, name, model.info.loras);
  const data = [];
  let promptTokens = 0;
  for (const [index, text] of promptsOf(input).entries()) {
    if (text.length === 0) throw badField("input", `text ${index} is empty, and has no vector`);
    const tokens = typeof text === "string" ? await embeddedTokens(model, text, signal) : text;
    promptTokens += tokens.length;
    const values = await model.embed(tokens, { signal, loras });
    if (dimensions !== undefined && dimensions !== values.length)
      throw badField(
        "dimensions",
        `this model's vectors have ${values.length} numbers, and no other length; leave it out`,
      );
    const embedding = format === "base64" ? Buffer.from(values.buffer).toString("base64") : [...values];
    data.push({ object: "embedding", index, embedding });
  }
  const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens };
  return { object: "list", model: nameWithLoras(name, loras), data, usage };
}

async function embeddedTokens(
  { tokenizer, info }: LanguageModel,
  text: string,
  signal: AbortSignal,
): Promise<number[]> {
  const tokens = await encodeWithin(tokenizer, text, { begins: true, contextLength: info.contextLength, signal });
  return [...tokens, ...tokenizer.textEnd]; // embedding models have learnt to put the text's meaning there
}
