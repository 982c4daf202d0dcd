// The table and the columns that a question is about, as far as its own words tell.

import { wholeWord } from "../../escape-regexp.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { isNumeric, isTime, stemOf, withoutUnitWord } from "../../sessions/table-info.ts";
import { columnsNamed, derivedMeasure } from "../../tools/asked-chart.ts";
import { isSpokenOf } from "./question-parts.ts";

const LEAST_WORD = 3; // UTF-16 units of a word that tells something
const PLURALS = ["s", "es", "n", "en"];
const LEAST_WORDS = 2; // that a question and a column's name share, where it does not hold the whole name

/** As a query writes them; a column is left out where the question names none of its kind, or several, and the table has several. */
export interface AskedNames {
  readonly table: string;
  readonly time?: string; // a date or a time
  readonly measure?: string; // a number, or an expression
  readonly group?: string; // a text
}

/** Columns that the question names, in whatever form ("fees" of fee); else the one that shares most words with it. */
export function columnsMeant(question: string, table: TableInfo): string[] {
  const exact = columnsNamed(question, table);
  const inForms = table.columns.map(({ name }) => name).filter((name) => isNamedInForms(name, question));
  const named = [...new Set([...exact, ...inForms])];
  const longest = named.filter((name) => !named.some((other) => other !== name && other.includes(name)));
  if (longest.length > 0) return longest;
  const asked = new Set(wordsOf(question));
  const shared = table.columns.map(({ name }) => ({
    name,
    count: wordsOf(name).filter((word) => asked.has(word)).length,
  }));
  const most = Math.max(...shared.map(({ count }) => count));
  const best = shared.filter(({ count }) => count === most && count >= LEAST_WORDS);
  return best.length === 1 ? best.map(({ name }) => name) : [];
}

function isNamedInForms(column: string, question: string): boolean {
  const name = withoutUnitWord(column);
  const isPlural = name.length >= LEAST_WORD && PLURALS.some((ending) => wholeWord(name + ending).test(question));
  return isPlural || isSpokenOf(name, question);
}

/** @returns undefined where it cannot be told which of several tables is meant */
export function askedNames(question: string, tables: readonly TableInfo[]): AskedNames | undefined {
  const table = tableMeant(question, tables);
  if (!table) return undefined;
  const meant = new Set(columnsMeant(question, table));
  const only = (isOfKind: (type: string) => boolean) => {
    const all = table.columns.filter(({ type }) => isOfKind(type));
    const named = all.filter(({ name }) => meant.has(name));
    const [column, ...others] = named.length > 0 ? named : all;
    return column && others.length === 0 ? identifier(column.name) : undefined;
  };
  const time = only(isTime);
  const measure = derivedMeasure(question, table) ?? only(isNumeric);
  const group = only((type) => type === "VARCHAR");
  return {
    table: table.name,
    ...(time !== undefined && { time }),
    ...(measure !== undefined && { measure }),
    ...(group !== undefined && { group }),
  };
}

/** The only one, the one that is named, or the one of which most columns are. */
function tableMeant(question: string, tables: readonly TableInfo[]): TableInfo | undefined {
  if (tables.length <= 1) return tables[0];
  const named = tables.filter((table) => wholeWord(stemOf(table)).test(question));
  if (named.length > 0) return named.length === 1 ? named[0] : undefined;
  const counts = tables.map((table) => columnsMeant(question, table).length);
  const most = Math.max(...counts);
  const best = tables.filter((_, i) => counts[i] === most);
  return most > 0 && best.length === 1 ? best[0] : undefined;
}

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => word.length >= LEAST_WORD);
}
