import { z } from "zod";
import { ToolCallError } from "../errors.ts";
import type { TableInfo } from "../sessions/session.ts";
import { textTable } from "./text-table.ts";
import { cutMiddle, defineTool, type ToolContext } from "./tool.ts";

/** Rows that the model reads of a result; the rest is in the count. */
const MAX_ROWS = 20;
const MAX_TABLES_IN_ERROR = 4;

/** SQL over the notebook's files and arrays. Locked: it reads the folder and nothing else, so it needs no question. */
export const runSql = defineTool({
  name: "run_sql",
  description: "Runs one DuckDB SQL query and returns its rows.",
  effect: "reads",
  parameters: z.object({ query: z.string().min(1) }),
  preview: ({ query }) => ({ language: "sql", code: query }),
  async execute({ query }, context) {
    try {
      const result = await context.session.sql(query, {
        locked: true,
        maxRows: MAX_ROWS,
        ...(context.signal && { signal: context.signal }),
      });
      return { content: cutMiddle(textTable(result, MAX_ROWS)), cell: sqlCell(query), table: result };
    } catch (error) {
      context.signal?.throwIfAborted();
      throw new ToolCallError(await repairHint(error, query, context), { cause: error });
    }
  },
});

/** The query as a TypeScript cell: its rows are shown, and it runs again without a model. */
export function sqlCell(query: string): string {
  const escaped = query
    .trim()
    .replace(/;\s*$/, "")
    .replace(/[\\`]|\$\{/g, "\\$&");
  return `await sql\`${escaped.includes("\n") ? `\n${escaped}\n` : escaped}\``;
}

/** DuckDB's first lines, and the real columns of the tables that the query names (of all, if it names none). */
async function repairHint(error: unknown, query: string, { session }: ToolContext): Promise<string> {
  const message = error instanceof Error ? error.message : String(error);
  const lines = message.split("\n").filter((line) => line.trim() !== "" && !/^\s*\^|^LINE \d/.test(line));
  const tables = await session.tables().catch(() => []);
  const named = tables.filter((table) => query.toLowerCase().includes(bareName(table.name)));
  const shown = (named.length > 0 ? named : tables).slice(0, MAX_TABLES_IN_ERROR);
  const columns = shown.map((table) => `Columns of ${table.name}: ${table.columns.map(({ name }) => name).join(", ")}`);
  return [...lines.slice(0, 3), ...columns].join("\n");
}

/** 'cars.csv' -> cars: models leave quotes and endings out. */
function bareName(name: string): string {
  return name
    .replace(/^['"]|['"]$/g, "")
    .replace(/^.*\//, "")
    .replace(/\.\w+$/, "")
    .toLowerCase();
}

/** "'cars.csv' (406 rows): name VARCHAR, mpg DOUBLE" */
export function tableLine({ name, rowCount, columns }: TableInfo): string {
  const rows = rowCount === undefined ? "" : ` (${rowCount} rows)`;
  return `${name}${rows}: ${columns.map((column) => `${column.name} ${column.type}`).join(", ")}`;
}
