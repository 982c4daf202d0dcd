// What the model is told of the notebook. Names, values and cells are data: cleaned, cut, never instructions.
import { estimateTokens } from "../agent/conversation.ts";
import type { TableInfo, Variable } from "../sessions/session.ts";
import { type JoinKey, shownEnd } from "../sessions/sql/join-key.ts";
import { fileOf } from "../sessions/table-info.ts";
import { type ColumnValues, fewValues } from "./column-values.ts";
import { relevantTables } from "./relevant-tables.ts";

const MAX_COLUMNS = 40; // of one table; a wider one is described by describe_table
const MAX_OTHERS = 20; // tables that are told by name only
const MAX_TYPE_LENGTH = 120; // UTF-16 units from here on
const MAX_NOTES_LENGTH = 300; // of how a file is read
const MAX_SOURCE_LENGTH = 500;
const MAX_OUTPUT_LENGTH = 300;
const MAX_ERROR_LENGTH = 400;
const POINTED_AT = 3; // times as much of a cell that the question is about

const JOINED = "Tables are joined ON ";
const OTHERS = "Other tables: ";
// What stands before the cells that a question points at, before variables, and before earlier cells; tables come before the latter two.
const HEADINGS = { pointedAt: "The question is about:", variables: "Variables:", cells: "Cells:" };

export interface NotebookCell {
  readonly executionCount: number;
  readonly source: string;
  readonly outputText: string;
  readonly failed: boolean;
}

export interface NotebookState {
  readonly tables: readonly TableInfo[];
  readonly variables: readonly Variable[];
  readonly cells: readonly NotebookCell[]; // in the order in which they ran
  readonly values?: ColumnValues;
  readonly joins?: readonly JoinKey[];
  readonly pointedAt?: readonly NotebookCell[]; // cells that the question is about, by their numbers
  readonly namesOthers?: boolean; // default: true; tables that the question is not about
  readonly about?: readonly TableInfo[]; // tables that the question is about; default: as its words tell
}

/**
 * The rules, in this order: the cells that the question is about; the tables that it is about, with their columns
 * (relevant-tables.ts), of the others the names; variables, what it names first; cells, the newest first; a line that does
 * not fit is left out, and how many were is said. A table that is a variable is described once, as a table.
 */
export function describeNotebook(state: NotebookState, options: { question: string; budgetTokens: number }): string {
  const { question } = options;
  const budget = new Budget(options.budgetTokens);
  const tableNames = new Set(state.tables.map(({ name }) => name));

  const pointedAt = budget.take(
    (state.pointedAt ?? []).map((cell) => cellText(cell, POINTED_AT)),
    "cells",
  );
  const about = state.about ?? relevantTables(state.tables, { question }, state);
  const tables = budget.take(
    about.map((table) => tableText(table, fewValues(state.values?.get(table.name) ?? new Map()))),
    "tables",
  );
  const others = budget.take(state.namesOthers === false ? [] : otherTables(state.tables, about), "names of tables");
  const isAbout = (table: string) => about.some(({ name }) => name === table);
  const joins = budget.take(
    (state.joins ?? [])
      .filter(({ from }) => isAbout(from.table))
      .map(({ from, to }) => `${shownEnd(from)} = ${shownEnd(to)}`),
    "joins",
  );
  const variables = budget.take(
    namedFirst(
      state.variables.filter(({ name }) => !tableNames.has(name)),
      question,
    ).map(variableText),
    "variables",
  );
  const cells = budget.take(state.cells.map((cell) => cellText(cell)).reverse(), "earlier cells").reverse();

  return [
    pointedAt.length > 0 ? `${HEADINGS.pointedAt}\n${pointedAt.join("\n")}` : "",
    [...tables, ...others].join("\n"),
    joins.length > 0 ? `${JOINED}${joins.join("; ")}` : "",
    variables.length > 0 ? `${HEADINGS.variables}\n${variables.join("\n")}` : "",
    cells.length > 0 ? `${HEADINGS.cells}\n${cells.join("\n")}` : "",
  ]
    .filter(Boolean)
    .join("\n\n");
}

class Budget {
  #left: number;

  constructor(tokens: number) {
    this.#left = tokens;
  }

