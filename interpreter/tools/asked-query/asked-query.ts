// A query that runs and answers another question: "in 2009" by date = '2009-01-01', "the first measurement" by the smallest
// one. Where the question leaves one meaning, the query is changed to it; what was changed is one of the notes.
import type { SqlResult, TableInfo } from "../../sessions/session.ts";
import type { MendedQuery } from "../../sessions/sql/mend-query.ts";
import { type Mended, tablesIn } from "../../sessions/sql/mends/mend.ts";
import { bounds } from "./bounds.ts";
import { firstRows } from "./first-rows.ts";
import { flags } from "./flags.ts";
import { missing } from "./missing.ts";
import { periods } from "./periods.ts";
import { sides } from "./sides.ts";
import { timeParts } from "./time-parts.ts";
import { wholeDays } from "./whole-days.ts";

/** A query that ran, and what it is held against. */
export interface AskedQuery {
  readonly query: string;
  readonly question: string;
  readonly tables: readonly TableInfo[]; // of the query
  /** Runs a query beside the model's. */
  readonly look: (query: string) => Promise<SqlResult>;
}

/** @returns undefined where the query is what the question asks for, or more than one thing may be meant */
export type AskedMend = (asked: AskedQuery) => Mended | undefined | Promise<Mended | undefined>;

const MENDS: readonly AskedMend[] = [periods, sides, wholeDays, bounds, missing, timeParts, firstRows, flags];

/** A mend whose query does not run is left out; one may only have something to note. */
export async function asAsked(
  ran: MendedQuery<SqlResult>,
  question: string | undefined,
  tables: () => Promise<readonly TableInfo[]>,
  run: (query: string) => Promise<SqlResult>,
  look: (query: string) => Promise<SqlResult>,
): Promise<MendedQuery<SqlResult>> {
  if (!question) return ran;
  let asked = ran;
  const own = tablesIn(ran.query, await tables()).filter(({ problem }) => problem === undefined);
  for (const mend of MENDS) {
    const { query, notes } = asked;
    const meant = await Promise.resolve(mend({ query, question, tables: own, look })).catch(() => undefined);
    if (meant === undefined) continue;
    const result = meant.query === query ? asked.result : await run(meant.query).catch(() => undefined);
    const told = meant.note === undefined ? notes : [...notes, meant.note];
    if (result) asked = { query: meant.query, result, notes: told };
  }
  return asked;
}
