import { z } from "zod";
import { joinKeys } from "../context/join-keys.ts";
import { ToolCallError } from "../errors.ts";
import type { TableInfo } from "../sessions/session.ts";
import { runMended, withMeantValues } from "../sessions/sql/mend-query.ts";
import { missingColumn } from "../sessions/sql/mends/mend.ts";
import { missingTable, noSuchTable } from "../sessions/sql/missing-table.ts";
import { withoutMembers } from "../sessions/sql/table-families.ts";
import { queryNames } from "../sessions/table-info.ts";
import type { Fact } from "./facts.ts";
import { type RenamedColumn, renamedColumns, sharesWord } from "./renamed-columns.ts";
import { textTable } from "./text-table.ts";
import { cutMiddle, defineTool, type Tool, type ToolContext } from "./tool.ts";

/** Rows that the model reads of a result; the rest is in the count. */
const MAX_ROWS = 20;
const LOOKED_AT = 1_000; // rows of what is looked up beside the query
const MAX_TABLES_IN_ERROR = 4;
/** UTF-16 units. A query is looked through many times, also by what takes the square of its length. */
const MAX_QUERY = 20_000;

/** SQL over the notebook's files and arrays. Locked: it reads the folder and nothing else, so it needs no question. */
export const runSql = runSqlTool({ mend: true });

/** @param options.mend puts small mistakes right; without, for bench/analyst, which measures what that brings */
export function runSqlTool({ mend }: { mend: boolean }): Tool {
  return defineTool({
    name: "run_sql",
    description: "Runs one DuckDB SQL query and returns its rows.",
    effect: "reads",
    parameters: z.object({ query: z.string().min(1) }),
    preview: ({ query }) => ({ language: "sql", code: query }),
    async check({ query }) {
      if (query.length > MAX_QUERY)
        throw new ToolCallError(`the query has ${query.length} characters, and ${MAX_QUERY} are the most`);
    },
    async execute({ query }, context) {
      const { session, signal } = context;
      try {
        const options = { locked: true, maxRows: MAX_ROWS, ...(signal && { signal }) };
        const run = (text: string) => session.sql(text, options);
        const look = (text: string) => session.sql(text, { ...options, maxRows: LOOKED_AT, isQuiet: true });
        const tables = async () => (mend ? toldFor(query, context) : []);
        const keysOf = (two: readonly TableInfo[]) => joinKeys(session, two, signal);
        const ran = await runMended(query, tables, run, context.question, { keysOf, look });
        const mended = mend ? await withMeantValues(ran, tables, run, { keysOf, look }) : ran;
        signal?.throwIfAborted();
        const read = mended.notes.flatMap((note) => /^\((.+) is read as /.exec(note)?.[1] ?? []); // the model's own words for a column
        const isRead = ({ asked }: RenamedColumn) => read.some((name) => sharesWord(name, asked));
        const renamed = mend ? renamedColumns(mended.query).filter((one) => !isRead(one)) : [];
        const content = [textTable(mended.result, MAX_ROWS), ...mended.notes, ...renamed.map(doubt)].join("\n");
        const { query: code, result: table } = mended;
        const noted = mended.notes.map((note) => ({ kind: "noted" as const, note }));
        const facts: Fact[] = [{ kind: "rows", table }, ...noted];
        if (mend) facts.push({ kind: "ran", code }, ...renamed.map((one) => ({ kind: "renamed" as const, ...one })));
        return { content: cutMiddle(content), cell: sqlCell(code), facts };
      } catch (error) {
        context.signal?.throwIfAborted();
        const lacked = await lackedColumn(error, context);
        const facts: Fact[] = lacked === undefined ? [] : [{ kind: "lacks", column: lacked }];
        const table = missingTable(messageOf(error), query);
        if (table !== undefined) facts.push({ kind: "lacks-table", table });
        throw new ToolCallError(await repairHint(error, query, context), { cause: error, facts });
      }
    },
  });
}

function doubt({ alias, expression }: RenamedColumn): string {
  return `(${alias} is computed as ${expression}. If that is not what was asked, answer: This cannot be answered, there is no column for it.)`;
}

/** The query as a TypeScript cell: its rows are shown, and it runs again without a model. */
export function sqlCell(query: string): string {
  const escaped = query
    .trim()
    .replace(/;\s*$/, "")
    .replace(/[\\`]|\$\{/g, "\\$&");
  return `await sql\`${escaped.includes("\n") ? `\n${escaped}\n` : escaped}\``;
}

/** The tables as the model is told of them, and what the query reads besides. */
async function toldFor(query: string, { session, question = "" }: ToolContext): Promise<readonly TableInfo[]> {
  return withoutMembers(await session.tables(), { question, used: query });
}

/** The column that no table of the notebook has, where that is what is wrong. */
async function lackedColumn(error: unknown, { session }: ToolContext): Promise<string | undefined> {
  const missing = error instanceof Error ? missingColumn(error.message) : undefined;
  const tables = missing === undefined ? [] : await session.tables().catch(() => []);
  const has = ({ name }: { name: string }) => name.toLowerCase() === missing?.toLowerCase();
  return tables.some(({ columns }) => columns.some(has)) ? undefined : missing;
}

/** DuckDB's first lines, and the real columns of the tables that the query names (of all, if it names none). */
async function repairHint(error: unknown, query: string, context: ToolContext): Promise<string> {
  const message = messageOf(error);
  const lines = message.split("\n").filter((line) => line.trim() !== "" && !/^\s*\^|^LINE \d/.test(line));
  const tables = await toldFor(query, context).catch(() => []);
  const named = tables.filter((table) => queryNames(query, table));
  const shown = (named.length > 0 ? named : tables).slice(0, MAX_TABLES_IN_ERROR);
  const columns = shown.map(({ name, problem, columns }) => {
    return problem === undefined ? `Columns of ${name}: ${columns.map((column) => column.name).join(", ")}` : problem;
  });
  const missing = missingTable(message, query);
  const told =
    missing === undefined
      ? lines.slice(0, 3)
      : [
          noSuchTable(
            missing,
            tables.map(({ name }) => name),
          ),
        ];
  const hints = [...told, ...columns, ...wayOut(missingColumn(message), shown, tables)];
  return [...new Set(hints)].join("\n"); // why a file cannot be read may be in the error, too
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** For a column that the query's tables lack: where it is, or that it is nowhere. */
function wayOut(missing: string | undefined, named: readonly TableInfo[], tables: readonly TableInfo[]): string[] {
  if (missing === undefined) return [];
  const has = (table: TableInfo) => table.columns.some(({ name }) => name.toLowerCase() === missing.toLowerCase());
  const others = tables.filter((table) => !named.includes(table) && has(table));
  if (others.length === 0) return ["If no column holds it, say that it cannot be answered."];
  return others.map(
    (table) => `${missing} is a column of ${table.name}: ${table.columns.map(({ name }) => name).join(", ")}`,
  );
}

/** "'cars.csv' (406 rows): name VARCHAR, mpg DOUBLE" */
export function tableLine({ name, rowCount, columns, problem }: TableInfo): string {
  if (problem !== undefined) return `${name} cannot be read: ${problem}`;
  const rows = rowCount === undefined ? "" : ` (${rowCount} rows)`;
  return `${name}${rows}: ${columns.map((column) => `${column.name} ${column.type}`).join(", ")}`;
}
