// Records in the midst of a table that are none of its rows: the names once more, comments, lines of blanks; and where
// another table begins.
import { identifier } from "../sessions/sql/database.ts";
import type { TextRecord } from "./delimited-text.ts";
import { isHeader, isValue } from "./header.ts";
import { filled, shown } from "./shown-records.ts";

const MAX_LEFT_OUT = 50; // distinct ones: each is a condition of every query
const LOOKED_AT = 100; // rows below another row of names
const MIN_DRAWN = 3; // characters of a line: - and -- are missing values

export interface OddRecords {
  readonly records: readonly TextRecord[];
  readonly notes: readonly string[];
}

/** @param names the row of names, where there is one */
export function oddRecords(records: readonly TextRecord[], names: TextRecord | undefined): OddRecords {
  const isBlank = ({ fields }: TextRecord) => filled(fields) === 0 && fields.some((field) => field !== "");
  const isComment = ({ fields }: TextRecord) => /^\s*#/.test(fields[0] ?? "") && filled(fields) === 1;
  const isNames = ({ fields }: TextRecord) =>
    names !== undefined && fields.length > 1 && names.fields.every((name, i) => name === (fields[i] ?? ""));
  const isWide = (names?.fields.length ?? 0) > 1;
  const comments = isWide ? distinct(records.filter((record) => isComment(record) || isDrawn(record))) : [];
  const repeated = records.filter(isNames);
  const blank = isWide ? distinct(records.filter(isBlank)) : [];
  const odd = [...comments, ...repeated];
  const next = isWide ? nextTable(records.filter((record) => !odd.includes(record))) : undefined;
  return {
    records: [...comments, ...repeated.slice(0, 1), ...blank],
    notes: [
      ...(comments.length > 0 ? [`comments within the table, left out: ${shown(comments)}`] : []),
      ...(repeated.length > 0 ? ["rows that repeat the names are left out"] : []),
      ...(next === undefined ? [] : [next]),
    ],
  };
}

/** A line of dashes. */
export function isDrawn({ fields }: TextRecord): boolean {
  const text = fields.join("").replace(/\s/g, "");
  return text.length >= MIN_DRAWN && /^[-=+_|]+$/.test(text);
}

function distinct(records: readonly TextRecord[]): TextRecord[] {
  return [...new Map(records.map((record) => [JSON.stringify(record.fields), record])).values()].slice(0, MAX_LEFT_OUT);
}

/** Where another table begins among the rows of one: words behind an empty row, with values below them. */
export function nextTable(records: readonly TextRecord[]): string | undefined {
  const at = records.findIndex(({ fields, line }, i) => {
    const before = records[i - 1];
    if (before === undefined || (line === before.line + 1 && filled(before.fields) > 0)) return false;
    if (filled(fields) < 2 || fields.some(isValue)) return false;
    const rest = records.slice(i + 1, i + 1 + LOOKED_AT);
    const hasValues = fields.some((_, at) => rest.length > 0 && rest.every((one) => isValue(one.fields[at] ?? "")));
    return hasValues && isHeader(fields, rest);
  });
  if (at < 0) return undefined;
  const rows = records.slice(0, at).filter(({ fields }) => filled(fields) > 0).length;
  const begins = `at ${shown([records[at]!])} another table seems to begin, below an empty row: it is read as rows of this one`;
  return `${begins}; LIMIT ${rows} at the end of a query takes the first, OFFSET ${rows + 1} the other`;
}

export interface SheetColumn {
  readonly name: string; // "" for one without
  readonly isEmpty: boolean;
}

/** Where tables stand beside each other: names on both sides of a column that has none and no values. */
export function tablesBeside(columns: readonly SheetColumn[]): string | undefined {
  const groups: SheetColumn[][] = [[]];
  for (const column of columns) {
    if (column.isEmpty && column.name === "") groups.push([]);
    else groups.at(-1)!.push(column);
  }
  const tables = groups.filter((group) => group.length > 0);
  const areTables = tables.every((group) => group.length > 1 && group.every(({ name }) => name !== ""));
  if (tables.length < 2 || !areTables) return undefined;
  const named = tables.map((group) => `${group[0]!.name} to ${group.at(-1)!.name}`);
  const key = identifier(tables[1]![0]!.name);
  return `an empty column stands between ${named.join(" and ")}: where these are tables of their own, select the columns of one, with WHERE ${key} IS NOT NULL for the second`;
}
