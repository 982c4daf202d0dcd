// What a tool knows of its result beside the text that the model reads. Who needs a kind asks for it; the loop of the
// agent knows none of them.
import type { SqlResult } from "../sessions/session.ts";
import type { StatisticsResult, StatisticsTest } from "../sessions/statistics/statistics-types.ts";
import type { Drawn } from "./drawn-values.ts";
import type { RenamedColumn } from "./renamed-columns.ts";

export type Fact =
  | { readonly kind: "rows"; readonly table: SqlResult }
  | ({ readonly kind: "drawn" } & Drawn) // the marks of a chart
  | { readonly kind: "statistics"; readonly test: StatisticsTest; readonly result: StatisticsResult }
  | { readonly kind: "measured"; readonly column: string } // as a chart's call names it
  | { readonly kind: "ran"; readonly code: string } // as it ran, where small mistakes in the call's were put right
  | { readonly kind: "noted"; readonly note: string } // what the reader of the result has to know of how it was read
  | ({ readonly kind: "renamed" } & RenamedColumn) // a name in the result that says something else than its column
  | { readonly kind: "lacks"; readonly column: string } // what the data would have to hold, and does not
  | { readonly kind: "lacks-table"; readonly table: string }; // as the query names it

/** All facts of one kind. */
export function factsOf<Kind extends Fact["kind"]>(
  facts: readonly Fact[],
  kind: Kind,
): readonly Extract<Fact, { kind: Kind }>[] {
  return facts.filter((fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind);
}

/** The rows of a result, where it has rows. */
export function rowsOf(facts: readonly Fact[]): SqlResult | undefined {
  return factsOf(facts, "rows")[0]?.table;
}

/** The rows of a result, or those that a chart shows. */
export function shownRows(facts: readonly Fact[]): SqlResult | undefined {
  return rowsOf(facts) ?? factsOf(facts, "drawn")[0]?.table;
}

/** The code as it ran, where that is known to be another than the call's. */
export function codeThatRan(facts: readonly Fact[]): string | undefined {
  return factsOf(facts, "ran")[0]?.code;
}
