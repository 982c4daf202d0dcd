import { randomUUID } from "node:crypto";
import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import { badField, EngineError } from "../errors.ts";
import type { CallableTool } from "../grammar/call-format.ts";
import { Grammars } from "../grammar/grammars.ts";
import type { GeneratedToken, LanguageModel, PromptProgress, TokenConstraint } from "../language-model.ts";
import { afterThinking } from "./after-thinking.ts";
import { AnswerParser } from "./answer-parser.ts";
import type { WrittenCall } from "./dialects/call-json.ts";
import { chooseDialect } from "./dialects/choose-dialect.ts";
import type { AnswerPart, ToolDialect } from "./dialects/dialect.ts";
import { generateText, usageOf } from "./generate-text.ts";
import { Mailbox } from "./mailbox.ts";
import { lorasIn, nameWithLoras } from "./model-name.ts";
import { type ChatPrompt, createChatPrompt, type PromptRequest, tokensOfFirst } from "./prompt.ts";
import type { ChatRequest } from "./request.ts";
import { ThinkingReader } from "./thinking.ts";

const MAX_NAMED = 20; // tools that an error lists

/** A language model behind the chat-completions protocol. */
export interface ChatModel {
  readonly name: string;
  /** Starts the process of the model's template, for which the first prompt then need not wait. */
  prepare(): void;
  /**
   * Chunks as the protocol has them; the last one carries the usage. With `return_progress`, the first ones carry
   * llama-server's `prompt_progress`. @throws EngineError
   */
  chat(request: ChatRequest, signal?: AbortSignal, watch?: PromptWatch): AsyncGenerator<ChatCompletionChunk>;
}

/** What is told of a prompt. */
export interface PromptWatch {
  readonly onPrompt?: (tokens: number) => void; // it is about to be read
  readonly onRead?: () => void; // it has been, and a further answer to it need not read it again
}

/** `name` is what clients ask for, and what answers say. */
export function openChatModel(model: LanguageModel, name = model.info.name): ChatModel {
  const grammars = new Grammars(model.tokenizer);
  let words: Words | undefined; // a model without a template, or with a broken one, still completes text
  return {
    name,
    prepare() {
      try {
        words ??= wordsOf(model);
      } catch {
        // Whoever chats is told.
      }
    },
    async *chat(request, signal, { onPrompt, onRead } = {}) {
      words ??= wordsOf(model);
      const { dialect, prompt } = words;
      const loras = lorasIn(request.model, name, model.info.loras);
      const chunk = chunkMaker(nameWithLoras(name, loras));
      const tools = request.tool_choice === "none" ? [] : (request.tools ?? []);
      const callable = tools.map((tool) => tool.function);
      checkChoice(request.tool_choice, callable);
      const callStart = forcedCall(request.tool_choice, dialect);
      const progress = new Mailbox<PromptProgress>();
      // First: a schema that is too large to compile is too large to be put into the prompt.
      const constraint = await constraintOf(request, callable, dialect, callStart, grammars);
      try {
        const conversation = { messages: request.messages, tools, callStart, ...thinkingOf(request) };
        const { tokens, thinking, answerStart } = await prompt(conversation, signal);
        onPrompt?.(tokens.length);
        const parser = new AnswerParser(new ThinkingReader(thinking), dialect.reader(callable));
        const deltas = new Deltas(callable.length > 0);
        const isOneCall = request.parallel_tool_calls === false || typeof request.tool_choice === "object";
        const said = new Said(request, grammars);
        const answer = generateText(model, tokens, request, {
          topLogprobs: request.logprobs ? (request.top_logprobs ?? 0) : undefined,
          signal,
          onPrompt: request.return_progress ? (state) => progress.push(state) : undefined,
          stableTokens: await tokensOfFirst(request.keep_messages ?? 0, conversation, tokens, prompt),
          loras,
          constraint: constraint && afterThinking(constraint, model.tokenizer, thinking),
          isOver: () => parser.isOver || (isOneCall && deltas.calls > 0),
        });
        yield chunk({ role: "assistant", content: "" });
        parser.push(answerStart);
        const first = answer.next();
        for await (const { processed, cached, total } of progress.until(first)) {
          yield { ...chunk({}), prompt_progress: { total, cache: cached, processed } };
        }
        let next = await first;
        onRead?.();
        for (; !next.done; next = await answer.next()) {
          const { text, token } = next.value;
          const logprobs =
            token?.logprob === undefined ? undefined : { content: [logprobOf(model, token)], refusal: null };
          const parts = parser.push(text);
          said.push(parts);
          const pieces = deltas.of(parts);
          if (pieces.length === 0 && logprobs) pieces.push({ content: "" });
          for (const delta of pieces) yield chunk(delta, logprobs && delta === pieces[0] ? { logprobs } : {});
        }
        const rest = parser.end();
        said.push(rest);
        for (const delta of [...deltas.of(rest), ...deltas.end()]) yield chunk(delta);
        const summary = next.value;
        await said.check();
        yield chunk({}, { finish_reason: deltas.calls > 0 ? "tool_calls" : summary.finishReason });
        yield { ...chunk({}), choices: [], usage: usageOf(summary) };
      } finally {
        constraint?.dispose(); // also where the answer never began
      }
    },
  };
}

