// The forms in which a result's rows may stand: a list, lines, a table, CSV.
import type { SqlResult } from "../../sessions/session.ts";
import { cellText } from "../../tools/text-table.ts";
import type { RowsShape } from "../question/asked-form.ts";
import { exactNumber } from "./json-form.ts";

const WRITERS: Readonly<Record<RowsShape["kind"], (table: SqlResult) => string>> = {
  list: (table) => lined(items(table, ": ").map((item) => `- ${item}`)),
  numbered: (table) => lined(items(table, ": ").map((item, i) => `${i + 1}. ${item}`)),
  lines: (table) => lined(items(table, ": ")),
  commas: (table) => items(table, " ").join(", "),
  table: tableOf,
  csv: (table) => delimited(table, ","),
  "csv-semicolons": (table) => delimited(table, ";"),
  tsv: (table) => delimited(table, "\t"),
  "json-lines": ({ rows }) => lined(rows.map((row) => JSON.stringify(row, plain))),
  yaml: yamlOf,
};

/** What an answer has where the model itself has kept the form. */
const LOOKS: Readonly<Record<RowsShape["kind"], RegExp>> = {
  list: /^\s*(?:[-*•]|\d+[.)])\s/m,
  numbered: /^\s*\d+[.)]\s/m,
  lines: /\S/,
  commas: /^[^\n]*$/,
  table: /\|\s*:?-{3,}/,
  csv: /^[^\n]*,[^\n]*\n/,
  "csv-semicolons": /^[^\n]*;[^\n]*\n/,
  tsv: /^[^\n]*\t[^\n]*\n/,
  "json-lines": /^\{.*\}(?:\n\{.*\})*$/,
  yaml: /^- \S+:/m,
};

export function writeRows({ kind }: RowsShape, table: SqlResult): string {
  return WRITERS[kind](table);
}

/** Whether the form is a way to write rows: there is no value of it to choose. */
export function isOfRows(shape: { readonly kind: string }): shape is RowsShape {
  return shape.kind in WRITERS;
}

/** Whether an answer has the form, and names every row. */
export function hasRows(text: string, { kind }: RowsShape, { columns, rows, rowCount }: SqlResult): boolean {
  const [key] = columns;
  const lower = text.toLowerCase();
  const isNamed = (row: SqlResult["rows"][number]) => lower.includes(cellText(row[key?.name ?? ""]).toLowerCase());
  return LOOKS[kind].test(text) && (rows.length < rowCount || rows.every(isNamed));
}

function lined(lines: readonly string[]): string {
  return lines.join("\n");
}

function items({ columns, rows }: SqlResult, between: string): string[] {
  const [first, ...others] = columns.map(({ name }) => name);
  return rows.map((row) => {
    const told = others.map((name) => cellText(row[name])).join(", ");
    return `${cellText(row[first!])}${told && `${between}${told}`}`;
  });
}

function tableOf({ columns, rows }: SqlResult): string {
  const names = columns.map(({ name }) => name);
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [
    line(names),
    `|${" --- |".repeat(names.length)}`,
    ...rows.map((row) => line(names.map((name) => cellText(row[name])))),
  ].join("\n");
}

/** As RFC 4180 has it, with a header; a missing value is empty. */
function delimited({ columns, rows }: SqlResult, delimiter: string): string {
  const names = columns.map(({ name }) => name);
  const cell = (value: unknown) => {
    const text =
      value === null || value === undefined ? "" : typeof value === "number" ? cellText(value) : String(value);
    return text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return lined(
    [names, ...rows.map((row) => names.map((name) => row[name]))].map((line) => line.map(cell).join(delimiter)),
  );
}

function yamlOf({ columns, rows }: SqlResult): string {
  const value = (one: unknown) => JSON.stringify(plain("", one) ?? null); // JSON's values are YAML's, too
  return lined(
    rows.flatMap((row) => columns.map(({ name }, i) => `${i === 0 ? "-" : " "} ${name}: ${value(row[name])}`)),
  );
}

function plain(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? exactNumber(value) : value;
}
