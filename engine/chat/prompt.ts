import { Template } from "@huggingface/jinja";
import { EngineError } from "../errors.ts";
import { commonLength } from "../generation/block-pool.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { ChatRequest } from "./request.ts";

/** Turns messages into the prompt's token ids, by the model's own template, with an answer begun. */
export type ChatPrompt = (request: Pick<ChatRequest, "messages" | "tools">, answerStart?: string) => number[];

const FIRST_PRIVATE_CHARACTER = 0xe000;
const LAST_PRIVATE_CHARACTER = 0xf8ff;

/**
 * What users, files and tools wrote stays text: a special token spelt out in a message neither ends a turn nor starts
 * one. Each gets a guard character put inside, which only the tokenizer sees and drops.
 */
export function createChatPrompt(tokenizer: Tokenizer, chatTemplate: string | undefined): ChatPrompt {
  if (chatTemplate === undefined) {
    return () => {
      throw new EngineError("bad-request", "this model file has no chat template; use /v1/completions");
    };
  }
  const template = new Template(chatTemplate);
  return ({ messages, tools }, answerStart = "") => {
    const guard = absentCharacter(JSON.stringify([messages, tools]));
    const rendered = render(template, {
      messages: guarded(messages.map(forTemplate), guard),
      ...(tools?.length && { tools: guarded(tools, guard) }),
      add_generation_prompt: true,
    });
    return tokenizer.encode(rendered + answerStart, { special: true, guard });
  };
}

/** How many of a prompt's first tokens come from its first `count` messages, whatever follows them. */
export function tokensOfFirst(
  count: number,
  { messages, tools }: Pick<ChatRequest, "messages" | "tools">,
  tokens: readonly number[],
  prompt: ChatPrompt,
): number {
  if (count === 0) return 0;
  try {
    return commonLength(tokens, prompt({ messages: messages.slice(0, count), tools }));
  } catch {
    return 0; // some templates refuse a conversation without a question
  }
}

function render(template: Template, values: Record<string, unknown>): string {
  try {
    return template.render(values);
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
    return JSON.parse(json);
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
