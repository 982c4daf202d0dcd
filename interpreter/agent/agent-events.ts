import type { ChatUsage, PromptProgress, ToolCall } from "../chat-model.ts";
import type { Fact } from "../tools/facts.ts";
import type { CodePreview, Tool, ToolContext } from "../tools/tool.ts";
import type { ApprovalDecision, Approve } from "./approval.ts";
import type { Dialect } from "./dialect.ts";

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
  | { readonly type: "reasoning-delta"; readonly text: string }
  | { readonly type: "text-withdrawn" } // what the model said last is not its answer: it is asked again
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
      readonly facts: readonly Fact[]; // what the tool knows beside
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
  readonly thinking?: boolean; // of a model that can
}
