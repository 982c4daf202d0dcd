import type { TableInfo, TypeScriptSession } from "../sessions/session.ts";
import type { JoinKey } from "../sessions/sql/join-key.ts";
import type { ColumnValues } from "./column-values.ts";
import { joinKeys } from "./join-keys.ts";
import { type AskedAbout, relevantTables } from "./relevant-tables.ts";

const MAX_JOINED = 4; // tables whose keys are sought: the question waits for it

/** The tables that a question is about, and by what they are joined with each other and with the rest. */
export async function tablesInQuestion(
  session: TypeScriptSession,
  tables: readonly TableInfo[],
  asked: AskedAbout,
  { values, signal }: { readonly values?: ColumnValues | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<{ readonly about: readonly TableInfo[]; readonly joins: readonly JoinKey[] }> {
  const first = relevantTables(tables, asked, { values }); // of the first ones the keys are sought
  const some = [...first, ...tables.filter((table) => !first.includes(table))].slice(0, MAX_JOINED);
  const joins = await joinKeys(session, some, signal);
  return { about: relevantTables(tables, asked, { values, joins }), joins };
}
