// "And that of the vans?", after a mean: the query lists the vans, where the mean of them was asked.
import { asksFor } from "../../languages/index.ts";
import { isWord, solid, tokensOf } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import { aggregatesIn, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";
import { mayBeNamedIn } from "./spoken.ts";

/** SELECT type, rent FROM flats WHERE type = 'T3', after avg(rent) of the T2 -> avg(rent) of the T3 */
export const followedMeasures: Rewrite = (query, asked) => {
  const [own, old] = [plainQuery(query, asked), plainQuery(asked.before, asked)];
  const isAnswer = asked.result !== undefined && (asked.result.rowCount < 2 || computes(own));
  if (!own || !old || own.where === "" || isAnswer || isOther(own, old, asked.question)) return undefined;
  const kept = conditionsOf(old).filter(
    ({ names }) => !conditionsOf(own).some((one) => one.names.some((name) => names.includes(name))),
  );
  const conditions = [...kept.map(({ text }) => text), own.where].join(" AND ");
  const { tokens } = old.outline;
  const from = old.select.clauses.get("from")!;
  const where = old.select.clauses.get("where");
  const text = `${sqlText(tokens.slice(0, from.to)).trim()} WHERE ${conditions} ${sqlText(tokens.slice(where?.to ?? from.to))}`;
  return {
    query: text.trim(),
    note: `(computed as for the question before: ${sqlText(tokensOf(old.outline, old.select, "select")).trim()})`,
  };
};

/** Another kind of question: it groups, computes, reads another table, or names another column of numbers. */
function isOther(own: PlainQuery, old: PlainQuery, question: string): boolean {
  const isSame = own.tables.length === 1 && own.tables[0] === old.tables[0] && old.tables.length === 1;
  if (!isSame || !computes(old) || asksFor(question, "groups") || own.select.clauses.has("group by")) return true;
  const computed = aggregatesIn(old.outline.tokens).flatMap(({ inside }) => inside);
  const used = [...computed, ...solid(tokensOf(own.outline, own.select, "where"))].map((token) =>
    unquoted(token).toLowerCase(),
  );
  const numbers = own.tables[0]!.columns.filter(({ type }) => isNumeric(type));
  return numbers.some(({ name }) => !used.includes(name.toLowerCase()) && mayBeNamedIn(name, question));
}

function computes(plain: PlainQuery | undefined): boolean {
  return plain !== undefined && aggregatesIn(plain.outline.tokens).length > 0;
}

interface Condition {
  readonly text: string;
  readonly names: readonly string[]; // in lower case
}

/** What stands between the ANDs of a WHERE; as one where it holds an OR. */
function conditionsOf({ outline, select, where }: PlainQuery): Condition[] {
  const tokens = tokensOf(outline, select, "where");
  if (where === "") return [];
  const parts: SqlToken[][] = [[]];
  let depth = 0;
  const isWhole = tokens.some((token) => isWord(token, "or", "between"));
  for (const token of tokens) {
    depth += token.text === "(" ? 1 : token.text === ")" ? -1 : 0;
    if (depth === 0 && !isWhole && isWord(token, "and")) parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts.map((part) => ({
    text: isWhole ? `(${sqlText(part).trim()})` : sqlText(part).trim(),
    names: part
      .filter(({ kind }) => kind === "word" || kind === "quoted")
      .map((token) => unquoted(token).toLowerCase()),
  }));
}
