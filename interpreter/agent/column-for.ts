// Whether the column that a query takes for what was asked holds it. The model that wrote the query knows better when it
// is asked just that, apart from the conversation and in one word: asked for an age that no table has, it writes
// avg(flipper_length) AS average_age; asked whether that is in the column flipper_length, it says no.
import type { ChatModel, ChatUsage } from "../chat-model.ts";
import type { TableInfo } from "../sessions/session.ts";
import { measuredColumn } from "../tools/measured-column.ts";
import { sharesWord } from "../tools/renamed-columns.ts";
import type { ToolContext, ToolResult } from "../tools/tool.ts";

const MAX_QUESTION_LENGTH = 160; // UTF-16 units; a longer text asks for several things, and a query is one of them
const MAX_TOKENS = 3;
const SYSTEM = "You answer in one word.";

export interface Verdict {
  /** What is to be said instead of the result, where the model itself says no. */
  readonly denied?: string;
  readonly usage?: ChatUsage | undefined;
}

/** @param question of the user; undefined where it leans on the one before */
export async function columnFor(
  model: ChatModel,
  { ran, renamed = [] }: ToolResult,
  question: string | undefined,
  { session, signal }: ToolContext,
): Promise<Verdict> {
  if (ran === undefined || question === undefined || question.length > MAX_QUESTION_LENGTH) return {};
  const tables = await session.tables().catch(() => []);
  const column = measuredColumn(ran, tables);
  if (column === undefined || sharesWord(column, question)) return {}; // a column that is named needs no asking
  const { text, usage } = await inOneWord(model, askAbout(column, question, tables), signal);
  if (!/^\W*no\b/i.test(text)) return { usage };
  const missing = renamed[0]
    ? `the tables have no ${renamed[0].asked}`
    : `no column holds what is asked for, and "${column}" is something else`;
  return { usage, denied: `This cannot be answered: ${missing}. If ${column} is meant, ask for it by its name.` };
}

function askAbout(column: string, question: string, tables: readonly TableInfo[]): string {
  const names = tables.map(({ columns }) => columns.map(({ name }) => name)).find((own) => own.includes(column)) ?? [];
  return `A table has the columns ${names.join(", ")}. Somebody asks: ${question} Is that in the column "${column}"? Answer yes or no.`;
}

async function inOneWord(model: ChatModel, question: string, signal: AbortSignal | undefined) {
  const events = model.chat({
    messages: [
      { role: "system", content: SYSTEM },
      { role: "user", content: question },
    ],
    ...{ maxTokens: MAX_TOKENS, temperature: 0 },
    ...(signal && { signal }),
  });
  for await (const event of events) if (event.type === "answer-end") return event;
  return { text: "", usage: undefined };
}
