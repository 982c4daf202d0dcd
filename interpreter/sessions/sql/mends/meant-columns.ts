// A column by a name that is not its own: a part of it, other characters for the same word, or another language's word.

import { escapeRegExp, wholeWord } from "../../../escape-regexp.ts";
import { isTranslationOf } from "../../../languages/column-words.ts";
import { groupWords } from "../../../languages/measures.ts";
import { withoutAccents, withoutCamelCase } from "../../../name-words.ts";
import type { TableInfo } from "../../session.ts";
import { isIdentifier, isNumeric, isTime, withoutUnit } from "../../table-info.ts";
import { identifier } from "../database.ts";
import type { JoinKey } from "../join-key.ts";
import { isName, outlineOf, solid, tokensOf, usedNames, withName } from "../sql-outline.ts";
import { type SqlToken, sqlTokens, unquoted } from "../sql-tokens.ts";
import { equal, isPlain, type Mend, missingColumn, tablesIn } from "./mend.ts";

const COMPUTES = /^(sum|avg|mean|median|stddev\w*|var\w*|quantile\w*|corr|round|abs)$/i;
const SIGNS = /^[<>+\-*/%]$/;
const COMPUTED = /^(total|sum|avg|average|mean|number|count|num|of|max|min)$/; // how, and not of what
const HAN = /^\p{Script=Han}{2,}$/u;
/** Functions of one time. */
const OF_TIMES =
  /^(?:day(?:name|ofweek|ofmonth|ofyear)?|weekday|isodow|month(?:name)?|quarter|year|week(?:ofyear)?|hour|minute)$/i;
const TIME_WORD = /^(?:date|day|time|month|year|hour|datum|tag|monat|jahr|fecha|mes|año|hora|jour|mois|année|heure)$/i;
const LEAST_PART = 3; // letters of a word that is a part of a name; of Chinese and Japanese two

type Column = TableInfo["columns"][number];

/** rent -> rent_eur, 遅延 -> 遅延時間（分）: the only column that has all its words; else total_rent -> rent, 遅延分数 -> 遅延. */
export const partOfColumn: Mend = (query, error, tables, _question, keys) => {
  const by = (isMeant: (name: string[], column: string[]) => boolean) =>
    readAs(query, error, tables, keys, (name) => {
      const words = wordsOf(name);
      const isLong = words.length > 0 && words.every((word) => word.length >= (isHan(word) ? 2 : LEAST_PART));
      const isOtherUnit = withoutUnit(name) !== name;
      return ({ name: column }) => isLong && !isOtherUnit && isMeant(words, wordsOf(column));
    });
  const saysWhat = (words: string[]) => words.filter((word) => !COMPUTED.test(word));
  return by((name, column) => areIn(name, column)) ?? by((name, column) => areIn(saysWhat(name), column, true));
};

/** 分类 -> 分類, 单価 -> 単価: as many characters, half of them or more the same. */
export const otherCharacters: Mend = (query, error, tables, _question, keys) =>
  readAs(query, error, tables, keys, (name) => ({ name: column }) => {
    const [a, b] = [[...name], [...withoutUnit(column)]];
    if (!HAN.test(name) || a.length !== b.length) return false;
    return 2 * a.filter((character, i) => character === b[i]).length >= a.length;
  });

/**
 * route -> 路線, where the question speaks of that column and not of a route: the model has translated it. A name that the
 * question itself has is of something that no column holds.
 */
export const askedColumn: Mend = (query, error, tables, question, keys) => {
  const used = usedNames(query);
  const isFree = ({ name, type }: Column) => !used.has(name.toLowerCase()) && !(isNumeric(type) && isIdentifier(name));
  const named = (column: Column) => isFree(column) && wholeWord(withoutUnit(column.name)).test(question);
  const spoken = (column: Column) =>
    isFree(column) && wordsOf(column.name).some((word) => word.length >= LEAST_PART && wholeWord(word).test(question));
  const words = groupWords(question);
  const isGroup = isGroupedBy(query, missingColumn(error) ?? "");
  const grouped = (column: Column) => isGroup && words.some((one) => wholeWord(withoutUnit(column.name)).test(one));
  const isTranslated = (name: string) => wordsOf(name).every((word) => !wholeWord(word).test(question));
  const by = (isMeant: (column: Column) => boolean) =>
    readAs(query, error, tables, keys, (name) => (column) => isTranslated(name) && isMeant(column));
  return by(grouped) ?? by(named) ?? by(spoken);
};

