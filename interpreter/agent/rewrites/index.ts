import type { Mended } from "../../sessions/sql/mends/mend.ts";
import { absentAmounts } from "./absent-amounts.ts";
import { absentTable } from "./absent-table.ts";
import { addedCounts } from "./added-counts.ts";
import { aggregatedConditions } from "./aggregated-conditions.ts";
import { askedGroups } from "./asked-groups.ts";
import { askedMeans } from "./asked-means.ts";
import { bestOfGroups } from "./best-of-groups.ts";
import { bounds } from "./bounds.ts";
import { byItself } from "./by-itself.ts";
import { comparedColumns } from "./compared-columns.ts";
import { computedRevenues } from "./computed-revenues.ts";
import { countedGroups } from "./counted-groups.ts";
import { countedRows } from "./counted-rows.ts";
import { firstOfEach } from "./first-of-each.ts";
import { firstRows } from "./first-rows.ts";
import { flags } from "./flags.ts";
import { followedGroups } from "./followed-groups.ts";
import { followedMeasures } from "./followed-measures.ts";
import { followedValues } from "./followed-values.ts";
import { heldCounts } from "./held-counts.ts";
import { knownValues } from "./known-values.ts";
import { leftOutGroups } from "./left-out-groups.ts";
import { listedEnds } from "./listed-ends.ts";
import { listedMeasures } from "./listed-measures.ts";
import { madeUpTimes } from "./made-up-times.ts";
import { meansOfEach } from "./means-of-each.ts";
import { measuredKeys } from "./measured-keys.ts";
import { mostRows } from "./most-rows.ts";
import { movingMeans } from "./moving-means.ts";
import { namedMeasures } from "./named-measures.ts";
import { namesOfIds } from "./names-of-ids.ts";
import { numbersAsTexts } from "./numbers-as-texts.ts";
import { otherMissing } from "./other-missing.ts";
import { partsOfYears } from "./parts-of-years.ts";
import { perOne } from "./per-one.ts";
import { periodChanges } from "./period-changes.ts";
import { ratiosOfTotals } from "./ratios-of-totals.ts";
import { repeatedMeasures } from "./repeated-measures.ts";
import { type Asked, type Rewrite, withQuotedFiles } from "./rewrite.ts";
import { runningTotals } from "./running-totals.ts";
import { selfJoins } from "./self-joins.ts";
import { shareWholes } from "./share-wholes.ts";
import { sidesOfYears } from "./sides-of-years.ts";
import { timeParts } from "./time-parts.ts";
import { timesWithMost } from "./times-with-most.ts";
import { unaskedConditions } from "./unasked-conditions.ts";
import { unaskedGroups } from "./unasked-groups.ts";
import { unnamedGroups } from "./unnamed-groups.ts";
import { unusedJoins } from "./unused-joins.ts";
import { wholeDays } from "./whole-days.ts";
import { wholePeriods } from "./whole-periods.ts";
import { writtenAlike } from "./written-alike.ts";
import { writtenMissing } from "./written-missing.ts";

/** In the order in which they are tried. */
const REWRITES: readonly Rewrite[] = [
  absentTable,
  selfJoins,
  computedRevenues, // before a join is left out whose table it needs
  repeatedMeasures, // before the table is left out that has what is meant
  unusedJoins,
  // conditions
  unaskedConditions,
  comparedColumns,
  numbersAsTexts,
  madeUpTimes,
  wholePeriods,
  partsOfYears,
  sidesOfYears,
  wholeDays, // of what is no period
  bounds,
  otherMissing,
  writtenMissing,
  absentAmounts,
  writtenAlike,
  flags,
  knownValues,
  shareWholes,
  perOne,
  byItself,
  // times
  timesWithMost,
  timeParts,
  firstRows,
  firstOfEach,
  // measures and groups
  followedMeasures,
  followedGroups,
  followedValues,
  mostRows,
  countedRows,
  countedGroups,
  addedCounts,
  heldCounts, // of what those count
  measuredKeys,
  namedMeasures,
  askedMeans,
  meansOfEach, // of revenues, too
  ratiosOfTotals,
  aggregatedConditions,
  listedMeasures,
  listedEnds,
  askedGroups,
  unaskedGroups,
  leftOutGroups,
  // over the groups that are left
  runningTotals,
  periodChanges,
  movingMeans,
  bestOfGroups,
  unnamedGroups,
  namesOfIds, // of the rows that are left
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
