import type { ToolCall } from "../chat-model.ts";
import { ToolCallError } from "../errors.ts";
import type { Fact } from "../tools/facts.ts";
import type { CodePreview, Tool, ToolContext } from "../tools/tool.ts";
import { cutMiddle } from "../tools/tool.ts";
import type { AgentEvent, AgentOptions } from "./agent-events.ts";

export interface CallOutcome {
  readonly content: string; // what the model reads
  readonly failed: boolean;
  readonly cell?: string | undefined; // code that does the same without a model
  readonly facts: readonly Fact[];
  readonly proposed?: string; // code that was left to the user: nothing ran
  readonly refused?: boolean; // by the user: nothing ran
  readonly milliseconds: number;
}

/**
 * Checks a call, asks where it must, and runs it: for %%agent and for %replay. The model's mistakes become observations;
 * ours, and aborts, are thrown.
 */
export async function* runCall(
  call: ToolCall,
  { tools, context, approve }: Pick<AgentOptions, "tools" | "context" | "approve">,
): AsyncGenerator<AgentEvent, CallOutcome> {
  const started = performance.now();
  const spent = () => Math.round(performance.now() - started);
  try {
    const tool = findTool(call, tools);
    const preview = tool.preview(call.arguments);
    yield { type: "tool-call", call, preview };
    await tool.check(call.arguments, context);
    context.signal?.throwIfAborted();
    if (tool.effect === "acts") yield { type: "approval-request", call };
    const canConfine = async () => (await tool.canConfine?.(call.arguments, context)) ?? false;
    const decision = await approve(tool, preview, canConfine);
    context.signal?.throwIfAborted();
    if (tool.effect === "acts") yield { type: "approval-decision", call, decision };
    if (decision === "propose" || decision === "refuse") {
      const content = "The user did not allow this code. Answer without running it.";
      const nothing = { content, failed: false, facts: [], milliseconds: spent() };
      return decision === "refuse"
        ? { ...nothing, refused: true }
        : { ...nothing, proposed: await asCell(preview, context) };
    }
    const result = await tool.call(call.arguments, { ...context, confine: decision === "run-confined" });
    const { content, cell, facts = [] } = result;
    return { content: cutMiddle(content), failed: false, cell, facts, milliseconds: spent() };
  } catch (error) {
    if (!(error instanceof ToolCallError)) throw error;
    if (!tools.some(({ name }) => name === call.name)) {
      yield { type: "tool-call", call, preview: { language: "json", code: cutMiddle(call.arguments) } };
    }
    const content = `Error: ${cutMiddle(error.message)}\nCorrect it.`;
    return { content, failed: true, facts: error.facts, milliseconds: spent() };
  }
}

/** As the user runs it: a `;` would silence it then. */
async function asCell({ language, code }: CodePreview, { session }: ToolContext): Promise<string> {
  if (language === "typescript") return session.withValueShown(code);
  return language === "json" ? code : `%%${language}\n${code}`;
}

function findTool(call: ToolCall, tools: readonly Tool[]): Tool {
  const tool = tools.find(({ name }) => name === call.name);
  if (tool) return tool;
  throw new ToolCallError(`there is no tool ${call.name}; there are: ${tools.map(({ name }) => name).join(", ")}`);
}

/** Lines below what the model reads of an outcome; those of `told` the user is told of as well. */
export function withNotes(outcome: CallOutcome, notes: readonly string[], told = notes): CallOutcome {
  const noted = told.map((note) => ({ kind: "noted" as const, note }));
  return { ...outcome, content: [outcome.content, ...notes].join("\n"), facts: [...outcome.facts, ...noted] };
}
