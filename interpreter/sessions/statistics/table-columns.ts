// The columns that a test needs, with the rows in which all of them are known.
import type { RunQuery } from "../charts/chart-data.ts";
import { findColumn } from "../charts/find-column.ts";
import { tableSource } from "../charts/table-source.ts";
import { identifier } from "../sql/database.ts";
import { need } from "./statistics-error.ts";

const MAX_ROWS = 1_000_000;
const NUMBERS = /INT|^(FLOAT|DOUBLE|DECIMAL|BOOLEAN)/;
const DATES = /^(DATE|TIMESTAMP)/;

/** What a column has to hold: numbers (yes and no are 1 and 0), dates, or groups, which are anything, as text. */
export type Kind = "numbers" | "numbers or texts" | "dates" | "groups";

export interface WantedColumn {
  readonly name: string;
  readonly kind: Kind;
}

type Value = number | string;

export interface TableColumns {
  readonly columns: readonly { readonly name: string; readonly isText: boolean; readonly isYesNo: boolean }[]; // as wanted
  readonly rows: readonly (readonly Value[])[];
  readonly at: readonly number[]; // of each row: its place in the table
  readonly count: number; // rows of the table
  readonly leftOut: number;
}

/** @throws StatisticsError, SqlError */
export async function readColumns(
  table: string,
  wanted: readonly WantedColumn[],
  run: RunQuery,
  orderBy = "",
): Promise<TableColumns> {
  const from = tableSource(table);
  const { columns } = await run(`SELECT * FROM ${from} LIMIT 0`, 1);
  const chosen = wanted.map(({ name, kind }) => {
    const { found, problem } = findColumn(name, columns);
    need(found !== undefined, problem);
    return { name: found.name, ...converted(found.name, found.type, kind) };
  });
  const list = chosen.map(({ sql }, i) => `${sql} AS c${i}`).join(", ");
  const { rows: read, rowCount } = await run(`SELECT ${list} FROM ${from} ${orderBy}`, MAX_ROWS);
  need(
    read.length === rowCount,
    `${rowCount} rows are too many: take some of them, as in table: "SELECT * FROM ${from} USING SAMPLE 100000"`,
  );
  const all = read.map((row) => chosen.map((_, i) => row[`c${i}`]));
  const at = all.flatMap((row, i) => (row.every(isKnown) ? [i] : []));
  const rows = at.map((i) => all[i] as Value[]);
  return { columns: chosen, rows, at, count: rowCount, leftOut: rowCount - rows.length };
}

function converted(name: string, type: string, kind: Kind) {
  const column = identifier(name);
  const isYesNo = type === "BOOLEAN";
  const isNumber = NUMBERS.test(type);
  if (kind === "dates") {
    need(DATES.test(type), `${name} is ${type}, and dates are needed; cast it in a SELECT as the table`);
    return { sql: `CAST(${column} AS VARCHAR)`, isText: true, isYesNo };
  }
  need(kind !== "numbers" || isNumber, `${name} is ${type}, and numbers are needed`);
  if (kind === "groups" || !isNumber) return { sql: `CAST(${column} AS VARCHAR)`, isText: true, isYesNo };
  return { sql: `CAST(${column} AS DOUBLE)`, isText: false, isYesNo };
}

function isKnown(value: unknown): value is Value {
  return typeof value === "string" || (typeof value === "number" && Number.isFinite(value));
}

/** The numbers of one of the columns. */
export function numbersOf({ rows }: TableColumns, column = 0): number[] {
  return rows.map((row) => row[column] as number);
}

/** The numbers of the second column by the text of the first. */
export function groupsOf({ rows }: TableColumns): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [group, value] of [...rows].sort(([a], [b]) => (a! < b! ? -1 : a! > b! ? 1 : 0))) {
    const values = groups.get(String(group));
    if (values) values.push(value as number);
    else groups.set(String(group), [value as number]);
  }
  return groups;
}
