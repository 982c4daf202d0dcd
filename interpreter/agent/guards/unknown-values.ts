// A query that finds nothing because it looks for a value that its column does not have: the model reads which ones it has.
import { columnValues } from "../../context/column-values.ts";
import { wholeWord } from "../../escape-regexp.ts";
import type { SqlResult, TableInfo } from "../../sessions/session.ts";
import { identifier, quoted } from "../../sessions/sql/database.ts";
import { equal, tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isName, solid } from "../../sessions/sql/sql-outline.ts";
import { sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { rowsOf } from "../../tools/facts.ts";
import { isEmpty } from "../rewrites/made-up-times.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

const EXAMPLES = 4; // of the values of a column that has many

type Column = TableInfo["columns"][number];
type Look = (query: string) => Promise<SqlResult>;

/** It is told below the result, then asked about once; then the user is told. */
export function unknownValues(task: Task): Guard {
  let facts: string[] = [];
  return {
    async after(call, outcome) {
      const table = rowsOf(outcome.facts);
      const query = table !== undefined && isEmpty(table) ? queryThatRan(call, outcome) : undefined;
      facts = query === undefined ? [] : await unknownIn(query, task);
      if (facts.length === 0) return undefined;
      return { instead: { ...outcome, content: [outcome.content, ...facts.map((fact) => `(${fact})`)].join("\n") } };
    },
    atAnswer: (text) => otherQuestion(text, facts),
  };
}

async function unknownIn(query: string, { options, conversation, tables: all }: Task): Promise<string[]> {
  const { session, signal } = options.context;
  const tables = tablesIn(query, await all());
  const known = await columnValues(session, tables, signal);
  const look = (text: string) =>
    session.sql(text, { locked: true, isQuiet: true, maxRows: EXAMPLES, ...(signal && { signal }) });
  const asked = conversation.map(({ messages }) => String(messages[0]?.content ?? ""));
  const tokens = solid(sqlTokens(query));
  const facts = tokens.map(async (token, i) => {
    const value = tokens[i + 2];
    if (!isName(token) || tokens[i + 1]?.text !== "=" || value?.kind !== "string") return [];
    const isMeant = ({ name, type }: Column) => type === "VARCHAR" && equal(name, unquoted(token));
    const owners = tables.flatMap((table) => table.columns.filter(isMeant).map(({ name }) => ({ table, name })));
    const [owner, ...others] = owners;
    if (!owner || others.length > 0) return [];
    const { table, name } = owner;
    const few = known.get(table.name)?.get(name);
    if (few)
      return few.includes(unquoted(value)) ? [] : [`no row has ${name} = ${value.text}; its values are ${listOf(few)}`];
    const isNamed = asked.some((question) => wholeWord(unquoted(value)).test(question)); // there may be none of it
    return isNamed ? [] : absentIn(table, name, value.text, look);
  });
  return (await Promise.all(facts.map((one) => one.catch(() => [])))).flat();
}

/** A column of many values, some of which are told. */
async function absentIn({ name: table }: TableInfo, name: string, text: string, look: Look): Promise<string[]> {
  const column = identifier(name);
  const { rows: held } = await look(`SELECT 1 FROM ${table} WHERE ${column} = ${text} LIMIT 1`);
  if (held.length > 0) return [];
  const { rows } = await look(
    `SELECT DISTINCT ${column} AS value FROM ${table} WHERE ${column} IS NOT NULL ORDER BY 1`,
  );
  return [`no row has ${name} = ${text}; its values are such as ${listOf(rows.map(({ value }) => String(value)))}`];
}

function listOf(values: readonly string[]): string {
  return values.map(quoted).join(", ");
}
