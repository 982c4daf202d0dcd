// Missing values that a column writes as texts: state IS NULL finds none of the rows that say 'NA', and price = 'n/a' not
// those that are empty.

import { wholeWord } from "../../escape-regexp.ts";
import { asksFor } from "../../languages/index.ts";
import { identifier, quoted } from "../../sessions/sql/database.ts";
import { isMissingWord, MISSING_AMONG_TEXTS } from "../../tables/column-reading.ts";
import type { Asked, Rewrite } from "./rewrite.ts";
import { type Condition, type MeantCondition, type OwnedColumn, withMeantConditions } from "./text-conditions.ts";

/** Where NA may be Namibia, or North America. */
export const OF_PLACES = /countr|nation|continent|kontinent|\bland\b|pays|pa[ií]s|\biso\b|region|国|大陆|大陸|洲/iu;

export const writtenMissing: Rewrite = (query, asked) =>
  withMeantConditions(query, asked.tables, async (condition, owned) => {
    if (!isOfMissing(condition, asked.question)) return undefined;
    return asksFor(asked.question, "no-number") && (await isOfNumbers(owned, asked))
      ? notNumeric(condition)
      : await written(condition, owned, asked);
  });

/** A text that the question itself names is looked for as it stands. */
function isOfMissing({ text }: Condition, question: string): boolean {
  if (text === undefined) return true;
  const isForNone = text.trim() === "" || isMissingWord(text);
  const isAsked = asksFor(question, "missing") || asksFor(question, "no-number");
  return isForNone && isAsked && (text.trim() === "" || !wholeWord(text).test(question));
}

function notNumeric({ column, isNot }: Condition): MeantCondition {
  const condition = `TRY_CAST(${column} AS DOUBLE) IS ${isNot ? "NOT " : ""}NULL`;
  return { condition, note: `(without a number are the rows where ${column} is no number)` };
}

/** Most of its texts are numbers. */
async function isOfNumbers({ name, table }: OwnedColumn, { look }: Asked): Promise<boolean> {
  const column = identifier(name);
  const { rows } = await look(
    `SELECT 2 * count(TRY_CAST(${column} AS DOUBLE)) >= count(${column}) AS is_most FROM ${table.name}`,
  );
  return rows[0]?.["is_most"] === true;
}

async function written(
  { column, isNot, text }: Condition,
  { table, name }: OwnedColumn,
  { look }: Asked,
): Promise<MeantCondition | undefined> {
  const own = identifier(name);
  const words = MISSING_AMONG_TEXTS.map(quoted).join(", ");
  const { rows } = await look(
    `SELECT ${own} AS value, count(*) AS n FROM ${table.name} WHERE ${own} IS NULL OR trim(${own}) IN ('', ${words}) GROUP BY 1`,
  );
  const texts = rows.flatMap(({ value }) => (typeof value === "string" ? [value] : []));
  const others = rows.filter(({ value }) => value !== (text ?? null));
  if (others.length === 0) return undefined;
  const told = others
    .map(({ value, n }) => `${value === null ? "no value" : quoted(String(value))} in ${n} rows`)
    .join(", ");
  if (OF_PLACES.test(name) && texts.some((one) => /^na$/i.test(one)))
    return { note: `(${name} has ${told}, which may be a place and is not taken for a missing value)` };
  const list = [...new Set([...texts, ...(text === undefined ? [] : [text])])].map(quoted).join(", ");
  const meant = isNot
    ? `(${column} IS NOT NULL AND ${column} NOT IN (${list}))`
    : `(${column} IS NULL OR ${column} IN (${list}))`;
  return {
    condition: list === "" ? `${column} IS NULL` : meant,
    note: `(${name} has ${told}: taken for missing, too)`,
  };
}
