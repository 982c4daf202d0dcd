// What watches over the loop: each guard knows one way in which models go wrong, and what is done about it.
import type { ToolCall } from "../../chat-model.ts";
import type { JsonSchema } from "../../tools/tool.ts";
import type { AgentEndReason } from "../agent-events.ts";
import type { CallOutcome } from "../run-call.ts";

/** How the model is asked next. `answerNow` and `warmer` hold from then on, the schema for one answer. */
export interface NextRequest {
  readonly answerNow?: boolean; // without tools
  readonly warmer?: boolean; // greedy, a model that repeats itself would do so for ever
  readonly schema?: JsonSchema;
}

export interface Ending {
  readonly reason: AgentEndReason;
  readonly answer?: string;
  readonly error?: string;
  readonly doubts?: readonly string[]; // what the user should look at
}

/** Instead of running a call. */
export type CallObjection = { readonly say: string; readonly next?: NextRequest } | { readonly end: Ending };

/** What the model, and the user, get instead of an outcome; or that the task ends with it. */
export interface OutcomeObjection {
  readonly instead?: CallOutcome;
  readonly next?: NextRequest;
  readonly end?: Ending;
}

export interface AnswerObjection {
  /** To the model, which answers again; heeded only where it may be asked again, and once in a task (see `asks`). */
  readonly say?: string;
  readonly next?: NextRequest;
  /** What the user is told instead of the model's words, where the model is not asked again. */
  readonly answer?: string;
  /** Why the task ends with it, where that is no answer to the question. */
  readonly reason?: AgentEndReason;
  /** What the user should look at, where the model is not asked again. */
  readonly doubts?: readonly string[];
}

/** A guard keeps what it must remember of one task; it is made anew for the next. */
export interface Guard {
  /** How often it may have the model answer again; once where it is not given. */
  readonly asks?: number;
  /** Before a call runs. */
  before?(call: ToolCall): CallObjection | undefined | Promise<CallObjection | undefined>;
  /** Once it ran, before anybody has seen its outcome. */
  after?(call: ToolCall, outcome: CallOutcome): OutcomeObjection | undefined | Promise<OutcomeObjection | undefined>;
  /** When the model answers without a call. */
  atAnswer?(text: string): AnswerObjection | undefined | Promise<AnswerObjection | undefined>;
}
