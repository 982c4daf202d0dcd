import type { ChatModel, ToolCall } from "../chat-model.ts";
import { ToolCallError } from "../errors.ts";
import type { SqlResult } from "../sessions/session.ts";
import type { RenamedColumn } from "../tools/renamed-columns.ts";
import type { CodePreview, Tool, ToolContext } from "../tools/tool.ts";
import { cutMiddle } from "../tools/tool.ts";
import type { AgentEvent, AgentOptions } from "./agent-events.ts";
import { columnFor } from "./column-for.ts";
import type { Conversation } from "./conversation.ts";
import { isFollowUp } from "./follow-up.ts";

export interface CallOutcome {
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
export async function* runCall(
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
    if (decision === "propose") {
      return { content: "", failed: false, proposed: await asCell(preview, context) };
    }
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

/** As the user runs it: a `;` would silence it then. */
async function asCell({ language, code }: CodePreview, { session }: ToolContext): Promise<string> {
  if (language === "typescript") return session.withValueShown(code);
  return language === "json" ? code : `%%${language}\n${code}`;
}

/** The question, unless it leans on the one before. */
function standingAlone(conversation: Conversation): string | undefined {
  const question = conversation.at(-1)?.messages[0]?.content;
  if (typeof question !== "string") return undefined;
  return conversation.length > 1 && isFollowUp(question) ? undefined : question;
}

function findTool(call: ToolCall, tools: readonly Tool[]): Tool {
  const tool = tools.find(({ name }) => name === call.name);
  if (tool) return tool;
  throw new ToolCallError(`there is no tool ${call.name}; there are: ${tools.map(({ name }) => name).join(", ")}`);
}
