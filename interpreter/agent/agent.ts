import type { ChatEvent, ChatMessage, ChatModel, ChatUsage, PromptProgress, ToolCall } from "../chat-model.ts";
import { ToolCallError } from "../errors.ts";
import type { SqlResult, TableInfo } from "../sessions/session.ts";
import type { RenamedColumn } from "../tools/renamed-columns.ts";
import type { CodePreview, Tool, ToolContext } from "../tools/tool.ts";
import { cutMiddle } from "../tools/tool.ts";
import type { ApprovalDecision, Approve } from "./approval.ts";
import { chooseDialect } from "./choose-dialect.ts";
import { MAX_FOLLOW_UP_LENGTH } from "./code-blocks.ts";
import { columnFor } from "./column-for.ts";
import { type Conversation, fitConversation } from "./conversation.ts";
import type { Dialect, ModelAnswer } from "./dialect.ts";
import { unsupportedNumbers } from "./unsupported-numbers.ts";

const MAX_ROUNDS = 8; // questions to the model for one request of the user
const MAX_REPAIRS = 3; // failed calls in a row
const MAX_TOKENS = 400; // of one answer: a query or a short program, or a few sentences
const MAX_CALLS_A_ROUND = 4;
const REPEAT_TEMPERATURE = 0.7; // at least, once a model repeats itself: greedy, it would do so for ever
const ANSWER_NOW = "You have run this already. Answer in one sentence.";
const WRITE_ANEW = "You have tried exactly this already. Write it in another way.";
const NO_RESULT = "You have no result that says so. Write the code first.";
const WRITE_CODE = "Write the corrected code.";

export type AgentEndReason =
  | "answered"
  | "max-rounds"
  | "max-repairs"
  | "repeated" // the model makes the same call again and again
  | "unanswerable" // the data lacks what was asked for
  | "proposed" // code was left to the user instead of being run
  | "interrupted";

export type AgentEvent =
  | PromptProgress
  | { readonly type: "text-delta"; readonly text: string }
  | { readonly type: "answer-end"; readonly usage: ChatUsage | undefined }
  | { readonly type: "tool-call"; readonly call: ToolCall; readonly preview: CodePreview }
  | { readonly type: "approval-request"; readonly call: ToolCall }
  | { readonly type: "approval-decision"; readonly call: ToolCall; readonly decision: ApprovalDecision }
  | {
      readonly type: "tool-result";
      readonly call: ToolCall;
      readonly content: string; // what the model reads
      readonly failed: boolean;
      readonly cell: string | undefined; // code that does the same without a model
      readonly table: SqlResult | undefined; // the rows, where it was a query
      readonly ran: string | undefined; // the code as it ran, where small mistakes in the call's were put right
      readonly milliseconds: number;
    }
  | {
      readonly type: "agent-end";
      readonly reason: AgentEndReason;
      readonly answer: string; // "" where the model gave none
      readonly cell: string | undefined; // the last code that worked, or the code that is proposed
      readonly error?: string; // what was wrong last, at max-repairs
      readonly doubts?: readonly string[]; // what the user should look at: "57.5 is in no result"
    };

export interface AgentOptions {
  readonly tools: readonly Tool[];
  readonly context: ToolContext;
  readonly approve: Approve;
  readonly contextTokens: number; // what the model can read
  readonly system?: string; // instead of the prompt that comes with the dialect
  readonly instructions?: string; // after the system prompt: an agent's own
  readonly dialect?: Dialect;
  readonly maxRounds?: number;
  readonly maxRepairs?: number;
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly seed?: number;
}

/**
 * Model, tools, model, ... until the model answers without a call. Appends to the newest turn of
 * `conversation`, the only state: however this ends, it can be continued. Interrupted by `context.signal`.
 * @throws ChatModelError; the model's own mistakes go back to the model
 */
