// "And by branch?", after a count of the unpaid: the query gives one value again, where one of each branch was asked.
import { groupWords } from "../../languages/measures.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { tokensOf } from "../../sessions/sql/sql-outline.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { aggregatesIn, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";
import { isNamedIn } from "./spoken.ts";

/** "Sorted by price" is no group. */
const SORTS = /\b(?:sort\w*|order\w*|geordnet|tri[ée]\w*|class[ée]\w*|orden\w*)(?!\p{L})|排|並/iu;

/** SELECT count(*) FROM bills, after count(*) ... WHERE paid = 'no' -> SELECT branch, count(*) ... WHERE paid = 'no' GROUP BY branch */
export const followedGroups: Rewrite = (query, asked) => {
  const [own, old] = [plainQuery(query, asked), plainQuery(asked.before, asked)];
  if (!own || !old || SORTS.test(asked.question) || own.select.clauses.has("group by")) return undefined;
  const group = isOneValue(old) && own.tables[0] === old.tables[0] ? groupOf(old, asked.question) : undefined;
  if (group === undefined) return undefined;
  const list = sqlText(tokensOf(old.outline, old.select, "select")).trim();
  const filter = old.where === "" ? "" : ` WHERE ${old.where}`;
  const key = identifier(group);
  return {
    query: `SELECT ${key}, ${list} FROM ${old.from}${filter} GROUP BY ${key} ORDER BY ${key}`,
    note: `(computed as for the question before, by ${group}: ${list})`,
  };
};

/** Aggregates alone, of one table. */
function isOneValue({ select, tables }: PlainQuery): boolean {
  const others = (["group by", "having", "qualify", "limit", "order by"] as const).some((one) =>
    select.clauses.has(one),
  );
  const isComputed = select.items.every(({ expression }) => aggregatesIn(expression).length > 0);
  return !others && isComputed && tables.length === 1;
}

/** The one column by which the question groups, and nothing else of the table. */
function groupOf({ tables: [table] }: PlainQuery, question: string): string | undefined {
  const words = groupWords(question);
  const named = (table?.columns ?? []).filter(({ name }) => words.some((one) => isNamedIn(name, one)));
  const [column, ...others] = named;
  return column && words.length === 1 && others.length === 0 && !/DOUBLE|FLOAT|TIMESTAMP|STRUCT/.test(column.type)
    ? column.name
    : undefined;
}
