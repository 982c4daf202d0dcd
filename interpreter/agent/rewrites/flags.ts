// "How many cancelled crossings" of a column cancelled, by count(*) of all rows: what is true or false is a condition where
// the question speaks of it.

import { wholeWord } from "../../escape-regexp.ts";
import { asksFor, LANGUAGES, saysInAnyLanguage } from "../../languages/index.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier, quoted } from "../../sessions/sql/database.ts";
import { NEGATES } from "../../sessions/sql/mends/holders.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { usedNames } from "../../sessions/sql/sql-outline.ts";
import { sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { withFilter } from "../guards/with-filter.ts";
import type { Asked, Rewrite } from "./rewrite.ts";
import { isOfTable } from "./spoken.ts";

const COMPUTES = /\b(count|sum|avg)\s*\(/i;
const ENDING = 2; // letters by which a word of a sentence is longer than the column's: annulée, annulées
const LEAST_WORD = 4; // letters; of Chinese and Japanese two
const SHARES = /%|率|割合|\b(?:part|parte|rate|ratio|taux|tasa|quote|anteil)\b|perc[ei]nt|porcent|pourcent|prozent/iu;
const DENIES = /ない|ません|以外/u;
/** Both kinds are asked for. */
const COMPARES =
  /\b(differ\w*|compar\w*|than|versus|vs|whether|or|unterschied\w*|vergleich\w*|als|ob|oder|selon|contre|ou|según|si|frente a)\b|différen|diferen|[与和比差较較]|かどうか|より|是否|分别/iu;
/** Right before a column's word, and right behind it in Japanese. */
const DENIED_BEFORE =
  /(?:(?<!\p{L})(?:not|never|nicht|nie|kein\p{L}*|ohne|non|pas|jamais|sans|no|nunca|sin|without)|n['’]t)(?:[ -](?:yet|been|being|an?|any|une?|encore|été|están?|estaban|fueron|han sido|todavía|eine[nmrs]?))*[ -]$|[不没未非无無]$|(?<!\p{L})un$/iu;
const DENIED_BEHIND = /^(?:では|じゃ)?(?:ない|ありません)/u;
const BEFORE_A_KEY = /(?:\b(?:by|per|each|nach|je|pro|par|por|cada|chaque)|按|每) ?$/iu;

export const flags: Rewrite = async (query, asked) => {
  const { question } = asked;
  const tables = tablesIn(query, asked.tables);
  const [table, ...joined] = tables;
  if (!COMPUTES.test(query) || !table || joined.length > 0 || asksForMore(question)) return undefined;
  const used = usedNames(query);
  const conditions: string[] = [];
  for (const column of table.columns) {
    const isElsewhere = used.has(column.name.toLowerCase()) || isLookedFor(column.name, query);
    // "how many tests", of tests.csv with a column test, are its rows
    const kind = isElsewhere || isOfTable(column.name, table) ? undefined : kindAsked(column.name, question);
    const condition = kind && (await conditionOf(column, kind, table, asked));
    if (condition !== undefined) conditions.push(condition);
  }
  const [condition, ...others] = conditions;
  const mended = condition === undefined || others.length > 0 ? undefined : withFilter(query, condition);
  return mended === undefined
    ? undefined
    : { query: mended, note: `(only rows where ${condition}, as the question says)` };
};

/** Both kinds are asked for, or the share of one. */
function asksForMore(question: string): boolean {
  const isShare = asksFor(question, "share-of-rows") || asksFor(question, "shares") || SHARES.test(question);
  return isShare || COMPARES.test(question);
}

/** As a word of a text that the query looks for: comment LIKE '%late%'. */
function isLookedFor(column: string, query: string): boolean {
  const texts = sqlTokens(query).filter(({ kind }) => kind === "string");
  return texts.some((token) => wholeWord(column.replaceAll("_", " ")).test(unquoted(token)));
}

type Kind = "yes" | "no";

/** As a word of its own, as it stands or with an ending; not behind "by". The other kind where it is denied right there. */
function kindAsked(column: string, question: string): Kind | undefined {
  const name = column.toLowerCase().replaceAll("_", " ");
  const isHan = /\p{Script=Han}/u.test(name);
  if ([...name].length < (isHan ? 2 : LEAST_WORD)) return undefined;
  const text = question.toLowerCase();
  const [before = "", behind, ...others] = text.split(name);
  if (behind === undefined || BEFORE_A_KEY.test(before)) return undefined;
  const isDenied = DENIED_BEFORE.test(before) || DENIED_BEHIND.test(behind);
  if (others.length > 0 && (isDenied || denies(question))) return undefined;
  const ending = /^\p{L}*/u.exec(behind)?.[0] ?? "";
  const isWord = isHan || (!/[\p{L}\p{N}_]-?$/u.test(before) && ending.length <= ENDING);
  if (isDenied) return isHan || ending.length <= ENDING ? "no" : undefined;
  return isWord && !denies(question) ? "yes" : undefined;
}

function denies(question: string): boolean {
  return NEGATES.test(question) || DENIES.test(question) || saysInAnyLanguage(question, ({ nothing }) => nothing);
}

/** Of true and false, or of texts that say yes and no. */
async function conditionOf(
  { name, type }: TableInfo["columns"][number],
  kind: Kind,
  table: TableInfo,
  { look }: Asked,
): Promise<string | undefined> {
  const column = identifier(name);
  if (type === "BOOLEAN") return kind === "yes" ? column : `NOT ${column}`;
  if (type !== "VARCHAR") return undefined;
  const { rows } = await look(
    `SELECT DISTINCT lower(${column}) AS value, ${column} AS written FROM ${table.name} LIMIT 4`,
  );
  const values = rows.filter(({ value }) => value !== null);
  const of = (words: readonly string[]) => values.filter(({ value }) => words.includes(String(value)));
  const yes = of(["y", "true", ...LANGUAGES.map((language) => language.yes)]);
  const no = of(["n", "false", ...LANGUAGES.map((language) => language.no)]);
  const [meant, ...more] = kind === "yes" ? yes : no;
  return meant && more.length === 0 && yes.length > 0 && yes.length + no.length === values.length
    ? `${column} = ${quoted(String(meant["written"]))}`
    : undefined;
}