export async function* runAgent(
  model: ChatModel,
  conversation: Conversation,
  options: AgentOptions,
): AsyncGenerator<AgentEvent> {
  const messages = conversation.at(-1)?.messages ?? [];
  const { tools, context, maxRounds = MAX_ROUNDS, maxRepairs = MAX_REPAIRS } = options;
  const dialect = options.dialect ?? chooseDialect(model.name);
  const results = new Map<string, CallOutcome>(); // what each call gave
  let repeats = 0; // calls that were made before, to the letter
  let answerNow = false; // it has its result and calls again: it is asked once more, without tools
  let failures = 0; // in a row
  let last: CallOutcome | undefined;
  let reminded = false;
  let cell: string | undefined;
  let open: readonly ToolCall[] = []; // calls in the conversation that have no result yet
  const end = (reason: AgentEndReason, answer = "", error?: string): AgentEvent => {
    closeCalls(messages, dialect, open, reason);
    return { type: "agent-end", reason, answer, cell, ...(error !== undefined && { error }) };
  };
  /** The model could not: what its last attempt lacked is the answer, if it lacked something. */
  const giveUp = (reason: AgentEndReason, error?: string): AgentEvent =>
    last?.failed && last.lacks !== undefined
      ? end("unanswerable", `This cannot be answered: the tables have no ${last.lacks}.`)
      : end(reason, "", error);

  try {
    for (let round = 1; round <= maxRounds; round++) {
      const answer = yield* ask(model, conversation, dialect, options, { answerNow, warmer: repeats > 0 });
      const calls = dialect.readCalls(answer, tools).slice(0, MAX_CALLS_A_ROUND);
      messages.push(dialect.assistantMessage(answer, calls));
      if (calls.length === 0) {
        const stays = dialect.answersAfterError(answer.text) || !last?.failed || ++failures > maxRepairs;
        const isUnseen = results.size === 0; // then no number is counted by the eye
        const numbers = unsupportedNumbers(answer.text, shownTo(conversation), isUnseen ? -1 : undefined);
        if (stays && isUnseen && numbers.length > 0 && !reminded) {
          reminded = true; // numbers from nowhere: what it was asked is in the tables
          messages.push({ role: "user", content: NO_RESULT });
          continue;
        }
        if (stays) {
          const made =
            numbers.length > 0 ? [`${numbers.join(", ")} ${numbers.length > 1 ? "are" : "is"} in no result`] : [];
          const renamed = (last?.renamed ?? []).map(({ alias, expression }) => `${alias} is ${expression}`);
          const doubts = dialect.answersAfterError(answer.text) ? made : [...made, ...renamed];
          return yield { ...end("answered", answer.text.trim()), ...(doubts.length > 0 && { doubts }) };
        }
        messages.push({ role: "user", content: WRITE_CODE }); // it talks about its mistake, and does not mend it
        continue;
      }

      open = calls;
      if (answerNow) return yield end("repeated");
      for (const call of calls) {
        const before = results.get(callKey(call));
        if (before !== undefined) {
          if (++repeats > 1) return yield giveUp("repeated");
          answerNow = !before.failed;
          open = record(messages, dialect, open, `${before.content}\n${before.failed ? WRITE_ANEW : ANSWER_NOW}`);
          continue;
        }
        const outcome = yield* runCall(call, model, conversation, options);
        if (outcome.proposed !== undefined) {
          cell = outcome.proposed;
          return yield end("proposed");
        }
        cell = outcome.cell ?? cell;
        failures = outcome.failed ? failures + 1 : 0;
        results.set(callKey(call), outcome);
        open = record(messages, dialect, open, outcome.content);
        last = outcome;
        if (outcome.denied !== undefined) return yield end("unanswerable", outcome.denied);
        if (failures > maxRepairs) return yield giveUp("max-repairs", outcome.content);
      }
    }
    yield end("max-rounds");
  } catch (error) {
    if (!context.signal?.aborted) {
      closeCalls(messages, dialect, open, "failed");
      if (messages.length === 1) conversation.pop(); // a question that nobody answered
      throw error;
    }
    yield end("interrupted");
  }
}

