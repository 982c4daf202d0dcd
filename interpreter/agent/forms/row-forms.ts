// The forms in which a result's rows may stand: a list, lines, a table, CSV.
import type { Language } from "../../languages/index.ts";
import { exactText } from "../../sessions/number-text.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { cellText } from "../../tools/text-table.ts";
import type { RowsShape } from "../question/asked-form.ts";
import { exactNumber } from "./json-form.ts";
import { renamed } from "./match-columns.ts";
import { measureName } from "./measure-name.ts";

type Kind = RowsShape["kind"];

/** Forms whose rows are texts. */
const JOINED: Readonly<Partial<Record<Kind, (rows: readonly string[], shape: RowsShape) => string>>> = {
  list: (rows) => lined(rows.map((row) => `- ${row}`)),
  numbered: (rows) => lined(rows.map((row, i) => `${i + 1}. ${row}`)),
  lines: lined,
  separated: (rows, { separator = ", " }) => rows.join(separator),
};

const WRITERS: Readonly<Partial<Record<Kind, (table: SqlResult) => string>>> = {
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
  separated: /^[^\n]*$/,
  table: /\|\s*:?-{3,}/,
  csv: /^[^\n]*,[^\n]*\n/,
  "csv-semicolons": /^[^\n]*;[^\n]*\n/,
  tsv: /^[^\n]*\t[^\n]*\n/,
  "json-lines": /^\{.*\}(?:\n\{.*\})*$/,
  yaml: /^- \S+:/m,
};

/** undefined where the result has no column for a name that the question gives. */
export function writeRows(shape: RowsShape, table: SqlResult): string | undefined {
  const { kind, header } = shape;
  const named = header ? renamed(table, header) : table;
  return named && (joinedRows(items(named, kind), shape) ?? WRITERS[kind]?.(named));
}

/** Texts of rows as a list, lines, or with a separator between them; undefined where rows are no texts. */
export function joinedRows(rows: readonly string[], shape: RowsShape): string | undefined {
  return JOINED[shape.kind]?.(rows, shape);
}

/** Whether the form is a way to write rows: there is no value of it to choose. */
export function isOfRows(shape: { readonly kind: string }): shape is RowsShape {
  return shape.kind in WRITERS || shape.kind in JOINED;
}

/** Whether each row is a line. */
export function isLined({ kind }: { readonly kind: string }): boolean {
  return kind === "lines" || kind === "list" || kind === "numbered";
}

/** One row of several numbers as a row for each, with its column's name: "mean: 12". @param written the same rows, as texts */
export function asLines(table: SqlResult, written: SqlResult, language: Language): SqlResult {
  const { columns, rows } = table;
  const [row] = written.rows;
  const isOfNumbers = columns.every(({ name }) => typeof rows[0]?.[name] === "number");
  if (!row || rows.length > 1 || columns.length < 2 || !isOfNumbers) return written;
  return {
    columns: ["name", "value"].map((name) => ({ name, type: "VARCHAR" })),
    rows: columns.map(({ name }) => ({ name: measureName(name, language), value: row[name] })),
    rowCount: columns.length,
  };
}

/** Of no rows: what the form has without any, else a sentence that says so. */
export function emptyForm(shape: { readonly kind: string }, table: SqlResult, language: Language): string {
  if (shape.kind === "json") return "layout" in shape && shape.layout === "keyed" ? "{}" : "[]";
  return (isOfRows(shape) && !hasTypes(shape) && WRITERS[shape.kind]?.(table)) || language.sentences.none;
}

/** Whether numbers and texts are told apart in it: a number stays one. */
export function hasTypes({ kind }: RowsShape): boolean {
  return kind === "yaml" || kind === "json-lines";
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

/** "Oslo: 12, 3"; between commas as "Oslo 12". */
function items({ columns, rows }: SqlResult, kind: Kind): string[] {
  const [first, ...others] = columns.map(({ name }) => name);
  if (kind === "separated" && rows.length === 1) return columns.map(({ name }) => cellText(rows[0]?.[name]));
  return rows.map((row) => {
    const told = others.map((name) => cellText(row[name])).join(", ");
    return `${cellText(row[first!])}${told && `${kind === "separated" ? " " : ": "}${told}`}`;
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
  if (typeof value === "number") return Number(exactText(value));
  return typeof value === "bigint" ? exactNumber(value) : value;
}
