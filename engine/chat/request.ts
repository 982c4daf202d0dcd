import { z } from "zod";
import { EngineError } from "../errors.ts";

const MAX_STOP = 1_024; // characters of a stop string
const MAX_MESSAGES = 2_048; // the template takes 0.2 ms for each
const MAX_NAME = 256; // characters of a tool's name
const MAX_TOOLS = 512;
const MAX_INPUTS = 2_048; // as OpenAI has it

// https://platform.openai.com/docs/api-reference/chat/create; fields that we do not know are ignored, as others do.

const textContent = z.union([
  z.string(),
  z.array(z.looseObject({ type: z.literal("text", "only text parts can be read by this model"), text: z.string() })),
]);

const toolCall = z.looseObject({
  id: z.string(),
  type: z.literal("function"),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});

const message = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool"]),
  content: textContent.nullish(),
  name: z.string().optional(),
  tool_calls: z.array(toolCall).max(MAX_TOOLS).nullish(),
  tool_call_id: z.string().optional(),
  reasoning_content: z.string().nullish(), // what the model thought before: sent on where its template has a place for it
});

const tool = z.looseObject({
  type: z.literal("function"),
  function: z.looseObject({
    name: z.string().min(1).max(MAX_NAME),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).optional(),
  }),
});

const sampling = {
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(0).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repetition_penalty: z.number().positive().nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  logit_bias: z.record(z.string().regex(/^\d+$/), z.number()).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string().max(MAX_STOP), z.array(z.string().max(MAX_STOP)).max(16)]).nullish(),
  max_tokens: z.int().min(1).nullish(),
  stream: z.boolean().nullish(),
  keep_messages: z.int().min(0).nullish(), // how many of the first are the same at every start: kept on disk, once read
  return_progress: z.boolean().nullish(), // llama-server's: while the prompt is read, chunks that tell how far
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  n: z.literal(1, "only one answer a request").nullish(),
};

const chatRequest = z.looseObject({
  model: z.string().optional(),
  messages: z.array(message).min(1).max(MAX_MESSAGES),
  tools: z.array(tool).max(MAX_TOOLS).nullish(),
  tool_choice: z
    .union([
      z.enum(["none", "auto", "required"]),
      z.looseObject({ type: z.literal("function"), function: z.looseObject({ name: z.string().max(MAX_NAME) }) }),
    ])
    .nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  enable_thinking: z.boolean().nullish(),
  chat_template_kwargs: z.looseObject({ enable_thinking: z.boolean().nullish() }).nullish(), // as vLLM has it
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  response_format: z
    .discriminatedUnion("type", [
      z.looseObject({ type: z.literal("text") }),
      z.looseObject({ type: z.literal("json_object") }),
      z.looseObject({
        type: z.literal("json_schema"),
        json_schema: z.looseObject({ schema: z.record(z.string(), z.unknown()).optional() }),
      }),
    ])
    .nullish(),
  ...sampling,
});

const completionRequest = z.looseObject({
  model: z.string().optional(),
  prompt: z.union([z.string(), z.array(z.int().min(0))]),
  suffix: z.string().nullish(), // what comes after the text that the model writes
  ...sampling,
});

const embeddingRequest = z.looseObject({
  model: z.string().optional(),
  input: z.union([z.string(), z.array(z.string()).min(1).max(MAX_INPUTS), z.array(z.int().min(0)).min(1)]),
  encoding_format: z.enum(["float", "base64"]).nullish(),
});

export type ChatRequest = z.infer<typeof chatRequest>;
export type CompletionRequest = z.infer<typeof completionRequest>;
export type EmbeddingRequest = z.infer<typeof embeddingRequest>;

export const readChatRequest = (body: unknown): ChatRequest => read(chatRequest, body);
export const readCompletionRequest = (body: unknown): CompletionRequest => read(completionRequest, body);
export const readEmbeddingRequest = (body: unknown): EmbeddingRequest => read(embeddingRequest, body);

/** @throws EngineError `bad-request` that names the field */
function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new EngineError("bad-request", `${issue.path.join(".") || "body"}: ${issue.message}`);
}
