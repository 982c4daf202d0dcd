// Whether the column that a query takes for what was asked holds it. The model that wrote the query knows better when it
// is asked just that, apart from the conversation and in one word: asked for an age that no table has, it writes
// avg(flipper_length) AS average_age; asked whether the flipper's length is the age, it says no.
import type { ChatModel, ChatUsage } from "../chat-model.ts";
import type { TableInfo } from "../sessions/session.ts";
import { measuredColumn } from "../tools/measured-column.ts";
import { type RenamedColumn, sharesWord } from "../tools/renamed-columns.ts";
import type { ToolContext, ToolResult } from "../tools/tool.ts";

const MAX_ASKED = 2; // names of one query
const MAX_TOKENS = 3;
const SYSTEM = "You answer in one word.";

export interface Verdict {
  /** What is to be said instead of the result, where the model itself says no. */
  readonly denied: string | undefined;
  readonly usage: readonly (ChatUsage | undefined)[];
}

interface Doubt {
  readonly question: string;
  readonly ifNo: string;
}

/** @param question of the user; undefined where it leans on the one before */
export async function columnFor(
  model: ChatModel,
  result: ToolResult,
  question: string | undefined,
  { session, signal }: ToolContext,
): Promise<Verdict> {
  const usage: (ChatUsage | undefined)[] = [];
  if (result.renamed === undefined) return { denied: undefined, usage };
  const tables = await session.tables().catch(() => []);
  const renamed = result.renamed.slice(0, MAX_ASKED).flatMap((one) => aboutName(one, tables));
  const doubts = renamed.length > 0 ? renamed : aboutQuestion(question, result.ran ?? "", tables);
  for (const { question, ifNo } of doubts) {
    const answer = await inOneWord(model, question, signal);
    usage.push(answer.usage);
    if (/^\W*no\b/i.test(answer.text)) return { denied: `This cannot be answered: ${ifNo}.`, usage };
  }
  return { denied: undefined, usage };
}

function aboutName({ columns, asked }: RenamedColumn, tables: readonly TableInfo[]): Doubt[] {
  const found = columns.flatMap((column) => placeOf(column, tables))[0]; // none: computed from what the query itself made
  if (found === undefined) return [];
  const question = `${found.told} Is the column "${found.column}" the ${asked}? Answer yes or no.`;
  return [{ question, ifNo: `the tables have no ${asked}` }];
}

/** A column that the question names needs no asking. */
function aboutQuestion(question: string | undefined, query: string, tables: readonly TableInfo[]): Doubt[] {
  const measured = measuredColumn(query, tables);
  if (question === undefined || measured === undefined || sharesWord(measured, question)) return [];
  return placeOf(measured, tables)
    .slice(0, 1)
    .map(({ told, column }) => ({
      question: `${told} Somebody asks: ${question} Is that in the column "${column}"? Answer yes or no.`,
      ifNo: `no column holds what is asked for, and "${column}" is something else`,
    }));
}

function placeOf(column: string, tables: readonly TableInfo[]): { told: string; column: string }[] {
  return tables.flatMap(({ columns }) => {
    const names = columns.map(({ name }) => name);
    const real = names.find((name) => name.toLowerCase() === column.toLowerCase());
    return real === undefined ? [] : [{ told: `A table has the columns ${names.join(", ")}.`, column: real }];
  });
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
