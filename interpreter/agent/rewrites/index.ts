import type { Mended } from "../../sessions/sql/mends/mend.ts";
import { aggregatedConditions } from "./aggregated-conditions.ts";
import { askedGroups } from "./asked-groups.ts";
import { bounds } from "./bounds.ts";
import { countedRows } from "./counted-rows.ts";
import { firstRows } from "./first-rows.ts";
import { flags } from "./flags.ts";
import { followedGroups } from "./followed-groups.ts";
import { followedMeasures } from "./followed-measures.ts";
import { heldCounts } from "./held-counts.ts";
import { listedMeasures } from "./listed-measures.ts";
import { madeUpTimes } from "./made-up-times.ts";
import { measuredKeys } from "./measured-keys.ts";
import { mostRows } from "./most-rows.ts";
import { namedMeasures } from "./named-measures.ts";
import { type Asked, type Rewrite, withQuotedFiles } from "./rewrite.ts";
import { selfJoins } from "./self-joins.ts";
import { sidesOfYears } from "./sides-of-years.ts";
import { timeParts } from "./time-parts.ts";
import { unaskedGroups } from "./unasked-groups.ts";
import { unnamedGroups } from "./unnamed-groups.ts";
import { wholeDays } from "./whole-days.ts";
import { wholePeriods } from "./whole-periods.ts";
import { writtenAlike } from "./written-alike.ts";
import { writtenMissing } from "./written-missing.ts";

/** In the order in which they are tried. */
const REWRITES: readonly Rewrite[] = [
  selfJoins,
  // conditions
  madeUpTimes,
  wholePeriods,
  sidesOfYears,
  wholeDays, // of what is no period
  bounds,
  writtenMissing,
  writtenAlike,
  flags,
  // times
  timeParts,
  firstRows,
  // measures and groups
  followedMeasures,
  followedGroups,
  mostRows,
  countedRows,
  heldCounts, // of what those count
  measuredKeys,
  namedMeasures,
  aggregatedConditions,
  listedMeasures,
  askedGroups,
  unaskedGroups,
  unnamedGroups, // of the groups that are left
];

/** Of a query that failed, those that need no result. */
export async function rewritten(query: string, asked: Asked): Promise<Mended | undefined> {
  const written = withQuotedFiles(query, asked.tables);
  let current = written;
  const notes: string[] = [];
  for (const rewrite of REWRITES) {
    const next = await attempt(rewrite, current, asked);
    if (next === undefined || (next.query === current && next.note === undefined)) continue;
    current = next.query;
    if (next.note !== undefined) notes.push(next.note);
  }
  return notes.length === 0 ? undefined : { query: current, note: notes.join("\n") };
}

/** What a rewrite looks up may fail; the query then stays. */
async function attempt(rewrite: Rewrite, query: string, asked: Asked): Promise<Mended | undefined> {
  try {
    return await rewrite(query, asked);
  } catch {
    return undefined;
  }
}
