// "What is the correlation of length and depth?" is one value; by species it is another in each row.
import { escapeRegExp, wholeWord } from "../../escape-regexp.ts";
import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import { groupWords } from "../../languages/measures.ts";
import { asksOverTime } from "../../languages/time-steps.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { outlineOf } from "../../sessions/sql/sql-outline.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { sharesWord } from "../../tools/renamed-columns.ts";
import { type KeyedResult, keyedResult } from "../keyed-result.ts";
import { type Asked, plainQuery, type Rewrite } from "./rewrite.ts";
import { isOfTable, mayBeNamedIn } from "./spoken.ts";

const STEM = 4; // UTF-16 units of a key: "Japan" is named by "Japanese"

/** SELECT species, corr(length, depth) FROM penguins GROUP BY species -> SELECT corr(length, depth) FROM penguins */
export const unaskedGroups: Rewrite = (query, asked) => {
  const groups = groupsOf(query, asked);
  const whole = groups && withoutGroups(query, groups, asked);
  return whole === undefined
    ? undefined
    : { query: whole, note: `(one value was asked for, and not one of each ${groups!.keyColumns.join(", ")})` };
};

/** Groups that a query gives values of, where the question asks for one value and speaks of none of them. */
export function groupsOf(
  query: string,
  { question, result: table, tables, standsAlone }: Pick<Asked, "question" | "result" | "tables" | "standsAlone">,
): KeyedResult | undefined {
  const result = table && keyedResult(table, query);
  if (!result || !standsAlone || !outlineOf(query).outer?.clauses.has("group by")) return undefined;
  if (result.rowCount < 2 || mayMeanSeveral(question, tablesIn(query, tables))) return undefined;
  const isNamed =
    result.keyColumns.some((name) => sharesWord(name, question)) ||
    result.rows.some(({ keys }) => keys.some((key) => isKeyIn(question, key)));
  return isNamed && !isMeanOfEachRow(query, result, { question, tables }) ? undefined : result;
}

/** "The mean price of the products", of products that are there once each: a mean of one row is none. */
function isMeanOfEachRow(query: string, { rowCount }: KeyedResult, asked: Pick<Asked, "question" | "tables">): boolean {
  const { tables = [], where } = plainQuery(query, asked) ?? {};
  const [table, ...joined] = tables;
  const isMean = asksFor(asked.question, "mean") && /\b(avg|mean)\s*\(/i.test(query);
  return isMean && joined.length === 0 && where !== undefined && table?.rowCount === rowCount;
}

/** What the query computes of all its rows; undefined where nothing else is left of its list. */
function withoutGroups(query: string, { measures }: KeyedResult, { result }: Asked): string | undefined {
  const { tokens, outer, selects } = outlineOf(query);
  const columns = result?.columns ?? [];
  if (selects.length > 1 || outer?.clauses.has("having")) return undefined;
  const items = outer?.items.length === columns.length ? outer.items : [];
  const computed = items.filter((_, i) => measures.includes(columns[i]?.name ?? ""));
  const clauses = (["from", "where"] as const).flatMap((name) => {
    const range = outer?.clauses.get(name);
    return range ? [sqlText(tokens.slice(range.start, range.to)).trim()] : [];
  });
  const list = computed.map(({ range }) => sqlText(tokens.slice(range.from, range.to)).trim()).join(", ");
  return list === "" || clauses.length === 0 ? undefined : `SELECT ${list} ${clauses.join(" ")}`;
}

/** Only a question that begins as one for a single value, without a word that groups, ranks or compares. */
function mayMeanSeveral(question: string, tables: Asked["tables"]): boolean {
  const bare = withoutRates(question, tables);
  if (!asksFor(bare, "one-value") || asksFor(bare, "groups") || asksOverTime(bare)) return true;
  return saysInAnyLanguage(bare, ({ most }) => most) || saysInAnyLanguage(bare, ({ least }) => least);
}

/** "Goals per match" of matches.csv: each row is one, and nothing is grouped. */
function withoutRates(question: string, tables: Asked["tables"]): string {
  const [words, ...more] = groupWords(question);
  if (words === undefined || more.length > 0) return question;
  const ofRows = words.split(" ").slice(0, 1).join("");
  const names = tables.flatMap(({ columns }) => columns.map(({ name }) => name));
  const isOfRows = tables.some((table) => isOfTable(ofRows, table)) && !names.some((name) => mayBeNamedIn(name, words));
  return isOfRows ? question.replace(new RegExp(`[^\\s]+\\s+(?=${escapeRegExp(words)})`, "u"), " ") : question;
}

function isKeyIn(question: string, key: string): boolean {
  if (key.length < STEM || /^\d/.test(key)) return wholeWord(key).test(question);
  return question.toLowerCase().includes(key.slice(0, STEM).toLowerCase());
}
