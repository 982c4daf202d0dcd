// Whether a column that a query calls by another name holds what it is called. The model that wrote the query knows
// better when it is asked just that, apart from the conversation and in one word: asked for an age that no table has,
// it writes avg(flipper_length) AS average_age; asked whether the flipper's length is the age, it says no.
import type { ChatModel, ChatUsage } from "../chat-model.ts";
import type { TableInfo } from "../sessions/session.ts";
import type { RenamedColumn } from "../tools/renamed-columns.ts";
import type { ToolContext } from "../tools/tool.ts";

const MAX_ASKED = 2; // columns of one query
const MAX_TOKENS = 3;
const SYSTEM = "You answer in one word.";

export interface Verdict {
  /** The first that its column does not hold, in the model's own judgement. */
  readonly denied: RenamedColumn | undefined;
  readonly usage: readonly (ChatUsage | undefined)[];
}

export async function columnFor(
  model: ChatModel,
  renamed: readonly RenamedColumn[],
  { session, signal }: ToolContext,
): Promise<Verdict> {
  const usage: (ChatUsage | undefined)[] = [];
  if (renamed.length === 0) return { denied: undefined, usage };
  const tables = await session.tables().catch(() => []);
  for (const one of renamed.slice(0, MAX_ASKED)) {
    const table = tables.find(({ columns }) => columns.some(({ name }) => isOf(name, one)));
    if (table === undefined) continue; // computed from what the query itself made
    const answer = await inOneWord(model, questionAbout(one, table), signal);
    usage.push(answer.usage);
    if (/^\W*no\b/i.test(answer.text)) return { denied: one, usage };
  }
  return { denied: undefined, usage };
}

function questionAbout(one: RenamedColumn, { columns }: TableInfo): string {
  const names = columns.map(({ name }) => name);
  const column = names.find((name) => isOf(name, one));
  return `A table has the columns ${names.join(", ")}. Is the column "${column}" the ${one.asked}? Answer yes or no.`;
}

function isOf(name: string, { columns }: RenamedColumn): boolean {
  return columns.some((column) => column.toLowerCase() === name.toLowerCase());
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
