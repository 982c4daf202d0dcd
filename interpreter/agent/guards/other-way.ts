// Another way for a query that keeps failing. A small model that is told to correct it writes the same one again.
import type { ToolCall } from "../../chat-model.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { fromOtherTable } from "../../sessions/sql/mends/names.ts";
import { outlineOf, solid, tokensOf } from "../../sessions/sql/sql-outline.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { fileOf, queryNames } from "../../sessions/table-info.ts";
import { codeThatRan } from "../../tools/facts.ts";
import { callSchema } from "../code-blocks.ts";
import type { CallOutcome } from "../run-call.ts";
import type { Task } from "../task.ts";
import type { NextRequest } from "./guard.ts";

const MAX_ITEM_TOKENS = 8; // of a column that is simple enough to begin with

export interface OtherWay {
  readonly say: string;
  readonly next?: NextRequest;
}

/**
 * The statistics call where a test was asked for; the table that has the columns; one column at a time; else a look at
 * the table.
 */
export async function otherWay(task: Task, call: ToolCall): Promise<OtherWay> {
  const { dialect, options, question, tables, made } = task;
  const schema = await dialect.answerSchema(question, options.tools, tables);
  if (schema) return { say: "Answer by the call that fits, and not by a query.", next: { schema } };
  const query = queryOf(call);
  const isQuery = call.name === "run_sql";
  const all = isQuery ? await tables() : [];
  for (const failed of isQuery ? [query, ...made.map((one) => queryOf(one.call)).reverse()] : []) {
    const found = fromOtherTable(failed, all);
    if (found) return { say: `${fileOf(found.other)} has these columns. Write:\n${found.query}` };
  }
  const simpler = isQuery ? (lookAtOnly(query, all) ?? simplerQuery(query)) : undefined;
  if (simpler === undefined || simpler === query) return { say: "Write it in another way, in smaller steps." };
  task.proposed.push(simpler);
  return { say: `Write it in another way, one step at a time. Begin with:\n${simpler}` };
}

/** Where there is one table, and the query names another: a few rows of the one. */
function lookAtOnly(query: string, tables: readonly TableInfo[]): string | undefined {
  const [only, ...more] = tables;
  const isNamed = only !== undefined && queryNames(query, only);
  return only === undefined || more.length > 0 || isNamed ? undefined : `SELECT * FROM ${only.name} LIMIT 3`;
}

/** The next answer is a query: asked in words only, a model may talk on. */
export function heldToQuery({ options }: Pick<Task, "options">): { readonly next?: NextRequest } {
  const runSql = options.tools.find(({ name }) => name === "run_sql");
  return runSql ? { next: { schema: callSchema(runSql) } } : {};
}

/** The same table and filter with one of the columns; or a few of its rows, where there is one already. */
export function simplerQuery(query: string): string | undefined {
  const outline = outlineOf(query);
  const { selects, outer } = outline;
  const inner = selects.find((select) => /^\s*['"\p{L}]/u.test(sqlText(tokensOf(outline, select, "from"))));
  if (!outer || !inner) return undefined;
  const text = (clause: "from" | "where") =>
    sqlText(tokensOf(outline, inner, clause))
      .replace(/\s+/g, " ")
      .trim();
  const [table = ""] = text("from").split(/\s+(?:join|left|inner|right|full|cross|on|as)\s|,/i);
  const plain = inner.items.find(({ expression }) => {
    const words = solid(expression);
    return (
      words.length > 0 &&
      words.length <= MAX_ITEM_TOKENS &&
      !words.some(({ text }) => /^(over|case|select)$/i.test(text))
    );
  });
  const isSimple = selects.length === 1 && inner.items.length === 1 && text("from") === table;
  if (plain === undefined || isSimple) return `SELECT * FROM ${table} LIMIT 3`;
  const where = text("where");
  const isOneTable = text("from") === table;
  return `SELECT ${sqlText(plain.expression).trim()} FROM ${text("from")}${where !== "" && isOneTable ? ` WHERE ${where}` : ""} LIMIT 5`;
}

/** The query of a call that ran one, as it ran; undefined where the call is of another kind, or failed. */
export function queryThatRan(call: ToolCall, { failed, facts }: CallOutcome): string | undefined {
  return failed || call.name !== "run_sql" ? undefined : (codeThatRan(facts) ?? queryOf(call));
}

/** "" where the call holds none. */
export function queryOf(call: ToolCall): string {
  try {
    const { query } = JSON.parse(call.arguments) as { query?: unknown };
    return typeof query === "string" ? query : "";
  } catch {
    return "";
  }
}
