// "For each type of room, which room took most?", and the query has the total of each room, in the order of them all: of each
// type those that come first are meant.
import { asksFor, LANGUAGES } from "../../languages/index.ts";
import { groupWords } from "../../languages/measures.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { equal } from "../../sessions/sql/mends/mend.ts";
import { isWord, listed, solid } from "../../sessions/sql/sql-outline.ts";
import { sqlText, sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isTime } from "../../sessions/table-info.ts";
import { endOfEach } from "./first-of-each.ts";
import { type Asked, aggregatesIn, columnOf, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";
import { isNamedIn } from "./spoken.ts";
import { type GroupKey, groupKeys } from "./time-keys.ts";

const OTHERWISE = ["having", "qualify"] as const;

/** ... GROUP BY type, room ORDER BY sum(amount) DESC LIMIT 1 -> ... QUALIFY rank() OVER (PARTITION BY type ORDER BY sum(amount) DESC) = 1 */
export const bestOfGroups: Rewrite = async (query, asked) => {
  const { question } = asked;
  const rank = rankAsked(question);
  const end = endOfEach(question, rank !== undefined);
  const plain = end && !asksFor(question, "top") ? plainQuery(query, asked) : undefined;
  if (!end || !plain || OTHERWISE.some((clause) => plain.select.clauses.has(clause))) return undefined;
  if (rank === undefined && plain.select.clauses.has("offset")) return undefined; // else it skips those before the place
  const { outline, select, from, where } = plain;
  if (outline.tokens.some((token) => isWord(token, "over"))) return undefined;
  const keys = withEach(groupKeys(plain) ?? [], plain, question);
  const measure = measureOf(plain);
  const each = keys.length === 2 && measure !== undefined ? await eachOf(keys, plain, asked) : undefined;
  if (!each || measure === undefined) return undefined;
  const own = keys.filter((key) => key !== each);
  const place = rank ?? 1;
  const order = `${measure}${end === "most" ? " DESC" : ""}`;
  const ranked = `${place === 1 ? "rank" : "dense_rank"}() OVER (PARTITION BY ${each.text} ORDER BY ${order}) = ${place}`;
  const values = select.items.filter(({ expression }) => aggregatesIn(expression).length > 0);
  const shown = values.map(({ range }) => sqlText(outline.tokens.slice(range.from, range.to)).trim());
  const named = [each, ...own].map(({ text, name }) =>
    name === undefined ? text : `${text} AS "${name.replaceAll('"', '""')}"`,
  );
  const filter = where === "" ? "" : ` WHERE ${where}`;
  return {
    query: `SELECT ${[...named, ...shown].join(", ")} FROM ${from}${filter} GROUP BY ${keys.map(({ text }) => text).join(", ")} QUALIFY ${ranked} ORDER BY 1`,
    note: `(of each ${each.name ?? each.text} what comes ${place === 1 ? "first" : `in place ${place}`} by ${order})`,
  };
};

/** With the only column that the question says "each" of, where the query groups by another one alone. */
function withEach(keys: readonly GroupKey[], { tables }: PlainQuery, question: string): readonly GroupKey[] {
  const [key, ...others] = keys;
  if (!key || others.length > 0) return keys;
  const words = groupWords(question);
  const columns = tables.flatMap((table) => table.columns);
  const named = columns.filter(({ name }) => words.some((word) => isNamedIn(name, word)));
  const [each, ...more] = named;
  const own = columnOf(key.tokens);
  const isOther =
    each !== undefined && own !== undefined && !equal(each.name, own) && !/DOUBLE|FLOAT|DECIMAL/.test(each.type);
  if (!isOther || more.length > 0 || isTime(each.type)) return keys;
  const tokens = sqlTokens(identifier(each.name));
  return [{ tokens, text: sqlText(tokens), name: undefined }, key];
}

/** By which the query orders its groups; else the only one that it computes. */
function measureOf({ outline: { tokens }, select }: PlainQuery): string | undefined {
  const range = select.clauses.get("order by");
  const computed = select.items.filter(({ expression }) => aggregatesIn(expression).length > 0);
  const ordered = (range ? listed(tokens, range) : []).flatMap(({ from, to }) => {
    const term = solid(tokens.slice(from, to)).filter(
      (token) => !isWord(token, "asc", "desc", "nulls", "first", "last"),
    );
    const [only, ...others] = term;
    if (!only || others.length > 0)
      return aggregatesIn(term).length > 0
        ? [
            sqlText(tokens.slice(from, to))
              .replace(/\s+(?:asc|desc)\b.*$/is, "")
              .trim(),
          ]
        : [];
    const item =
      only.kind === "number"
        ? select.items[Number(only.text) - 1]
        : select.items.find(({ alias }) => alias?.toLowerCase() === unquoted(only).toLowerCase());
    return item && computed.includes(item) ? [sqlText(item.expression).trim()] : [];
  });
  const [measure, ...others] =
    ordered.length > 0 ? ordered : computed.map(({ expression }) => sqlText(expression).trim());
  return others.length > 0 ? undefined : measure;
}

/** The key that the question says "each" of; else the one of which each value of the other has one only: a room has one type. */
async function eachOf(
  keys: readonly GroupKey[],
  { from, where }: PlainQuery,
  { question, look }: Asked,
): Promise<GroupKey | undefined> {
  const words = groupWords(question);
  const isNamed = ({ tokens, name }: GroupKey) =>
    [columnOf(tokens), name].some((one) => one !== undefined && words.some((word) => isNamedIn(one, word)));
  const named = keys.filter(isNamed);
  if (named.length > 0) return named.length === 1 ? named[0] : undefined;
  const [a, b] = keys as [GroupKey, GroupKey]; // as: two of them
  const filter = where === "" ? "" : ` WHERE ${where}`;
  const { rows } = await look(
    `SELECT count(DISTINCT ${a.text}) AS a, count(DISTINCT ${b.text}) AS b, count(DISTINCT (${a.text}, ${b.text})) AS pairs FROM ${from}${filter}`,
  );
  const [ofA, ofB, pairs] = ["a", "b", "pairs"].map((name) => Number(rows[0]?.[name]));
  const isOfOne = [ofB === pairs, ofA === pairs];
  if (isOfOne[0] === isOfOne[1]) return undefined;
  return isOfOne[0] ? a : b;
}

/** "The second most", "comes third": undefined where no place is said, or several. */
function rankAsked(question: string): number | undefined {
  const found = LANGUAGES.flatMap(({ ranks, rankedEnds, most, least }) => [
    ...ranks.flatMap((words, i) => (words.test(question) ? [i + 1] : [])),
    ...rankedEnds.words.flatMap((words, i) => {
      const match = words.exec(question);
      if (!match) return [];
      const meant = question.replace(words, rankedEnds.end);
      const isEnd = [most, least].some((end) => {
        const at = end.exec(meant);
        return at !== null && at.index <= match.index + rankedEnds.end.length && at.index + at[0].length > match.index;
      });
      return isEnd ? [i + 2] : [];
    }),
  ]);
  const [rank, ...others] = new Set(found);
  return others.length > 0 ? undefined : rank;
}
