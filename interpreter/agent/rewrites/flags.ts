// "How many cancelled crossings" of a column cancelled, by count(*) of all rows: what is true or false is a condition where
// the question speaks of it.

import { escapeRegExp } from "../../escape-regexp.ts";
import { asksFor, LANGUAGES, saysInAnyLanguage } from "../../languages/index.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier, quoted } from "../../sessions/sql/database.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { NEGATES } from "../../sessions/sql/mends/values.ts";
import { usedNames } from "../../sessions/sql/sql-outline.ts";
import { withFilter } from "../guards/with-filter.ts";
import type { Asked, Rewrite } from "./rewrite.ts";

const COMPUTES = /\b(count|sum|avg)\s*\(/i;
const ENDING = 2; // letters by which a word of a sentence is longer than the column's: annulée, annulées
const LEAST_WORD = 4; // letters; of Chinese and Japanese two
const SHARES = /%|率|割合|\b(?:part|parte|rate|ratio|taux|tasa|quote|anteil)\b|perc[ei]nt|porcent|pourcent|prozent/iu;
const DENIES = /ない|ません|以外/u;
/** Both kinds are asked for. */
const COMPARES =
  /\b(differ\w*|compar\w*|than|versus|vs|whether|or|unterschied\w*|vergleich\w*|als|ob|oder|selon|contre|ou|según|si|frente a)\b|différen|diferen|[与和比差较較]|かどうか|より|是否|分别/iu;
const BEFORE_A_KEY = /(?:\b(?:by|per|each|nach|je|pro|par|por|cada|chaque)|按|每) ?$/iu;

export const flags: Rewrite = async (query, asked) => {
  const { question } = asked;
  const tables = tablesIn(query, asked.tables);
  if (!COMPUTES.test(query) || tables.length !== 1 || asksForMore(question)) return undefined;
  const used = usedNames(query);
  const spoken = tables[0]!.columns.filter(({ name }) => !used.has(name.toLowerCase()) && isAsked(name, question));
  const conditions: string[] = [];
  for (const column of spoken) {
    const condition = await conditionOf(column, tables[0]!, asked);
    if (condition !== undefined) conditions.push(condition);
  }
  const [condition, ...others] = conditions;
  const mended = condition === undefined || others.length > 0 ? undefined : withFilter(query, condition);
  return mended === undefined
    ? undefined
    : { query: mended, note: `(only rows where ${condition}, as the question says)` };
};

/** The other kind is asked for, or both are, or the share of one. */
function asksForMore(question: string): boolean {
  const isShare = asksFor(question, "share-of-rows") || asksFor(question, "shares") || SHARES.test(question);
  const isDenied =
    NEGATES.test(question) || DENIES.test(question) || saysInAnyLanguage(question, ({ nothing }) => nothing);
  return isShare || isDenied || COMPARES.test(question);
}

/** As a word of its own, as it stands or with an ending; not behind "by". */
function isAsked(column: string, question: string): boolean {
  const name = column.toLowerCase().replaceAll("_", " ");
  const isHan = /\p{Script=Han}/u.test(name);
  if ([...name].length < (isHan ? 2 : LEAST_WORD)) return false;
  const text = question.toLowerCase();
  const at = text.indexOf(name);
  const isOpposite = !isHan && new RegExp(`\\p{L}-?${escapeRegExp(name)}`, "u").test(text); // unfurnished, non-smoking
  if (at < 0 || isOpposite || BEFORE_A_KEY.test(text.slice(0, at))) return false;
  if (isHan) return true;
  const ending = /^\p{L}*/u.exec(text.slice(at + name.length))?.[0] ?? "";
  return !/[\p{L}\p{N}_]$/u.test(text.slice(0, at)) && ending.length <= ENDING;
}

/** Of true and false, or of texts that say yes and no. */
async function conditionOf({ name, type }: TableInfo["columns"][number], table: TableInfo, { look }: Asked) {
  const column = identifier(name);
  if (type === "BOOLEAN") return column;
  if (type !== "VARCHAR") return undefined;
  const { rows } = await look(
    `SELECT DISTINCT lower(${column}) AS value, ${column} AS written FROM ${table.name} LIMIT 4`,
  );
  const values = rows.filter(({ value }) => value !== null);
  const of = (words: readonly string[]) => values.filter(({ value }) => words.includes(String(value)));
  const yes = of(["y", "true", ...LANGUAGES.map((language) => language.yes)]);
  const no = of(["n", "false", ...LANGUAGES.map((language) => language.no)]);
  return yes.length === 1 && yes.length + no.length === values.length
    ? `${column} = ${quoted(String(yes[0]!["written"]))}`
    : undefined;
}