/** How a model's own template makes a prompt of a conversation, and how its calls are read. */
interface Words {
  readonly dialect: ToolDialect;
  readonly prompt: ChatPrompt;
}

/** @throws EngineError `bad-request` for a model without a template, `bad-model-file` for one that is none */
function wordsOf({ tokenizer, chatTemplate, info }: LanguageModel): Words {
  if (chatTemplate === undefined) {
    const wayOut = "ask /v1/completions to continue a text, or take the model's Instruct or Chat file";
    throw new EngineError("bad-request", `${info.name} has no chat template, as base models have none: ${wayOut}`);
  }
  const dialect = chooseDialect(chatTemplate);
  return { dialect, prompt: createChatPrompt(tokenizer, chatTemplate, dialect, info.contextLength) };
}

/** What a request says of thinking, and of its template's other choices. */
function thinkingOf({
  enable_thinking,
  reasoning_effort: effort,
  chat_template_kwargs,
}: ChatRequest): Partial<PromptRequest> {
  const { enable_thinking: asKeyword, ...templateValues } = chat_template_kwargs ?? {};
  const byEffort = effort === undefined ? undefined : effort !== "none" && effort !== "minimal";
  return { thinking: enable_thinking ?? asKeyword ?? byEffort, templateValues };
}

/** @throws EngineError `bad-request` where a call is asked for that no tool of the request can answer */
function checkChoice(choice: ChatRequest["tool_choice"], tools: readonly CallableTool[]): void {
  const named = typeof choice === "object" ? choice?.function.name : undefined;
  const names = tools.map(({ name }) => name);
  const isFound = named === undefined ? choice !== "required" || names.length > 0 : names.includes(named);
  if (isFound) return;
  const asked = named === undefined ? "a call is required" : `there is no tool ${JSON.stringify(named)}`;
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  const given =
    names.length === 0 ? "there are no tools" : `the tools are ${names.slice(0, MAX_NAMED).join(", ")}${more}`;
  throw badField("tool_choice", `${asked}, and ${given} in this request`);
}

/** A call is forced by beginning it; a named one, up to its arguments. */
function forcedCall(choice: ChatRequest["tool_choice"], dialect: ToolDialect): string {
  if (choice === "required") return dialect.callStart();
  if (typeof choice !== "object" || choice === null) return "";
  return dialect.callStart(choice.function.name);
}

/** The schema of an answer, wherever clients put it; any JSON where they name none. */
function schemaOf(format: ChatRequest["response_format"]): Readonly<Record<string, unknown>> | undefined {
  if (format?.type === "json_schema") return format.json_schema.schema ?? {};
  return format?.type === "json_object" ? format.schema : undefined;
}

