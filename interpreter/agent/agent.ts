import type { ChatModel, ToolCall } from "../chat-model.ts";
import type { AgentEvent, AgentOptions } from "./agent-events.ts";
import { ask } from "./ask.ts";
import type { Conversation } from "./conversation.ts";
import type { ModelAnswer } from "./dialect.ts";
import type { Ending, NextRequest } from "./guards/guard.ts";
import { Guards, type Heard } from "./guards/index.ts";
import { modelTraits } from "./model-traits.ts";
import { runCall } from "./run-call.ts";
import { Task } from "./task.ts";

const MAX_ROUNDS = 8; // questions to the model for one request of the user
const MAX_CALLS_A_ROUND = 4;

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
  const { context, maxRounds = MAX_ROUNDS } = options;
  const dialect = options.dialect ?? modelTraits(model.name).dialect;
  const task = new Task(model, conversation, dialect, options);
  const guards = new Guards(task);
  const progress: Progress = { next: {}, cell: undefined, open: [] };
  const end = ({ reason, answer = "", error, doubts }: Ending): AgentEvent => {
    closeCalls(task, progress, reason);
    const { cell } = progress;
    const more = { ...(error !== undefined && { error }), ...(doubts && { doubts }) };
    return { type: "agent-end", reason, answer, cell, ...more };
  };
  try {
    for (let round = 1; round <= maxRounds; round++) {
      const ending = yield* runRound(task, guards, progress, round < maxRounds);
      if (ending) return yield end(ending);
    }
    yield end({ reason: "max-rounds" });
  } catch (error) {
    if (!context.signal?.aborted) {
      closeCalls(task, progress, "failed");
      if (task.messages.length === 1) conversation.pop(); // a question that nobody answered
      throw error;
    }
    yield end({ reason: "interrupted" });
  }
}

/** What the rounds of a task hand on. */
interface Progress {
  next: NextRequest;
  cell: string | undefined; // the last code that worked
  open: readonly ToolCall[]; // calls in the conversation that have no result yet
}

/** One question to the model, and the calls of its answer. @param mayAsk whether another round follows */
async function* runRound(
  task: Task,
  guards: Guards,
  progress: Progress,
  mayAsk: boolean,
): AsyncGenerator<AgentEvent, Ending | undefined> {
  const { dialect, messages, options } = task;
  const again = messages.length === 1 ? task.queryBefore : undefined;
  const answer = again === undefined ? yield* ask(task, progress.next) : answerWith(again);
  const { schema: _, ...kept } = progress.next; // it was for this answer
  const calls = dialect.readCalls(answer, options.tools).slice(0, MAX_CALLS_A_ROUND);
  messages.push(dialect.assistantMessage(answer, calls));
  progress.next = kept;
  if (calls.length === 0) {
    const { say, next, answer: told, doubts, reason = "answered" } = await guards.atAnswer(answer.text, mayAsk);
    if (say === undefined) return { reason, answer: told.trim(), ...(doubts && { doubts }) };
    yield { type: "text-withdrawn" };
    messages.push({ role: "user", content: say });
    progress.next = { ...kept, ...next };
    return undefined;
  }
  progress.open = calls;
  for (const call of calls) {
    const ending = yield* takeCall(call, task, guards, progress);
    if (ending) return ending;
  }
  return undefined;
}

/** As a model would write it. */
function answerWith(query: string): ModelAnswer {
  return { text: `\`\`\`sql\n${query}\n\`\`\``, toolCalls: [] };
}

/** A call that the guards let pass is made; the model reads what came of it, or what a guard says instead. */
async function* takeCall(
  call: ToolCall,
  task: Task,
  guards: Guards,
  progress: Progress,
): AsyncGenerator<AgentEvent, Ending | undefined> {
  const objection = await guards.before(call);
  if (objection && "end" in objection) return lookedAt(objection.end, guards);
  if (objection) {
    progress.next = { ...progress.next, ...objection.next };
    record(task, progress, objection.say);
    return undefined;
  }
  const { outcome, next, end } = yield* makeCall(call, task, guards);
  if (outcome.proposed !== undefined) {
    progress.cell = outcome.proposed;
    return { reason: "proposed" };
  }
  progress.next = { ...progress.next, ...next };
  progress.cell = outcome.cell ?? progress.cell;
  record(task, progress, outcome.content);
  return end;
}

/** An ending that tells a result is held against the question as an answer of the model is. */
async function lookedAt(end: Ending, guards: Guards): Promise<Ending> {
  if (!end.answer || end.reason === "unanswerable") return end;
  const { answer, doubts, reason = end.reason } = await guards.atAnswer(end.answer, false);
  return { ...end, reason, answer, ...(doubts && { doubts }) };
}

/** Runs a call, and lets the guards look at what came of it before anybody else does. */
async function* makeCall(call: ToolCall, task: Task, guards: Guards): AsyncGenerator<AgentEvent, Heard> {
  const context = { ...task.options.context, question: task.question };
  const ran = yield* runCall(call, { ...task.options, context });
  if (ran.proposed !== undefined) return { outcome: ran, next: {} };
  const heard = await guards.after(call, ran);
  const { outcome } = heard;
  for (const usage of task.spent.splice(0)) yield { type: "answer-end", usage };
  task.made.push({ call, outcome });
  const { content, failed, cell, facts, milliseconds } = outcome;
  yield { type: "tool-result", call, content, failed, cell, facts, milliseconds };
  return heard;
}

/** Answers the first open call. */
function record({ messages, dialect }: Task, progress: Progress, content: string): void {
  const [call, ...rest] = progress.open;
  if (call) messages.push(dialect.resultMessage(call, content));
  progress.open = rest;
}

/** A call without a result would make the conversation invalid for the next request. */
function closeCalls({ messages, dialect }: Task, progress: Progress, reason: string): void {
  for (const call of progress.open) messages.push(dialect.resultMessage(call, `(not run: ${reason})`));
  progress.open = [];
}
