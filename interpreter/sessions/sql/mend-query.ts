// Mistakes of small models that can be put right without a guess, from the names and types that the tables really have:
// names with spaces left unquoted, a file's name without quotes, a year compared with a date. Measured in
// bench/analyst: half of what the 0.5B writes fails for one of these. A query is changed after DuckDB refused it, or where
// DuckDB would read it otherwise than it is meant (mends/misread.ts); what then ran is what the user is shown.
import type { SqlResult, TableInfo } from "../session.ts";
import type { JoinKey } from "./join-key.ts";
import { dateCompare, datePart, dateText, patternOfNoText } from "./mends/dates.ts";
import { extremeRow } from "./mends/extreme-row.ts";
import { fieldOfColumn } from "./mends/fields.ts";
import { functions, nestedAggregates, quantileOfNothing } from "./mends/functions.ts";
import { groupBy } from "./mends/group-by.ts";
import { joinedTwice, joinLeftOut, leftOutTable } from "./mends/joins.ts";
import { linkedTables, tablesToLink } from "./mends/linked-tables.ts";
import { askedColumn, onlyTime, otherCharacters, partOfColumn, translatedColumn } from "./mends/meant-columns.ts";
import { meantKeys } from "./mends/meant-keys.ts";
import type { Looks, Mend, Mended } from "./mends/mend.ts";
import { asMeant } from "./mends/misread.ts";
import { missingTexts } from "./mends/missing-texts.ts";
import {
  aliasFiles,
  otherTable,
  quoteAliases,
  quoteColumns,
  quoteOwners,
  quoteReserved,
  quoteTables,
} from "./mends/names.ts";
import { columnWithUnit, missingFrom, nearestColumn, otherThanMissing } from "./mends/nearest-names.ts";
import { numbersInText } from "./mends/numbers-in-text.ts";
import { ofTheFile } from "./mends/of-the-file.ts";
import { otherOwner, unreadPart } from "./mends/other-owners.ts";
import { joinedTexts, otherOperators, otherQuotes, topRows } from "./mends/other-syntax.ts";
import { heldElsewhere, meantValues } from "./mends/values.ts";

const MAX_MENDS = 6; // of one query

/** In the order in which they are tried. */
const MENDS: readonly Mend[] = [
  otherQuotes,
  quoteOwners,
  quoteTables,
  quoteReserved,
  topRows,
  otherOperators,
  functions, // before datePart: the month of date_trunc(month, day) is no column
  quantileOfNothing,
  nestedAggregates,
  datePart,
  quoteColumns,
  columnWithUnit,
  fieldOfColumn,
  otherOwner,
  unreadPart, // before missingFrom: a part of the query is no table of the folder
  quoteAliases,
  aliasFiles,
  ofTheFile,
  otherThanMissing,
  missingFrom,
  askedColumn, // before otherTable: a column that the question names is of the query's own table
  otherTable,
  joinLeftOut,
  joinedTwice,
  partOfColumn,
  translatedColumn,
  onlyTime,
  otherCharacters,
  nearestColumn,
  missingTexts,
  dateText,
  patternOfNoText,
  dateCompare,
  joinedTexts,
  numbersInText,
  extremeRow,
  groupBy,
];

export interface MendedQuery<Result> {
  readonly query: string;
  readonly result: Result;
  readonly notes: readonly string[]; // what the reader of the result has to know: "2 values of price are no numbers"
}

const NO_LOOKS: Looks = { keysOf: async () => [], look: async () => ({ columns: [], rows: [], rowCount: 0 }) };

/**
 * Runs a query; when it fails, in mended forms.
 * @param question that it should answer, where one is known
 * @throws what `run` threw last
 */
export async function runMended<Result>(
  query: string,
  tables: () => Promise<readonly TableInfo[]>,
  run: (query: string) => Promise<Result>,
  question = "",
  { keysOf, look }: Looks = NO_LOOKS,
): Promise<MendedQuery<Result>> {
  let problem: unknown;
  let current = query;
  let known: readonly TableInfo[] | undefined;
  const notes: string[] = [];
  for (let i = 0; i <= MAX_MENDS; i++) {
    try {
      known ??= await tables();
      const meant = known.length > 0 ? asMeant(current, known) : { query: current };
      current = meant.query;
      if (meant.note !== undefined) notes.push(meant.note);
      const joined =
        known.length > 1 ? await meantKeys(current, known, { keysOf, look }).catch(() => undefined) : undefined;
      current = joined?.query ?? current;
      if (joined?.note !== undefined) notes.push(...joined.note.split("\n"));
      return { result: await run(current), query: current, notes: [...new Set(notes)] };
    } catch (error) {
      problem = error; // the last one: what is wrong once the small things are right
      known ??= [];
      const message = error instanceof Error ? error.message : String(error);
      const leftOut = leftOutTable(current, message, known);
      const keys = leftOut ? await keysOf([leftOut.own, leftOut.other]) : [];
      const linked = leftOut ? [] : tablesToLink(current, message, known);
      const next =
        known.length > 0
          ? ((linked.length > 1 ? linkedTables(current, message, known, await keysOf(linked)) : undefined) ??
            mend(current, message, known, question, keys) ??
            (await heldElsewhere(current, message, known, question, look)))
          : undefined;
      if (next === undefined) break;
      current = next.query;
      if (next.note !== undefined) notes.push(next.note);
    }
  }
  throw problem;
}

/**
 * A query that ran, with the texts that its columns lack put right: it is changed only where it was read for certain, and
 * what it was read as is one of the notes.
 */
export async function withMeantValues(
  ran: MendedQuery<SqlResult>,
  tables: () => Promise<readonly TableInfo[]>,
  run: (query: string) => Promise<SqlResult>,
  looks: Looks,
): Promise<MendedQuery<SqlResult>> {
  if (!ran.query.includes("'")) return ran;
  const meant = await meantValues(ran.query, await tables(), looks).catch(() => undefined);
  const result = meant && (await run(meant.query).catch(() => undefined));
  return meant && result ? { query: meant.query, result, notes: [...ran.notes, meant.note ?? ""] } : ran;
}

/** The first mend that changes the query. */
export function mend(
  query: string,
  error: string,
  tables: readonly TableInfo[],
  question = "",
  keys: readonly JoinKey[] = [],
): Mended | undefined {
  for (const one of MENDS) {
    const next = one(query, error, tables, question, keys);
    if (next !== undefined && next.query !== query) return next;
  }
  return undefined;
}
