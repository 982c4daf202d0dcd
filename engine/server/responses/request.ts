import { z } from "zod";
import {
  type ChatRequest,
  FORMATS,
  readChatRequest,
  readRequest,
  textContent,
  unknownCall,
} from "../../chat/request.ts";
import { checkFields } from "../../chat/request-fields.ts";
import { badField } from "../../errors.ts";

// https://platform.openai.com/docs/api-reference/responses/create

const MAX_ITEMS = 4_096;

const KEPT_NOWHERE = "no answers are kept here; send the conversation's items as input";

const messageItem = z.looseObject({
  type: z.literal("message").optional(),
  role: z.enum(["system", "developer", "user", "assistant"]),
  content: textContent,
});
const callItem = z.looseObject({
  type: z.literal("function_call"),
  call_id: z.string(),
  name: z.string(),
  arguments: z.string(),
});
const resultItem = z.looseObject({ type: z.literal("function_call_output"), call_id: z.string(), output: textContent });
const reasoningItem = z.looseObject({
  type: z.literal("reasoning"),
  content: z.array(z.looseObject({ text: z.string() })).optional(),
});
const ITEMS = "a message, function_call, function_call_output or reasoning; other items cannot be read here";
const item = z.union([messageItem, callItem, resultItem, reasoningItem], ITEMS);

const functionTool = z.looseObject({
  type: z.literal("function", "only functions are tools here"),
  name: z.string(),
  description: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  strict: z.boolean().optional(),
});

const textFormat = z.discriminatedUnion(
  "type",
  [
    z.looseObject({ type: z.literal("text") }),
    z.looseObject({ type: z.literal("json_object") }),
    z.looseObject({ type: z.literal("json_schema"), schema: z.record(z.string(), z.unknown()) }),
  ],
  FORMATS,
);

/** Which /v1/chat/completions has by the same names, and checks. */
const shared = {
  model: z.unknown().optional(),
  temperature: z.unknown().optional(),
  top_p: z.unknown().optional(),
  parallel_tool_calls: z.unknown().optional(),
  enable_thinking: z.unknown().optional(),
  chat_template_kwargs: z.unknown().optional(),
};

const responseRequest = z.looseObject({
  input: z.union([z.string(), z.array(item).min(1).max(MAX_ITEMS)]),
  instructions: z.string().optional(),
  tools: z.array(functionTool).optional(),
  tool_choice: z
    .union([z.enum(["none", "auto", "required"]), z.looseObject({ type: z.literal("function"), name: z.string() })])
    .optional(),
  text: z.looseObject({ format: textFormat.optional() }).optional(),
  reasoning: z.looseObject({ effort: z.unknown().optional() }).optional(),
  stream_options: z.looseObject({}).optional(),
  ...shared,
  max_output_tokens: z.int().min(1).optional(),
  top_logprobs: z.int().min(0).max(20).optional(),
  include: z.array(z.string()).optional(),
  stream: z.boolean().optional(),
  background: z.literal(false, KEPT_NOWHERE).optional(),
  previous_response_id: z.undefined(KEPT_NOWHERE).optional(),
  conversation: z.undefined(KEPT_NOWHERE).optional(),
});

export type ResponseRequest = z.infer<typeof responseRequest>;
type Item = z.infer<typeof item>;
type Message = ChatRequest["messages"][number];

/** @throws EngineError `bad-request` that names the field */
export function readResponseRequest(body: unknown): ResponseRequest {
  const request = readRequest(responseRequest, body);
  checkFields(request.text ?? {}, ["format"], "text.");
  checkFields(request.reasoning ?? {}, ["effort", "summary", "generate_summary"], "reasoning."); // thoughts are told in whole
  return request;
}

/** The same question in the words of /v1/chat/completions. @throws EngineError `bad-request` */
export function chatRequestOf(request: ResponseRequest): ChatRequest {
  const { input, instructions, tools, tool_choice: choice, text, max_output_tokens, top_logprobs, include } = request;
  const items: readonly Item[] = typeof input === "string" ? [{ role: "user", content: input }] : input;
  const asked = [
    ...(instructions === undefined ? [] : [{ role: "system", content: instructions }]),
    ...messagesOf(items),
  ];
  if (asked.length === 0) throw badField("input", "it has no message");
  return readChatRequest({
    ...Object.fromEntries(Object.keys(shared).map((name) => [name, request[name]])),
    reasoning_effort: request.reasoning?.effort,
    messages: asked,
    tools: tools?.map(({ type, ...rest }) => ({ type, function: rest })),
    tool_choice: typeof choice === "object" ? { type: "function", function: { name: choice.name } } : choice,
    response_format: formatOf(text?.format),
    max_tokens: max_output_tokens,
    top_logprobs,
    logprobs: top_logprobs !== undefined || include?.includes("message.output_text.logprobs"),
  });
}

function formatOf(format: z.infer<typeof textFormat> | undefined): unknown {
  return format?.type === "json_schema" ? { type: "json_schema", json_schema: { schema: format.schema } } : format;
}

/** What the assistant said, thought and called between two others' messages is one message of the chat. */
function messagesOf(items: readonly Item[]): Message[] {
  const messages: Message[] = [];
  const answer = (): Message => {
    const last = messages.at(-1);
    if (last?.role === "assistant") return last;
    const begun: Message = { role: "assistant", content: "" };
    messages.push(begun);
    return begun;
  };
  const ids = new Set<string>(); // of calls
  for (const [i, item] of items.entries()) {
    if (item.type === "function_call") {
      ids.add(item.call_id);
      const call = {
        id: item.call_id,
        type: "function" as const,
        function: { name: item.name, arguments: item.arguments },
      };
      const { tool_calls = [] } = answer();
      answer().tool_calls = [...tool_calls, call];
    } else if (item.type === "function_call_output") {
      if (!ids.has(item.call_id)) throw badField(`input.${i}.call_id`, unknownCall(item.call_id, ids));
      messages.push({ role: "tool", tool_call_id: item.call_id, content: item.output });
    } else if (item.type === "reasoning") {
      const thought = item.content?.map(({ text }) => text).join("");
      if (thought) answer().reasoning_content = thought;
    } else if (item.role === "assistant" && messages.at(-1)?.content === "") {
      answer().content = item.content; // after its own thoughts
    } else messages.push({ role: item.role, content: item.content });
  }
  return messages;
}
