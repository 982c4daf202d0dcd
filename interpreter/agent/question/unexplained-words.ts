// Words of a question that name nothing of the tables: one of them may be another word for a value that a query looks for.
import { isTranslationOf } from "../../languages/column-words.ts";
import { namingPartsOf } from "../../languages/plain-words.ts";
import { withoutAccents, withoutCamelCase } from "../../name-words.ts";
import type { SqlResult, TableInfo } from "../../sessions/session.ts";
import { identifier, quoted } from "../../sessions/sql/database.ts";
import { withoutUnit } from "../../sessions/table-info.ts";
import { isOfTable, mayBeNamedIn } from "../rewrites/spoken.ts";

const MAX_WORDS = 12; // that are looked for among the values
const MAX_COLUMNS = 12; // of texts, of one table
const LEAST_STEM = 4; // letters, by which a value is found in another form
const PLURALS = ["s", "es", "n", "en"];

/** @param tables that the query reads */
export async function unexplainedWords(
  question: string,
  tables: readonly TableInfo[],
  look: (query: string) => Promise<SqlResult>,
): Promise<string[]> {
  const columns = tables.flatMap((table) => table.columns.map(({ name }) => name));
  const isNamed = (word: string) =>
    tables.some((table) => isOfTable(word, table)) ||
    columns.some((name) => mayBeNamedIn(name, word) || isTranslated(word, name));
  const isHan = (name: string) => !/\p{Script=Latin}/u.test(name);
  const bare = columns
    .map(withoutUnit)
    .filter(isHan)
    .reduce((text, name) => text.replaceAll(name, " "), question);
  let left = namingPartsOf(bare).filter((word) => !isNamed(word));
  for (const table of tables) left = left.length === 0 ? [] : await withoutValues(left, table, look);
  return left;
}

/** "Filialen" of a column shop. */
export function isTranslated(word: string, column: string): boolean {
  const [bare, own] = [word, withoutCamelCase(column)].map((text) => withoutAccents(text).toLowerCase());
  const words = own!.match(/\p{L}+/gu) ?? [];
  return ["", ...PLURALS].some(
    (ending) => bare!.endsWith(ending) && isTranslationOf([bare!.slice(0, bare!.length - ending.length)], words),
  );
}

/** Without those that a value of the table holds, in whatever form; of Chinese and Japanese, that hold a value. */
async function withoutValues(
  words: readonly string[],
  table: TableInfo,
  look: (query: string) => Promise<SqlResult>,
): Promise<string[]> {
  const texts = table.columns.filter(({ type }) => type === "VARCHAR").slice(0, MAX_COLUMNS);
  if (texts.length === 0) return [...words];
  const known = words.slice(0, MAX_WORDS).map((word, i) => {
    const isIn = texts.map(({ name }) => holdsWord(identifier(name), word)).join(" OR ");
    return `bool_or(${isIn}) AS w${i}`;
  });
  const { rows } = await look(`SELECT ${known.join(", ")} FROM ${table.name}`);
  return words.filter((_, i) => rows[0]?.[`w${i}`] !== true);
}

function holdsWord(column: string, word: string): string {
  if (!/\p{Script=Latin}/u.test(word))
    return `contains(${quoted(word)}, ${column}) OR contains(${column}, ${quoted(word)})`;
  const stem = word.slice(0, Math.max(LEAST_STEM, word.length - 2));
  return `contains(strip_accents(lower(${column})), ${quoted(withoutAccents(stem.toLowerCase()))})`;
}
