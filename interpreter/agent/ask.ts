import type { ChatEvent, ChatMessage } from "../chat-model.ts";
import type { JsonSchema } from "../tools/tool.ts";
import type { AgentEvent } from "./agent-events.ts";
import { THINKING_TOKENS } from "./chat.ts";
import { fitConversation } from "./conversation.ts";
import type { ModelAnswer } from "./dialect.ts";
import type { NextRequest } from "./guards/guard.ts";
import { repeatsItself } from "./repeats-itself.ts";
import type { Task } from "./task.ts";

const MAX_TOKENS = 400; // of one answer: a query or a short program, or a few sentences
const REPEAT_TEMPERATURE = 0.7; // at least, once a model repeats itself: greedy, it would do so for ever

/** One answer of the model. Text that turns out to be a call is held back: it is shown as the call. */
export async function* ask(task: Task, next: NextRequest): AsyncGenerator<AgentEvent, ModelAnswer> {
  const { model, conversation, dialect, options, question } = task;
  const { tools, context, seed, thinking } = options;
  const maxTokens = options.maxTokens ?? MAX_TOKENS + (thinking ? THINKING_TOKENS : 0);
  const temperature = next.warmer ? Math.max(options.temperature ?? 0, REPEAT_TEMPERATURE) : options.temperature;
  const nudge =
    task.queryBefore === undefined
      ? await dialect.nudge(question, conversation.at(-2)?.messages ?? [], tools, task.relevantTables, task.keys)
      : "";
  const system = [options.system ?? dialect.system, options.instructions].filter(Boolean).join("\n\n");
  const schema = next.schema ?? (task.messages.length === 1 ? await firstSchema(task) : undefined);
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
      ...(next.answerNow && { toolChoice: "none" as const }),
      ...(temperature !== undefined && { temperature }),
      ...(seed !== undefined && { seed }),
      ...(thinking !== undefined && { thinking }),
      ...(context.signal && { signal: context.signal }),
    })) {
      if (event.type === "prompt-progress") {
        promptTokens = event.total;
        yield event;
        continue;
      }
      if (event.type === "reasoning-delta") {
        deltas++;
        yield event;
        continue;
      }
      if (event.type === "answer-end") ended = event;
      else {
        text += event.text;
        deltas++;
      }
      if (dialect.endsWithCall(text) || repeatsItself(text)) break; // the rest would be invented, or the same again
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
  const answer = { text, toolCalls: ended?.toolCalls ?? [], reasoning: ended?.reasoning };
  if (shown < text.length && dialect.readCalls(answer, tools).length === 0) {
    yield { type: "text-delta", text: text.slice(shown) };
  }
  // A stream that was left early tells no usage: a delta is a token in most engines, in ours at least.
  const counted = { promptTokens, cachedTokens: 0, completionTokens: deltas };
  yield { type: "answer-end", usage: ended ? ended.usage : counted };
  return answer;
}

/** What the first answer has to be, where the question says it. */
async function firstSchema(task: Task): Promise<JsonSchema | undefined> {
  const { dialect, options, question } = task;
  return question === "" ? undefined : dialect.answerSchema(question, options.tools, task.relevantTables);
}

/** Text so far that may still become a call: a brace, a tag, a block, a bare query. */
function mayBeCall(text: string): boolean {
  return /^\s*($|[{<]|select\b|with\b|from\b|summarize\b|describe\b)/i.test(text) || text.includes("```");
}