/** All that the model can have its numbers from: what it was told and shown, not what it wrote itself. */
function shownTo(conversation: Conversation): string[] {
  return conversation.flatMap(({ notebook, messages }) => [
    notebook,
    ...messages.filter(({ role }) => role !== "assistant").map(({ content }) => String(content ?? "")),
  ]);
}

/** One answer of the model. Text that turns out to be a call is held back: it is shown as the call. */
async function* ask(
  model: ChatModel,
  conversation: Conversation,
  dialect: Dialect,
  options: AgentOptions,
  { answerNow, warmer }: { answerNow: boolean; warmer: boolean },
): AsyncGenerator<AgentEvent, ModelAnswer> {
  const { tools, context, maxTokens = MAX_TOKENS, seed } = options;
  const temperature = warmer ? Math.max(options.temperature ?? 0, REPEAT_TEMPERATURE) : options.temperature;
  const question = conversation.at(-1)?.messages[0]?.content;
  const nudge = dialect.nudge(typeof question === "string" ? question : "", conversation.at(-2)?.messages ?? [], tools);
  const system = [options.system ?? dialect.system, options.instructions].filter(Boolean).join("\n\n");
  const isFirst = conversation.at(-1)?.messages.length === 1;
  const schema =
    isFirst && typeof question === "string"
      ? await dialect.answerSchema(question, tools, () => tablesOf(context))
      : undefined;
  const prefix: ChatMessage[] = [{ role: "system", content: system }, ...dialect.examples];
  let text = "";
  let shown = 0;
  let promptTokens = 0;
  let deltas = 0;
  let ended: Extract<ChatEvent, { type: "answer-end" }> | undefined;
  try {
    for await (const event of model.chat({
      messages: fitConversation(prefix, conversation, options.contextTokens - maxTokens, nudge),
      tools: dialect.offer(tools),
      keepMessages: prefix.length,
      maxTokens,
      ...(schema && { responseSchema: schema }),
      ...(answerNow && { toolChoice: "none" as const }),
      ...(temperature !== undefined && { temperature }),
      ...(seed !== undefined && { seed }),
      ...(context.signal && { signal: context.signal }),
    })) {
      if (event.type === "prompt-progress") {
        promptTokens = event.total;
        yield event;
        continue;
      }
      if (event.type === "answer-end") ended = event;
      else {
        text += event.text;
        deltas++;
      }
      if (dialect.endsWithCall(text)) break; // the rest would be an invented result
      if (!mayBeCall(text)) {
        const delta = text.slice(shown);
        shown = text.length;
        if (delta !== "") yield { type: "text-delta", text: delta };
      }
    }
  } catch (error) {
    if (context.signal?.aborted)
      conversation.at(-1)?.messages.push({ role: "assistant", content: `${text} (interrupted)`.trim() });
    throw error;
  }
  const answer = { text, toolCalls: ended?.toolCalls ?? [] };
  if (shown < text.length && dialect.readCalls(answer, tools).length === 0) {
    yield { type: "text-delta", text: text.slice(shown) };
  }
  // A stream that was left early tells no usage: a delta is a token in most engines, in ours at least.
  const counted = { promptTokens, cachedTokens: 0, completionTokens: deltas };
  yield { type: "answer-end", usage: ended ? ended.usage : counted };
  return answer;
}

function tablesOf({ session }: ToolContext): Promise<readonly TableInfo[]> {
  return session.tables().catch(() => []);
}

