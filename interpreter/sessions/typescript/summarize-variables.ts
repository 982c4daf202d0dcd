// What the values of the session are, in a line each: the runtime's half of variables().
import { inspect } from "node:util";
import { columnsOf, type Row } from "./table-data.ts";
import { rowCountOf, rowsOf } from "./table-rows.ts";
import { withinTime } from "./within-time.ts";

const MAX_SUMMARY_CHARACTERS = 120;
const ONE_WITHIN_MS = 1_000; // most take microseconds; what a user's getter computes may take for ever
const ALL_WITHIN_MS = 5_000;
const SAMPLED_ROWS = 100; // a column's type is told from these

export interface VariableSummary {
  readonly name: string;
  readonly summary: string;
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
}

/** One that cannot be looked at is told so, and stands in no other's way. */
export function summarizeVariables(
  variables: Readonly<Record<string, unknown>>,
  names: readonly string[],
): VariableSummary[] {
  return looked(variables, names).map(({ name, summary }) => summary ?? { name, summary: "cannot be looked at" });
}

/** The names of those that can be looked at. */
export function legibleNames(variables: Readonly<Record<string, unknown>>, names: readonly string[]): string[] {
  return looked(variables, names).flatMap(({ name, summary }) => (summary ? [name] : []));
}

function looked(variables: Readonly<Record<string, unknown>>, names: readonly string[]) {
  const end = performance.now() + ALL_WITHIN_MS;
  return names
    .filter((name) => name in variables)
    .map((name): { name: string; summary: VariableSummary | undefined } => {
      const left = Math.min(ONE_WITHIN_MS, Math.ceil(end - performance.now()));
      try {
        const summary = left > 0 ? withinTime(left, () => summarize(name, variables[name])) : undefined;
        return { name, summary };
      } catch {
        return { name, summary: undefined };
      }
    });
}

function summarize(name: string, value: unknown): VariableSummary {
  const count = rowCountOf(value);
  if (count !== undefined) {
    return { name, summary: rows(count), columns: tableColumns(rowsOf(value, SAMPLED_ROWS) ?? []) };
  }
  if (Array.isArray(value)) return { name, summary: `${value.length} items: ${oneLine(value)}` };
  if (typeof value === "function") return { name, summary: "function" };
  return { name, summary: oneLine(value) };
}

/** Columns with JavaScript's types: "number", "string | null", "Date". */
function tableColumns(sample: readonly Row[]): { name: string; type: string }[] {
  return columnsOf(sample).map((name) => {
    const types = new Set(sample.map((row) => typeName(row[name])));
    return { name, type: [...types].sort().join(" | ") };
  });
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  return value.constructor?.name ?? "object";
}

function rows(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}

function oneLine(value: unknown): string {
  const options = { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 5, maxStringLength: 60 };
  const text = inspect(value, options).replaceAll(/\s+/g, " ");
  return text.length <= MAX_SUMMARY_CHARACTERS ? text : `${text.slice(0, MAX_SUMMARY_CHARACTERS)}…`;
}