  /** The first entries that fit, and a line about those that do not. */
  take(entries: readonly string[], what: string): string[] {
    const taken: string[] = [];
    for (const entry of entries) {
      const tokens = estimateTokens(entry) + 1;
      if (tokens > this.#left) break;
      this.#left -= tokens;
      taken.push(entry);
    }
    const missing = entries.length - taken.length;
    if (missing > 0) taken.push(`(${missing} ${what} left out)`);
    return taken;
  }
}

function namedFirst<Named extends { readonly name: string }>(entries: readonly Named[], question: string): Named[] {
  const asked = question.toLowerCase();
  const isNamed = (entry: Named) => asked.includes(fileOf(entry).toLowerCase());
  return [...entries.filter(isNamed), ...entries.filter((entry) => !isNamed(entry))];
}

/** "Other tables: 'cars.csv', 'people.csv'" */
function otherTables(tables: readonly TableInfo[], about: readonly TableInfo[]): string[] {
  const names = tables.filter((table) => !about.includes(table)).map(({ name }) => oneLine(name, MAX_TYPE_LENGTH));
  if (names.length === 0) return [];
  const more = names.length > MAX_OTHERS ? `, and ${names.length - MAX_OTHERS} more` : "";
  return [`${OTHERS}${names.slice(0, MAX_OTHERS).join(", ")}${more}`];
}

/** Whether a description tells of tables, and the question does not point at cells: it is about what those say. */
export function tellsOfTables(description: string): boolean {
  return description !== "" && !Object.values(HEADINGS).some((heading) => description.startsWith(heading));
}

/** A description without the tables that `isMeant` denies: neither their values nor their names. */
export function onlyTables(description: string, isMeant: (name: string) => boolean): string {
  return description
    .split("\n\n")
    .map((block) => (tellsOfTables(block) && !block.startsWith(JOINED) ? tableLines(block, isMeant) : block))
    .join("\n\n");
}

function tableLines(block: string, isMeant: (name: string) => boolean): string {
  const nameOf = (line: string) =>
    /^(?:'(?:[^']|'')*'|[^\s:(]+)(?= \(\d+ rows\): |: | cannot be read: )/u.exec(line)?.[0];
  const lines = block.split("\n").filter((line) => !line.startsWith(OTHERS));
  const names = lines.map(nameOf);
  const isOnly = names.filter((name) => name !== undefined).length === 1 && lines.length === block.split("\n").length;
  return lines.filter((_, i) => isOnly || names[i] === undefined || isMeant(names[i])).join("\n");
}

/** "'cars.csv' (406 rows): mpg DOUBLE, origin VARCHAR ('USA', 'Japan')" */
function tableText(table: TableInfo, values: ReadonlyMap<string, readonly string[]>) {
  const { name, rowCount, columns, problem, notes = [] } = table;
  if (problem !== undefined)
    return `${oneLine(name, MAX_TYPE_LENGTH)} cannot be read: ${oneLine(problem, MAX_ERROR_LENGTH)}`;
  const shown = columns.slice(0, MAX_COLUMNS).map((column) => {
    const known = values.get(column.name)?.map((value) => `'${oneLine(value, MAX_TYPE_LENGTH)}'`);
    return `${oneLine(column.name, MAX_TYPE_LENGTH)} ${column.type}${known ? ` (${known.join(", ")})` : ""}`;
  });
  const more = columns.length > MAX_COLUMNS ? `, and ${columns.length - MAX_COLUMNS} more columns` : "";
  const rows = rowCount === undefined ? "" : ` (${rowCount} rows)`;
  const read = notes.length === 0 ? "" : ` (${oneLine(notes.join("; "), MAX_NOTES_LENGTH)})`;
  return `${oneLine(name, MAX_TYPE_LENGTH)}${rows}: ${shown.join(", ")}${more}${read}`;
}

function variableText({ name, type, summary }: Variable): string {
  return `${oneLine(name, MAX_TYPE_LENGTH)}: ${oneLine(type, MAX_TYPE_LENGTH)} = ${oneLine(summary, MAX_TYPE_LENGTH)}`;
}

function cellText({ executionCount, source, outputText, failed }: NotebookCell, times = 1): string {
  const output = cut(outputText.trim(), times * (failed ? MAX_ERROR_LENGTH : MAX_OUTPUT_LENGTH));
  const code = `[${executionCount}] ${cut(source.trim(), times * MAX_SOURCE_LENGTH)}`;
  return output === "" ? code : `${code}\n${failed ? "Error" : "Output"}: ${output}`;
}

function cut(text: string, maxLength: number): string {
  const clean = withoutControls(text);
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1)}…` : clean;
}

/** Without control characters, which cost tokens and say nothing. */
export function oneLine(text: string, maxLength: number): string {
  return cut(text.replace(/\s+/g, " "), maxLength);
}

/** Terminal colours and other control characters cost tokens and say nothing. */
function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}
