// By what two tables are joined. People write one key in two ways: 'Hab. 101' of the bookings is the room 101, R230001 of
// the invoices the booking R-23-0001, and a spreadsheet has made 7 of 0007.
import { identifier } from "./database.ts";

/** What of two values has to be the same: all of it is where no writing is named. */
export type KeyWriting = "letters and digits" | "number";

/** A column of a table, by its name without quotes. */
export interface KeyEnd {
  readonly table: string; // as TableInfo names it
  readonly column: string;
}

/** 'orders.csv'.shop -> 'shops.csv'.id, as context/join-keys.ts finds it. */
export interface JoinKey {
  readonly from: KeyEnd;
  readonly to: KeyEnd; // has each value once
  readonly writing?: KeyWriting;
}

interface Writing {
  readonly name: KeyWriting;
  /** Of a value, what has to be the same. */
  plain(value: string): string;
  /** The same in SQL. @param column an expression */
  sql(column: string): string;
}

const LETTERS_AND_DIGITS: Writing = {
  name: "letters and digits",
  plain: (value) =>
    value
      .normalize("NFD")
      .replace(/[^\p{L}\p{N}]/gu, "")
      .toUpperCase(),
  sql: (column) => `upper(regexp_replace(strip_accents(CAST(${column} AS VARCHAR)), '[^\\p{L}\\p{N}]', '', 'g'))`,
};

/** Only where each side has one beginning before all its numbers: see `isNumbered`. */
const NUMBER: Writing = {
  name: "number",
  plain: (value) => value.replace(/\D/g, "").replace(/^0+/, ""),
  sql: (column) => `ltrim(regexp_replace(CAST(${column} AS VARCHAR), '\\D', '', 'g'), '0')`,
};

/** The strictest first. */
export const WRITINGS: readonly Writing[] = [LETTERS_AND_DIGITS, NUMBER];

/** An expression for what two columns have in common. @param column an expression */
export function inWriting(writing: KeyWriting | undefined, column: string): string {
  return WRITINGS.find(({ name }) => name === writing)?.sql(column) ?? column;
}

/** The writing, and the column, of such an expression's text, which may have lost its spaces. */
export function writingIn(expression: string): { readonly writing: KeyWriting; readonly column: string } | undefined {
  const [, column] = /CAST\(((?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[^()'"])+?)\s*AS\s*VARCHAR\)/i.exec(expression) ?? [];
  if (column === undefined) return undefined;
  const bare = (text: string) => text.replace(/\s/g, "").toLowerCase();
  const found = WRITINGS.find(({ sql }) => bare(sql(column)) === bare(expression));
  return found && { writing: found.name, column };
}

/** How a key is shown to the model, which copies it: 'sales.csv'.shop */
export function shownEnd({ table, column }: KeyEnd): string {
  return `${table}.${/^\w+$/.test(column) ? column : identifier(column)}`;
}

export function isSameEnd(a: KeyEnd, b: KeyEnd): boolean {
  return a.table === b.table && a.column.toLowerCase() === b.column.toLowerCase();
}
