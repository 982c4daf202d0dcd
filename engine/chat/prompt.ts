import { contextExceeded, EngineError } from "../errors.ts";
import { commonLength } from "../generation/block-pool.ts";
import { measure } from "../measure.ts";
import { encodeWithin } from "../tokenizer/encode-within.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { ChatRequest } from "./request.ts";
import { TemplateProcess } from "./template-process.ts";

/** Turns messages into the prompt's token ids, by the model's own template, with an answer begun. */
export type ChatPrompt = (request: PromptRequest, signal?: AbortSignal) => Promise<number[]>;

export interface PromptRequest extends Pick<ChatRequest, "messages" | "tools"> {
  readonly answerStart?: string;
}

const FIRST_PRIVATE_CHARACTER = 0xe000;
const LAST_PRIVATE_CHARACTER = 0xf8ff;
const TEMPLATE_MS = 10_000; // for a prompt; a message takes 0.2
const VALUES_A_TOKEN = 4; // of a message at most: a role, a content and their like are one turn's few tokens
const MAX_CALL_DEPTH = 64; // of a call's arguments; what is deeper is shown as it was written

/**
 * What users, files and tools wrote stays text: a special token spelt out in a message neither ends a turn nor starts
 * one. Each gets a guard character put inside, which only the tokenizer sees and drops.
 */
export function createChatPrompt(
  tokenizer: Tokenizer,
  chatTemplate: string | undefined,
  contextLength: number,
): ChatPrompt {
  if (chatTemplate === undefined) {
    return async () => {
      throw new EngineError("bad-request", "this model file has no chat template; use /v1/completions");
    };
  }
  const maxLength = contextLength * tokenizer.longestToken;
  const template = new TemplateProcess({ template: chatTemplate, maxLength, timeLimitMs: TEMPLATE_MS });
  return async ({ messages, tools, answerStart = "" }, signal) => {
    const given = { messages: messages.map(forTemplate), ...(tools?.length && { tools }) };
    checkSize(given, tokenizer.longestToken, contextLength);
    const guard = absentCharacter(JSON.stringify(given));
    const rendered = await render(template, { ...guarded(given, guard), add_generation_prompt: true });
    return encodeWithin(tokenizer, rendered + answerStart, { special: true, guard, contextLength, signal });
  };
}

/** Before the template is rendered, which takes 0.2 ms a message: each value and each message is a token at least. */
function checkSize(given: object, longestToken: number, contextLength: number): void {
  const { values, characters } = measure(given, Number.POSITIVE_INFINITY);
  const least = Math.max(Math.ceil(characters / longestToken), Math.ceil(values / VALUES_A_TOKEN));
  if (least > contextLength) throw contextExceeded(least, contextLength, "or more do not fit");
}

/** How many of a prompt's first tokens come from its first `count` messages, whatever follows them. */
export async function tokensOfFirst(
  count: number,
  { messages, tools }: PromptRequest,
  tokens: readonly number[],
  prompt: ChatPrompt,
): Promise<number> {
  if (count === 0) return 0;
  try {
    return commonLength(tokens, await prompt({ messages: messages.slice(0, count), tools }));
  } catch {
    return 0; // some templates refuse a conversation without a question
  }
}

async function render(template: TemplateProcess, values: Record<string, unknown>): Promise<string> {
  try {
    return await template.render(values);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError("bad-request", `the model's chat template refused the messages: ${message}`, { cause });
  }
}

/** Templates want text for content, and a call's arguments as an object. */
function forTemplate(message: ChatRequest["messages"][number]): object {
  const { content, tool_calls: calls, ...rest } = message;
  const text = Array.isArray(content) ? content.map((part) => part.text).join("") : (content ?? "");
  return {
    ...rest,
    content: text,
    ...(calls?.length && {
      tool_calls: calls.map((call) => ({
        ...call,
        function: { ...call.function, arguments: parsed(call.function.arguments) },
      })),
    }),
  };
}

function parsed(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return measure(value, MAX_CALL_DEPTH).depth > MAX_CALL_DEPTH ? json : value;
  } catch {
    return json; // what the model wrote, shown to it as it was
  }
}

/** Puts `guard` after each "<": every special token begins with one. */
function guarded<T>(value: T, guard: string): T {
  const walk = (part: unknown): unknown => {
    if (typeof part === "string") return part.replaceAll("<", `<${guard}`);
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, entry]) => [walk(key), walk(entry)]));
  };
  return walk(value) as T; // the same shape with other strings
}

function absentCharacter(text: string): string {
  for (let code = FIRST_PRIVATE_CHARACTER; code <= LAST_PRIVATE_CHARACTER; code++) {
    const character = String.fromCharCode(code);
    if (!text.includes(character)) return character;
  }
  throw new EngineError("bad-request", "the messages use every private-use character of Unicode");
}