/** What an answer has said, as far as it has to fit schemas that a grammar cannot hold it to. */
class Said {
  readonly #request: ChatRequest;
  readonly #grammars: Grammars;
  #text = "";
  readonly #calls: WrittenCall[] = [];

  constructor(request: ChatRequest, grammars: Grammars) {
    this.#request = request;
    this.#grammars = grammars;
  }

  push(parts: readonly AnswerPart[]): void {
    for (const part of parts) {
      if (part.type === "text") this.#text += part.text;
      if (part.type === "call") this.#calls.push(part.call);
    }
  }

  /** @throws EngineError `bad-request` that says what does not fit */
  async check(): Promise<void> {
    const { response_format: format, tools = [] } = this.#request;
    const schema = schemaOf(format);
    if (schema && isJson(this.#text)) await this.#grammars.checkAnswer(schema, this.#text, "response_format");
    for (const { name, arguments: values } of this.#calls) {
      const { strict, parameters } = tools.find((tool) => tool.function.name === name)?.function ?? {};
      if (strict && parameters) await this.#grammars.checkAnswer(parameters, values, "tools");
    }
  }
}

/** What a limit or a stop string has cut off is no JSON, and says so by how it ended. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON as it was asked for; else calls that parse, where there are tools. */
function constraintOf(
  { response_format: format }: ChatRequest,
  tools: readonly CallableTool[],
  dialect: ToolDialect,
  begun: string,
  grammars: Grammars,
): Promise<TokenConstraint | undefined> {
  const schema = schemaOf(format);
  if (schema) return grammars.json(schema);
  if (format?.type === "json_object") return grammars.json();
  if (tools.length === 0) return Promise.resolve(undefined);
  return grammars.calls(tools, dialect.format, begun);
}

type Delta = ChatCompletionChunk.Choice.Delta & { readonly reasoning_content?: string }; // as DeepSeek and vLLM have it

function chunkMaker(model: string) {
  const id = `chatcmpl-${randomUUID()}`;
  const created = Math.floor(Date.now() / 1000);
  return (delta: Delta, rest: Partial<ChatCompletionChunk.Choice> = {}) => ({
    id,
    created,
    model,
    object: "chat.completion.chunk" as const,
    choices: [{ index: 0, delta, finish_reason: null, ...rest }],
  });
}

/** Numbers an answer's calls as they come. */
class Deltas {
  calls = 0;
  readonly #mayCall: boolean;
  #blank = ""; // before the answer's first word, or after a call: line breaks around calls are no words
  #isBlank = true;

  constructor(mayCall: boolean) {
    this.#mayCall = mayCall;
  }

  of(parts: readonly AnswerPart[]): Delta[] {
    return parts.flatMap((part): Delta[] => {
      if (part.type === "text") return this.#text(part.text);
      if (part.type === "reasoning") return [{ reasoning_content: part.text }];
      this.#blank = "";
      this.#isBlank = true;
      const call = { id: `call_${randomUUID()}`, type: "function" as const, function: part.call };
      return [{ tool_calls: [{ index: this.calls++, ...call }] }];
    });
  }

  /** What was held back, where no call came. */
  end(): Delta[] {
    return this.#blank === "" || this.calls > 0 ? [] : [{ content: this.#blank }];
  }

  #text(text: string): Delta[] {
    if (!this.#mayCall || !this.#isBlank) return [{ content: text }];
    this.#blank += text;
    if (this.#blank.trim() === "") return [];
    const content = this.#blank;
    this.#blank = "";
    this.#isBlank = false;
    return [{ content }];
  }
}

function logprobOf({ tokenizer }: LanguageModel, { token, logprob, topLogprobs }: GeneratedToken) {
  const describe = (id: number, value: number) => ({
    token: tokenizer.decode([id]),
    logprob: value,
    bytes: [...tokenizer.bytes(id)],
  });
  return {
    ...describe(token, logprob!),
    top_logprobs: (topLogprobs ?? []).map(([id, value]) => describe(id, value)),
  };
}
