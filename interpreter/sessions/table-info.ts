// What is read off a table's description.
import { wholeWord } from "../escape-regexp.ts";
import type { TableInfo } from "./session.ts";

/** The name without quotes, as a table's or as a query has it. */
export function fileOf({ name }: Pick<TableInfo, "name">): string {
  return name.replace(/^['"]|['"]$/g, "");
}

/** The file's name without folder and ending, as models write it: cars of 'data/cars.csv'. Of '*.csv' it would be any sign. */
export function stemOf(table: Pick<TableInfo, "name">): string {
  const file = fileOf(table).replace(/^.*\//, "");
  const stem = file.replace(/\.\w+$/, "");
  return /^[*?]+$/.test(stem) ? file : stem;
}

/** Whether a query names the table, be it without folder and ending. */
export function queryNames(query: string, table: Pick<TableInfo, "name">): boolean {
  return wholeWord(stemOf(table)).test(query);
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

const UNIT_WORD =
  /_(?:mm|cm|km|km_?h|kmh|mph|kg|mg|ml|m2|m3|min|mins|minutes|sec|secs|seconds|hrs?|hours|eur|usd|gbp|chf|jpy|pct|percent|kwh|mwh|kb|mb|gb)$/i;

/** delay of delay_min, too: it may be one of several delays. */
export function withoutUnitWord(column: string): string {
  return withoutUnit(column).replace(UNIT_WORD, "") || column;
}

const IDENTIFIES = /(^|[_ ])(id|nr|no|key|code)$|(番号|编号|单号|编码|コード)$/iu;

/** Whether a column's name says that its numbers are names: trip_id, 注文番号. */
export function isIdentifier(column: string): boolean {
  return IDENTIFIES.test(column);
}

/** trip of trip_id */
export function withoutIdentifier(column: string): string {
  return column.replace(IDENTIFIES, "") || column;
}
