// What is read off a table's description.
import type { TableInfo } from "./session.ts";

/** The name without quotes, as a table's or as a query has it. */
export function fileOf({ name }: Pick<TableInfo, "name">): string {
  return name.replace(/^['"]|['"]$/g, "");
}

/** The file's name without folder and ending, as models write it: cars of 'data/cars.csv'. */
export function stemOf(table: Pick<TableInfo, "name">): string {
  return fileOf(table)
    .replace(/^.*\//, "")
    .replace(/\.\w+$/, "");
}

/** Whether a query names the table, be it without folder and ending. */
export function queryNames(query: string, table: Pick<TableInfo, "name">): boolean {
  return query.toLowerCase().includes(stemOf(table).toLowerCase());
}

/** @param type of a column, as DuckDB writes it */
export function isNumeric(type: string): boolean {
  return /INT|DOUBLE|FLOAT|DECIMAL/.test(type);
}

/** Of a column that holds days, or days with times. */
export function isTime(type: string): boolean {
  return /^(DATE|TIMESTAMP)/.test(type);
}

const UNIT = /\s*[([（［][^)\]）］]*[)\]）］]\s*$/u; // in brackets behind a column's name

/** delay of "delay (min)", 遅延 of 遅延（分） */
export function withoutUnit(column: string): string {
  return column.replace(UNIT, "") || column;
}
