// Records in the midst of a table that are none of its rows: the names once more, comments, lines of blanks; and where
// another table begins.
import type { TextRecord } from "./delimited-text.ts";
import { isHeader, isValue } from "./header.ts";
import { filled, shown } from "./shown-records.ts";

const MAX_LEFT_OUT = 50; // distinct ones: each is a condition of every query
const LOOKED_AT = 100; // rows below another row of names

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
  const comments = isWide ? distinct(records.filter(isComment)) : [];
  const repeated = records.filter(isNames);
  const blank = isWide ? distinct(records.filter(isBlank)) : [];
  const next = isWide ? nextTable(records) : undefined;
  return {
    records: [...comments, ...repeated.slice(0, 1), ...blank],
    notes: [
      ...(comments.length > 0 ? [`comments within the table, left out: ${shown(comments)}`] : []),
      ...(repeated.length > 0 ? ["rows that repeat the names are left out"] : []),
      ...(next === undefined ? [] : [anotherTable(next)]),
    ],
  };
}

function distinct(records: readonly TextRecord[]): TextRecord[] {
  return [...new Map(records.map((record) => [JSON.stringify(record.fields), record])).values()].slice(0, MAX_LEFT_OUT);
}

/** The row of names of another table: words behind an empty row, with values below them. */
export function nextTable<T extends TextRecord>(records: readonly T[]): T | undefined {
  return records.find(({ fields, line }, i) => {
    const before = records[i - 1];
    if (before === undefined || (line === before.line + 1 && filled(before.fields) > 0)) return false;
    if (filled(fields) < 2 || fields.some(isValue)) return false;
    const rest = records.slice(i + 1, i + 1 + LOOKED_AT);
    const hasValues = fields.some((_, at) => rest.length > 0 && rest.every((one) => isValue(one.fields[at] ?? "")));
    return hasValues && isHeader(fields, rest);
  });
}

export function anotherTable(names: TextRecord): string {
  return `at ${shown([names])} another table seems to begin, below an empty row: it is read as rows of this one`;
}