/** Text so far that may still become a call: a brace, a tag, a block, a bare query. */
function mayBeCall(text: string): boolean {
  return /^\s*($|[{<]|select\b|with\b|from\b|summarize\b|describe\b)/i.test(text) || text.includes("```");
}

interface CallOutcome {
  readonly content: string;
  readonly failed: boolean;
  readonly cell?: string | undefined;
  readonly table?: SqlResult | undefined;
  readonly proposed?: string;
  readonly ran?: string | undefined;
  readonly lacks?: string | undefined;
  readonly renamed?: readonly RenamedColumn[] | undefined;
  readonly denied?: string; // the model itself says that its query took a column for what it is not
}

/** Checks, asks where it must, runs. The model's mistakes become observations; ours, and aborts, are thrown. */
async function* runCall(
  call: ToolCall,
  model: ChatModel,
  conversation: Conversation,
  options: AgentOptions,
): AsyncGenerator<AgentEvent, CallOutcome> {
  const { tools, context, approve } = options;
  const started = performance.now();
  let outcome: CallOutcome;
  try {
    const tool = findTool(call, tools);
    const preview = tool.preview(call.arguments);
    yield { type: "tool-call", call, preview };
    await tool.check(call.arguments, context);
    context.signal?.throwIfAborted();
    if (tool.effect === "acts") yield { type: "approval-request", call };
    const decision = await approve(
      tool,
      preview,
      async () => (await tool.canConfine?.(call.arguments, context)) ?? false,
    );
    context.signal?.throwIfAborted();
    if (tool.effect === "acts") yield { type: "approval-decision", call, decision };
    if (decision === "propose") return { content: "", failed: false, proposed: preview.code };
    if (decision === "refuse") {
      outcome = { content: "The user did not allow this code. Answer without running it.", failed: false };
    } else {
      const result = await tool.call(call.arguments, { ...context, confine: decision === "run-confined" });
      const { denied, usage } = await columnFor(model, result, standingAlone(conversation), context);
      if (usage) yield { type: "answer-end", usage };
      outcome =
        denied === undefined
          ? { ...result, content: cutMiddle(result.content), failed: false }
          : { content: denied, failed: true, denied };
    }
  } catch (error) {
    if (!(error instanceof ToolCallError)) throw error;
    if (!tools.some(({ name }) => name === call.name)) {
      yield { type: "tool-call", call, preview: { language: "json", code: cutMiddle(call.arguments) } };
    }
    outcome = { content: `Error: ${cutMiddle(error.message)}\nCorrect it.`, failed: true, lacks: error.lacks };
  }
  const milliseconds = Math.round(performance.now() - started);
  const { content, failed, cell, table, ran } = outcome;
  yield { type: "tool-result", call, content, failed, cell, table, ran, milliseconds };
  return outcome;
}

/** The question, unless it is a short one after another: "And for 2014?" */
function standingAlone(conversation: Conversation): string | undefined {
  const question = conversation.at(-1)?.messages[0]?.content;
  if (typeof question !== "string") return undefined;
  return conversation.length > 1 && question.length <= MAX_FOLLOW_UP_LENGTH ? undefined : question;
}

function findTool(call: ToolCall, tools: readonly Tool[]): Tool {
  const tool = tools.find(({ name }) => name === call.name);
  if (tool) return tool;
  throw new ToolCallError(`there is no tool ${call.name}; there are: ${tools.map(({ name }) => name).join(", ")}`);
}

/** The same call again, whatever its white space. */
function callKey({ name, arguments: args }: ToolCall): string {
  return `${name} ${args.replace(/\s+|\\n/g, " ").trim()}`;
}

/** Answers the first open call, and returns the rest. */
function record(
  messages: ChatMessage[],
  dialect: Dialect,
  [call, ...rest]: readonly ToolCall[],
  content: string,
): readonly ToolCall[] {
  if (call) messages.push(dialect.resultMessage(call, content));
  return rest;
}

/** A call without a result would make the conversation invalid for the next request. */
function closeCalls(messages: ChatMessage[], dialect: Dialect, open: readonly ToolCall[], reason: string): void {
  for (const call of open) messages.push(dialect.resultMessage(call, `(not run: ${reason})`));
}
