import { z } from "zod";
import { badField } from "../errors.ts";
import { NO_LIMIT } from "./generate-text.ts";
import { checkFields } from "./request-fields.ts";

const MAX_STOP = 1_024; // characters of a stop string
const MAX_STOP_TOKENS = 1_024;
const MAX_MESSAGES = 2_048; // the template takes 0.2 ms for each
const MAX_NAME = 256; // characters of a tool's name
const MAX_TOOLS = 512;
const MAX_TOLD_IDS = 5; // of calls, in an error
const MAX_INPUTS = 2_048; // as OpenAI has it
const MAX_CHOICES = 20; // answers to one prompt; each takes a place of the model as a request of its own would
const MAX_COMPLETIONS = 2_048; // of all prompts of a request together

// https://platform.openai.com/docs/api-reference/chat/create; what becomes of other fields: request-fields.ts.

const FOREIGN = new Set(["parameters", "schema", "arguments"]); // hold JSON of others, in which null is a value

const ONLY_TEXT = "only text parts can be read by this model, no image, audio or file";
const textPart = z.looseObject({
  type: z.enum(["text", "input_text", "output_text"], ONLY_TEXT),
  text: z.string(),
});
export const textContent = z.union([z.string(), z.array(textPart)]);
/** An answer's refusal is text of the assistant's, too. */
const refusalPart = z
  .looseObject({ type: z.literal("refusal", ONLY_TEXT), refusal: z.string() })
  .transform(({ refusal }) => ({ type: "text" as const, text: refusal }));

const toolCall = z.looseObject({
  id: z.string(),
  type: z.literal("function").default("function"),
  function: z.looseObject({
    name: z.string(),
    // Text, as OpenAI has it; others send what it says.
    arguments: z
      .union([z.string(), z.record(z.string(), z.unknown()).transform((values) => JSON.stringify(values))])
      .default("{}"),
  }),
});

const message = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool"]),
  content: z.union([z.string(), z.array(z.union([textPart, refusalPart]))]).nullish(),
  name: z.string().optional(),
  tool_calls: z.array(toolCall).max(MAX_TOOLS).optional(),
  tool_call_id: z.string().optional(),
  function_call: z.undefined("calls are said as tool_calls here").optional(),
  reasoning_content: z.string().optional(), // what the model thought before: sent on where its template has a place for it
});

const tool = z.looseObject({
  type: z.literal("function"),
  function: z.looseObject({
    name: z.string().min(1).max(MAX_NAME),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).optional(),
    strict: z.boolean().optional(), // its calls are checked against the whole schema once they are written
  }),
});

const length = z.int().min(NO_LIMIT);

const sampling = {
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(NO_LIMIT).optional(), // -1, as vLLM has it, and 0: off
  min_p: z.number().min(0).max(1).optional(),
  repetition_penalty: z.number().positive().optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  logit_bias: z.record(z.string().regex(/^\d+$/), z.number()).optional(),
  seed: z.int().optional(),
  stop: z.union([z.string().max(MAX_STOP), z.array(z.string().max(MAX_STOP)).max(16)]).optional(),
  max_tokens: length.optional(),
  stream: z.boolean().optional(),
  ignore_eos: z.boolean().optional(), // vLLM's and llama-server's: the answer goes on to its last token, to be timed
  stop_token_ids: z.array(z.int().min(0)).max(MAX_STOP_TOKENS).optional(), // vLLM's: end an answer, beside the model's own
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).optional(),
  n: z.int().min(1).max(MAX_CHOICES).optional(),
};

const schema = z.record(z.string(), z.unknown()).optional();
export const FORMATS = "the formats are text, json_object and json_schema";

/** Of a last message, with which other servers go on writing it. */
const CONTINUES = ["prefix", "partial"] as const;

