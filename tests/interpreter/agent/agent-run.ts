import { expect } from "vitest";
import {
  type AgentEvent,
  type AgentOptions,
  type ApprovalMode,
  type Conversation,
  chartTool,
  createApprove,
  describeTable,
  newTurn,
  runAgent,
  runSql,
  runTypeScript,
} from "../../../interpreter/index.ts";
import { type FakeSession, fakeSession } from "../fake-session.ts";
import { type ScriptedAnswer, type ScriptedChatModel, scriptedChatModel } from "../scripted-chat-model.ts";

export const SMALL = "qwen2.5-coder-0.5b"; // speaks in code blocks
export const LARGE = "qwen3-8b"; // calls tools
/** A query that a small model may write. */
export const COUNT = "```sql\nSELECT count(*) AS n FROM 'cars.csv'\n```";

export interface Run {
  readonly model: ScriptedChatModel;
  readonly conversation: Conversation;
  readonly events: readonly AgentEvent[];
  readonly end: Extract<AgentEvent, { type: "agent-end" }>;
  readonly results: readonly Extract<AgentEvent, { type: "tool-result" }>[];
}

/** An agent's task with a scripted model, to its end. */
export async function run(
  answers: readonly ScriptedAnswer[],
  given: {
    name?: string;
    question?: string;
    notebook?: string; // what the model is told of it
    earlier?: Conversation; // turns before the question's
    session?: FakeSession;
    mode?: ApprovalMode;
    answers?: readonly (string | undefined)[]; // of the user, to questions for approval
    controller?: AbortController;
    onEvent?: (event: AgentEvent) => void;
    options?: Partial<AgentOptions>;
  } = {},
): Promise<Run> {
  const { session = fakeSession(), controller = new AbortController() } = given;
  const model = scriptedChatModel(answers, given.name ?? SMALL);
  const conversation = [
    ...(given.earlier ?? []),
    newTurn(given.question ?? "How many cars?", given.notebook ?? "'cars.csv' (406 rows): name VARCHAR"),
  ];
  let mode = given.mode ?? "ask";
  const replies = [...(given.answers ?? [])];
  const events: AgentEvent[] = [];
  for await (const event of runAgent(model, conversation, {
    tools: [runSql, chartTool, runTypeScript, describeTable],
    context: {
      session,
      cellId: "cell",
      signal: controller.signal,
      display() {},
      onSessionEvent: session.onSessionEvent,
    },
    approve: createApprove({
      mode: () => mode,
      setMode(wanted) {
        mode = wanted;
      },
      ask: async () => replies.shift(),
    }),
    contextTokens: 4096,
    ...given.options,
  })) {
    events.push(event);
    given.onEvent?.(event);
  }
  const end = events.at(-1);
  if (end?.type !== "agent-end") expect.fail("the last event is not agent-end");
  return { model, conversation, events, end, results: events.filter((event) => event.type === "tool-result") };
}
