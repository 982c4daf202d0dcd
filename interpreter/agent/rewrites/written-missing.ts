// Missing values that a column writes as texts: state IS NULL finds none of the rows that say 'NA', and price = 'n/a' not
// those that are empty.

import { wholeWord } from "../../escape-regexp.ts";
import { asksFor } from "../../languages/index.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier, quoted } from "../../sessions/sql/database.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { sqlText, sqlTokens } from "../../sessions/sql/sql-tokens.ts";
import { isMissingWord, MISSING_AMONG_TEXTS } from "../../tables/column-reading.ts";
import type { Asked, Rewrite } from "./rewrite.ts";
import { type Condition, conditionsIn, textColumn } from "./text-conditions.ts";

const MAX_CONDITIONS = 8; // of one query
/** Where NA may be Namibia, or North America. */
const OF_PLACES = /countr|nation|continent|kontinent|\bland\b|pays|pa[ií]s|\biso\b|region|国|大陆|大陸|洲/iu;

export const writtenMissing: Rewrite = async (query, asked) => {
  const { question } = asked;
  const tables = tablesIn(query, asked.tables);
  const tokens = sqlTokens(query);
  const mended = [...tokens];
  const notes: string[] = [];
  for (const condition of conditionsIn(tokens).slice(0, MAX_CONDITIONS)) {
    const [table, ...others] = tables.filter((one) => textColumn(one, condition.name));
    const column = table && textColumn(table, condition.name);
    if (!table || !column || others.length > 0 || !isOfMissing(condition, question)) continue;
    const meant =
      asksFor(question, "no-number") && (await isOfNumbers(column, table, asked))
        ? notNumeric(condition)
        : await written({ ...condition, name: column }, table, asked);
    if (meant === undefined) continue;
    for (let at = condition.from; at < condition.to; at++) mended[at] = { kind: "space", text: "" };
    if (meant.condition !== undefined) mended[condition.from] = { kind: "sign", text: meant.condition };
    else for (let at = condition.from; at < condition.to; at++) mended[at] = tokens[at]!;
    notes.push(meant.note);
  }
  return notes.length === 0 ? undefined : { query: sqlText(mended), note: [...new Set(notes)].join("\n") };
};

/** A text that the question itself names is looked for as it stands. */
function isOfMissing({ text }: Condition, question: string): boolean {
  if (text === undefined) return true;
  const isForNone = text.trim() === "" || isMissingWord(text);
  const isAsked = asksFor(question, "missing") || asksFor(question, "no-number");
  return isForNone && isAsked && (text.trim() === "" || !wholeWord(text).test(question));
}

interface Meant {
  readonly condition?: string; // undefined leaves it as it is
  readonly note: string;
}

function notNumeric({ column, isNot }: Condition): Meant {
  const condition = `TRY_CAST(${column} AS DOUBLE) IS ${isNot ? "NOT " : ""}NULL`;
  return { condition, note: `(without a number are the rows where ${column} is no number)` };
}

/** Most of its texts are numbers. */
async function isOfNumbers(name: string, { name: table }: TableInfo, { look }: Asked): Promise<boolean> {
  const column = identifier(name);
  const { rows } = await look(
    `SELECT 2 * count(TRY_CAST(${column} AS DOUBLE)) >= count(${column}) AS is_most FROM ${table}`,
  );
  return rows[0]?.["is_most"] === true;
}

async function written(condition: Condition, table: TableInfo, { look }: Asked): Promise<Meant | undefined> {
  const { column, name, isNot, text } = condition;
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
