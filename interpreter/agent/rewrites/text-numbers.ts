// A column of texts most of which are numbers, however these are written: 85 000 beside "ask us".
import type { SqlResult } from "../../sessions/session.ts";
import { identifier, quoted } from "../../sessions/sql/database.ts";
import { BLANKS, MISSING_WORDS } from "../../tables/column-reading.ts";
import { isNumber, proposeNumber } from "../../tables/numbers.ts";

const MAX_TOLD = 3;

export interface TextNumbers {
  /** The number of a text, which is given as SQL; NULL of one that is none. */
  readonly sql: (text: string) => string;
  readonly note: string; // what is none: "; 2 values are none: "ask us", "free""
}

/** undefined where most values are no numbers, or one is a code such as 0012. */
export async function textNumbers(
  table: string,
  name: string,
  look: (query: string) => Promise<SqlResult>,
): Promise<TextNumbers | undefined> {
  const text = `trim(${identifier(name)}, ${quoted(BLANKS)})`;
  const isMissing = `lower(${text}) IN ('', ${MISSING_WORDS.map(quoted).join(", ")})`;
  const values = await look(`SELECT DISTINCT ${text} AS v FROM ${table} WHERE NOT (${isMissing})`);
  const numbers = values.rows.map(({ v }) => String(v)).filter(isNumber);
  const reading = numbers.length === 0 ? undefined : proposeNumber(numbers, { name })?.reading;
  if (reading === undefined) return undefined;
  const sql = (own: string) =>
    reading.isNative
      ? `TRY_CAST(${own} AS DOUBLE)`
      : `CAST(${reading.sql(`trim(${own}, ${quoted(BLANKS)})`)} AS DOUBLE)`;
  const counts = `count(*) AS n, count(${sql(identifier(name))}) AS numbers`;
  const [row] = (await look(`SELECT ${counts} FROM ${table} WHERE NOT (${isMissing})`)).rows;
  const [n, read] = [Number(row?.["n"]), Number(row?.["numbers"])];
  if (2 * read < n) return undefined;
  if (read === n) return { sql, note: "" };
  const strays = `SELECT DISTINCT ${text} AS v FROM ${table} WHERE NOT (${isMissing}) AND ${sql(identifier(name))} IS NULL ORDER BY v`;
  const told = (await look(strays)).rows.map(({ v }) => JSON.stringify(v));
  const shown = [...told.slice(0, MAX_TOLD), ...(told.length > MAX_TOLD ? ["…"] : [])].join(", ");
  return { sql, note: `; ${n - read} ${n - read === 1 ? "value is" : "values are"} none: ${shown}` };
}
