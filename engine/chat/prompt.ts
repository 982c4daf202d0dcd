import { contextExceeded, EngineError } from "../errors.ts";
import { commonLength } from "../generation/block-pool.ts";
import { measure } from "../measure.ts";
import { encodeWithin } from "../tokenizer/encode-within.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { Conversation, ToolDialect } from "./dialects/dialect.ts";
import { messageText } from "./message-text.ts";
import { TemplateProcess } from "./template-process.ts";
import { THINKING, THINKING_SKIPPED, type ThinkingStart, thinkingStart, withoutThinking } from "./thinking.ts";

type Message = Conversation["messages"][number];
type TemplateMessage = Readonly<Record<string, unknown>>;

export interface PromptRequest extends Conversation {
  readonly callStart?: string; // the beginning of an answer that has to be a call
  readonly thinking?: boolean | undefined; // default: as the template has it
  readonly templateValues?: Readonly<Record<string, unknown>> | undefined; // further ones, which the template may ask for
}

export interface RenderedPrompt {
  readonly tokens: readonly number[];
  readonly thinking: ThinkingStart;
  readonly answerStart: string; // the last words of the prompt, which belong to the answer
}

/** Turns messages into the prompt's token ids, by the model's own template, with an answer begun. @throws EngineError */
export type ChatPrompt = (request: PromptRequest, signal?: AbortSignal) => Promise<RenderedPrompt>;

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
  chatTemplate: string,
  dialect: ToolDialect,
  contextLength: number,
): ChatPrompt {
  const maxLength = contextLength * tokenizer.longestToken;
  const template = new TemplateProcess({ template: chatTemplate, maxLength, timeLimitMs: TEMPLATE_MS });
  const knowsThinking = chatTemplate.includes(THINKING.close);
  return async ({ callStart = "", thinking, templateValues, ...conversation }, signal) => {
    const { messages, tools, answered, answerStart } = dialect.prepare(conversation);
    const turns = joinedSystem(messages.map((message) => forTemplate(message, knowsThinking)));
    const said = turns.map(({ reasoning_content: _, ...turn }) => turn); // the template may leave the thoughts out
    checkSize({ said, tools: tools ?? [], answered }, tokenizer.longestToken, contextLength);

    const given = { ...templateValues, messages: turns, ...(tools?.length && { tools }), answered };
    const guard = absentCharacter(JSON.stringify(given));
    const { answered: before, ...values } = guarded(given, guard);
    const mayThink = thinking !== false && callStart === "";
    const choice = mayThink && thinking === undefined ? {} : { enable_thinking: mayThink };
    let rendered = await render(template, { ...values, ...choice, add_generation_prompt: true });
    if (!mayThink && thinkingStart(rendered, chatTemplate) === "open") rendered += THINKING_SKIPPED;
    const begun = callStart || answerStart;
    return {
      tokens: await encodeWithin(tokenizer, rendered + before + begun, { special: true, guard, contextLength, signal }),
      thinking: begun === "" ? thinkingStart(rendered, chatTemplate) : "none",
      answerStart: begun,
    };
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
  { messages, ...request }: PromptRequest,
  tokens: readonly number[],
  prompt: ChatPrompt,
): Promise<number> {
  if (count === 0) return 0;
  try {
    const first = await prompt({ ...request, messages: messages.slice(0, count) });
    return commonLength(tokens, first.tokens);
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

/** Some templates take one message of the system, and refuse a second one. */
function joinedSystem(turns: readonly TemplateMessage[]): readonly TemplateMessage[] {
  const count = turns.findIndex(({ role }) => role !== "system");
  const first = turns.slice(0, count < 0 ? turns.length : count);
  if (first.length < 2) return turns;
  return [{ ...first[0], content: first.map(({ content }) => content).join("\n\n") }, ...turns.slice(first.length)];
}

/** Templates want text for content, what was thought apart from it, and a call's arguments as an object. */
function forTemplate(message: Message, knowsThinking: boolean): TemplateMessage {
  const { content: _, tool_calls: calls, role, reasoning_content, ...rest } = message;
  const isSplit = knowsThinking && role === "assistant" && reasoning_content == null;
  const { reasoning, text } = isSplit
    ? withoutThinking(messageText(message))
    : { reasoning: reasoning_content ?? undefined, text: messageText(message) };
  return {
    ...rest,
    role: role === "developer" ? "system" : role, // OpenAI's newer word, which no template of Qwen knows
    content: text,
    ...(reasoning !== undefined && { reasoning_content: reasoning }),
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
