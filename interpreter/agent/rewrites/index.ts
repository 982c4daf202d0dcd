import type { Mended } from "../../sessions/sql/mends/mend.ts";
import { aggregatedConditions } from "./aggregated-conditions.ts";
import { askedGroups, askedTimes } from "./asked-groups.ts";
import { countedRows } from "./counted-rows.ts";
import { followedMeasures } from "./followed-measures.ts";
import { heldCounts } from "./held-counts.ts";
import { listedMeasures } from "./listed-measures.ts";
import { mostRows } from "./most-rows.ts";
import { namedMeasures } from "./named-measures.ts";
import { type Asked, type Rewrite, withQuotedFiles } from "./rewrite.ts";
import { selfJoins } from "./self-joins.ts";
import { unaskedGroups } from "./unasked-groups.ts";

/** In the order in which they are tried. */
const REWRITES: readonly Rewrite[] = [
  selfJoins,
  followedMeasures,
  mostRows,
  countedRows,
  heldCounts, // of what those count
  namedMeasures,
  aggregatedConditions,
  listedMeasures,
  askedGroups,
  askedTimes,
  unaskedGroups,
];

/** Of a query that failed, those that need no result. */
export async function rewritten(query: string, asked: Asked): Promise<Mended | undefined> {
  const written = withQuotedFiles(query, asked.tables);
  let current = written;
  const notes: string[] = [];
  for (const rewrite of REWRITES) {
    const next = await rewrite(current, asked);
    if (next === undefined || next.query === current) continue;
    current = next.query;
    if (next.note !== undefined) notes.push(next.note);
  }
  return notes.length === 0 ? undefined : { query: current, note: notes.join("\n") };
}