const chatRequest = z.looseObject({
  model: z.string().optional(),
  messages: z.array(message).min(1).max(MAX_MESSAGES),
  tools: z.array(tool).max(MAX_TOOLS).optional(),
  tool_choice: z
    .union([
      z.enum(["none", "auto", "required"]),
      z.looseObject({ type: z.literal("function"), function: z.looseObject({ name: z.string().max(MAX_NAME) }) }),
    ])
    .optional(),
  parallel_tool_calls: z.boolean().optional(), // false: the answer ends with its first call
  max_completion_tokens: length.optional(),
  keep_messages: z.int().min(0).optional(), // how many of the first are the same at every start: kept on disk, once read
  return_progress: z.boolean().optional(), // llama-server's: while the prompt is read, chunks that tell how far
  enable_thinking: z.boolean().optional(),
  reasoning_effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]).optional(), // below low: without thinking
  chat_template_kwargs: z.looseObject({ enable_thinking: z.boolean().optional() }).optional(), // as vLLM has it
  logprobs: z.boolean().optional(),
  top_logprobs: z.int().min(0).max(20).optional(),
  response_format: z
    .discriminatedUnion(
      "type",
      [
        z.looseObject({ type: z.literal("text") }),
        z.looseObject({ type: z.literal("json_object"), schema }), // a schema: as llama-server has it
        z.looseObject({ type: z.literal("json_schema"), json_schema: z.looseObject({ schema }) }),
      ],
      FORMATS,
    )
    .optional(),
  ...sampling,
});

const tokens = z.array(z.int().min(0));
const PROMPTS = "a text, token ids, or a list of either";

const completionRequest = z.looseObject({
  model: z.string().optional(),
  prompt: z.union(
    [z.string(), tokens.min(1), z.array(z.string()).min(1).max(MAX_INPUTS), z.array(tokens).min(1).max(MAX_INPUTS)],
    PROMPTS,
  ),
  suffix: z.string().optional(), // what comes after the text that the model writes
  add_special_tokens: z.boolean().optional(), // vLLM's; false: without the token that the model's file wants before a text
  echo: z.boolean().optional(), // the prompt is the beginning of the answer's text
  logprobs: z.int().min(0).max(20).optional(), // how many of the likeliest tokens are told beside each one
  best_of: z.int().min(1).max(MAX_CHOICES).optional(), // so many are written, and the likeliest `n` of them given
  ...sampling,
});

const embeddingRequest = z.looseObject({
  model: z.string().optional(),
  input: z.union(
    [
      z.string(),
      tokens.min(1),
      z.array(z.string()).min(1).max(MAX_INPUTS),
      z.array(tokens.min(1)).min(1).max(MAX_INPUTS),
    ],
    PROMPTS,
  ),
  encoding_format: z.enum(["float", "base64"]).optional(),
  dimensions: z.int().min(1).optional(), // no others than the model's own
});

export type ChatRequest = z.infer<typeof chatRequest>;
export type CompletionRequest = z.infer<typeof completionRequest>;
export type EmbeddingRequest = z.infer<typeof embeddingRequest>;

export function readChatRequest(body: unknown): ChatRequest {
  const request = readRequest(chatRequest, body);
  const { ignore_eos: goesOn, response_format: format, tools = [] } = request;
  if (goesOn && ((format && format.type !== "text") || tools.length > 0)) {
    const problem =
      "an answer that is held to a form ends where that does; leave out ignore_eos, or response_format and tools";
    throw badField("ignore_eos", problem);
  }
  checkFormat(format);
  const names = tools.map((tool) => tool.function.name);
  const twin = names.findIndex((name, i) => names.indexOf(name) < i);
  if (twin >= 0)
    throw badField(`tools.${twin}.function.name`, `another tool is called ${JSON.stringify(names[twin])}, too`);
  if (request.top_logprobs && !request.logprobs) throw badField("top_logprobs", 'they are told with "logprobs": true');
  checkMessages(request.messages);
  request.messages.forEach((message, i) => {
    const field = CONTINUES.find((name) => (message as Record<string, unknown>)[name] === true); // as: a field of others
    if (field === undefined) return;
    throw badField(`messages.${i}.${field}`, "an answer does not go on from words that are given; leave it out");
  });
  return request;
}

