import { saysInAnyLanguage } from "../../languages/index.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { rowsOf } from "../../tools/facts.ts";
import type { CallOutcome } from "../run-call.ts";

/** Of rows of which the question wants the highest or the lowest, that one: its values are those to be told. */
export function ofTopRow(outcome: CallOutcome, question: string): CallOutcome {
  const isMost = saysInAnyLanguage(question, ({ most }) => most);
  const table = rowsOf(outcome.facts);
  if (!table || table.rows.length < table.rowCount) return outcome;
  if (isMost === saysInAnyLanguage(question, ({ least }) => least)) return outcome;
  const [measure, ...others] = table.columns.filter(({ name }) =>
    table.rows.every((row) => typeof row[name] === "number"),
  );
  if (!measure || others.length > 0) return outcome;
  const value = (row: SqlResult["rows"][number]) => Number(row[measure.name]) * (isMost ? 1 : -1);
  const [first, second] = [...table.rows].sort((a, b) => value(b) - value(a));
  if (!first || !second || value(first) === value(second)) return outcome;
  return { ...outcome, facts: [{ kind: "rows", table: { ...table, rows: [first], rowCount: 1 } }] };
}
