import type { ChatMessage, ChatModel, ToolCall } from "../chat-model.ts";
import type { AgentEndReason, AgentEvent, AgentOptions } from "./agent-events.ts";
import { ask } from "./ask.ts";
import { chooseDialect } from "./choose-dialect.ts";
import type { Conversation } from "./conversation.ts";
import type { Dialect } from "./dialect.ts";
import { type CallOutcome, runCall } from "./run-call.ts";
import { unsupportedNumbers } from "./unsupported-numbers.ts";

const MAX_ROUNDS = 8; // questions to the model for one request of the user
const MAX_REPAIRS = 3; // failed calls in a row
const MAX_CALLS_A_ROUND = 4;
const ANSWER_NOW = "You have run this already. Answer in one sentence.";
const WRITE_ANEW = "You have tried exactly this already. Write it in another way.";
const NO_RESULT = "You have no result that says so. Write the code first.";
const WRITE_CODE = "Write the corrected code.";

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