/** What is asked is said, and each result is of a call before it: by another id the model would read it as another call's. */
function checkMessages(messages: ChatRequest["messages"]): void {
  const ids = new Set<string>();
  for (const [i, { role, content, tool_calls: calls = [], tool_call_id: id }] of messages.entries()) {
    if (/^(?:system|developer|user)$/.test(role) && content === undefined)
      throw badField(`messages.${i}.content`, `a message of the ${role} needs its text, which may be empty`);
    if (role === "tool" && id !== undefined && !ids.has(id))
      throw badField(`messages.${i}.tool_call_id`, unknownCall(id, ids));
    for (const call of calls) ids.add(call.id);
  }
}

/** @param known ids of the calls before */
export function unknownCall(id: string, known: ReadonlySet<string>): string {
  const own = [...known].slice(-MAX_TOLD_IDS).map((one) => JSON.stringify(one));
  const way =
    own.length === 0
      ? "send the assistant's message with its calls before it"
      : `the calls before it are ${own.join(", ")}`;
  return `no call has the id ${JSON.stringify(id.slice(0, MAX_NAME))}: ${way}`;
}

/** A field of a format that is not known would leave the answer free where it was to be held. */
function checkFormat(format: ChatRequest["response_format"]): void {
  if (!format) return;
  checkFields(format, ["type", "schema", "json_schema"], "response_format.");
  if (format.type !== "json_schema") return;
  checkFields(format.json_schema, ["name", "description", "schema", "strict"], "response_format.json_schema.");
}

export const readEmbeddingRequest = (body: unknown): EmbeddingRequest => readRequest(embeddingRequest, body);

export function readCompletionRequest(body: unknown): CompletionRequest {
  const request = readRequest(completionRequest, body);
  const { n = 1, best_of: written = n, echo, suffix, stream } = request;
  if (written < n) throw badField("best_of", `${written} are fewer than the ${n} answers of n`);
  if (written > n && stream) throw badField("best_of", "which is best is known at the end only; leave out stream");
  if (echo && suffix) throw badField("echo", "a prompt that is filled in is not echoed; leave out echo or suffix");
  const completions = promptsOf(request.prompt).length * written;
  if (completions > MAX_COMPLETIONS) {
    throw badField("prompt", `${completions} answers to all prompts, and ${MAX_COMPLETIONS} are the most`);
  }
  return request;
}

/** A text, or its tokens. */
export type Prompt = string | readonly number[];

/** One or more, each for an answer of its own. */
export function promptsOf(given: Prompt | readonly Prompt[]): readonly Prompt[] {
  const isOne = typeof given === "string" || typeof given[0] === "number";
  return isOne ? [given as Prompt] : (given as readonly Prompt[]); // as: just told apart
}

/** Null is the same as left out. @throws EngineError `bad-request` that names the field */
export function readRequest<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape, z.core.$loose>,
  body: unknown,
): z.infer<z.ZodObject<Shape, z.core.$loose>> {
  const result = schema.safeParse(withoutNulls(body));
  if (result.success) {
    const { stream_options: streamOptions } = result.data as { stream_options?: object }; // as: of the schemas that have it
    checkFields(result.data, Object.keys(schema.shape));
    checkFields(streamOptions ?? {}, ["include_usage"], "stream_options.");
    return result.data;
  }
  const { path, message } = deepest(result.error.issues[0]!);
  const field = path.join(".");
  throw badField(field || "body", message);
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, entry]) => entry !== null);
  return Object.fromEntries(entries.map(([key, entry]) => [key, FOREIGN.has(key) ? entry : withoutNulls(entry)]));
}

/** Of a value that is none of several forms, what is wrong with it in the form that it is likest to. */
function deepest(issue: z.core.$ZodIssue): { readonly path: readonly PropertyKey[]; readonly message: string } {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue; // told by what tells the forms apart
  const within = issue.errors.flatMap(([first]) => (first ? [deepest(first)] : []));
  const depth = Math.max(0, ...within.map(({ path }) => path.length));
  const likest = within.filter(({ path }) => path.length === depth);
  const messages = [...new Set(likest.map(({ message }) => message))];
  const isNamed = messages.length > 1 && issue.message !== "Invalid input"; // the union says what it wants
  return {
    path: [...issue.path, ...(likest[0]?.path ?? [])],
    message: isNamed ? issue.message : messages.join(", or "),
  };
}