/** city -> 城市, customer_type -> 顾客类型: the only column that says the same in another language. */
export const translatedColumn: Mend = (query, error, tables, question, keys) =>
  readAs(query, error, tables, keys, (name) => {
    if (new RegExp(`${escapeRegExp(name)}\\s*[(（=＝]`, "iu").test(question)) return () => false; // it says how to compute it
    const words = wordsOf(name).filter((word) => !COMPUTED.test(word));
    return ({ name: column }) => isTranslationOf(words, wordsOf(column));
  });

/**
 * dayname(start_at) -> dayname(started_at): a part of a time is taken of the only column of times, where the question does
 * not speak of another: the year of a birth is in no column of visits.
 */
export const onlyTime: Mend = (query, error, tables, question, keys) => {
  const times = tablesIn(query, tables).flatMap(({ columns }) => columns.filter(({ type }) => isTime(type)));
  const [only, ...others] = new Set(times.map(({ name }) => name));
  if (only === undefined || others.length > 0) return undefined;
  const tokens = solid(sqlTokens(query));
  return readAs(query, error, tables, keys, (name) => (column) => {
    const isOfTime = tokens.some((token, i) => {
      const call = tokens[i - 1]?.text === "(" ? (tokens[i - 2]?.text ?? "") : "";
      return isName(token) && equal(unquoted(token), name) && OF_TIMES.test(call);
    });
    const others = wordsOf(name).filter(
      (word) => !wordsOf(only).some((own) => own.startsWith(word) || word.startsWith(own)),
    );
    const isAnother = others.some(
      (word) => word.length >= LEAST_PART && !TIME_WORD.test(word) && wholeWord(word).test(question),
    );
    return isOfTime && !isAnother && column.name === only;
  });
};

/** Behind GROUP BY, as a name alone. */
function isGroupedBy(query: string, name: string): boolean {
  const outline = outlineOf(query);
  return solid(tokensOf(outline, outline.outer, "group by")).some((token) => equal(unquoted(token), name));
}

/** The one column that is meant, of those that hold what the query takes it for. A name that a table beside it has is that table's. */
function readAs(
  query: string,
  error: string,
  tables: readonly TableInfo[],
  keys: readonly JoinKey[],
  isMeantBy: (name: string) => (column: Column) => boolean,
) {
  const name = missingColumn(error);
  if (name === undefined || keys.length > 0) return undefined;
  const columns = tablesIn(query, tables).flatMap((table) => table.columns);
  const kind = kindOf(name, solid(sqlTokens(query)));
  const isOfKind = ({ type }: Column) => kind === undefined || isNumeric(type) === (kind === "number");
  const meant = columns.filter(isMeantBy(name)).filter(isOfKind);
  const [column, ...others] = new Set(meant.map((one) => one.name));
  // Two names are two things: temp_max - temp_min of the one column temp would be 0.
  if (column === undefined || others.length > 0 || usedNames(query).has(column.toLowerCase())) return undefined;
  const text = isPlain(column) ? column : identifier(column);
  return { query: withName(query, name, text), note: `(${name} is read as ${column})` };
}

/** What a query takes a column for: it computes with a number, and compares a text with one. */
function kindOf(name: string, tokens: readonly SqlToken[]): "number" | "text" | undefined {
  const places = tokens.flatMap((token, i) => (isName(token) && equal(unquoted(token), name) ? [i] : []));
  const near = places.map((i) => ({
    call: tokens[i - 1]?.text === "(" ? (tokens[i - 2]?.text ?? "") : "",
    sign: tokens[i + 1]?.text ?? "",
    behind: tokens[i + 2],
  }));
  if (near.some(({ sign, behind }) => sign === "=" && behind?.kind === "string")) return "text";
  return near.some(({ call, sign }) => COMPUTES.test(call) || SIGNS.test(sign)) ? "number" : undefined;
}

/** In lower case, without accents: "loyer_mensuel", "loyerMensuel" */
function wordsOf(name: string): string[] {
  const spaced = withoutCamelCase(withoutUnit(name));
  return withoutAccents(spaced).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Whether the words are among the others; in Chinese and Japanese within them, or the other way round. */
function areIn(words: readonly string[], others: readonly string[], isTurned = false): boolean {
  const isIn = (word: string) => (other: string) =>
    isHan(word)
      ? isTurned
        ? other.length > 1 && word.includes(other)
        : other.includes(word)
      : isSameWord(word, other);
  return words.length > 0 && words.every((word) => others.some(isIn(word)));
}

function isSameWord(a: string, b: string): boolean {
  return a === b || `${a}s` === b || a === `${b}s`;
}

function isHan(word: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word);
}
