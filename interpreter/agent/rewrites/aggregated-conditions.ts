// "Which types have a mean rent above 1,500?", and the query takes each row above it: the condition is one on the groups.
import { asksFor } from "../../languages/index.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { isName, solid, tokensOf } from "../../sessions/sql/sql-outline.ts";
import { sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import { aggregatesIn, columnOf, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";
import { mayBeNamedIn } from "./spoken.ts";

/** SELECT type FROM flats WHERE rent > 1500 [GROUP BY type] -> SELECT type FROM flats GROUP BY type HAVING avg(rent) > 1500 */
export const aggregatedConditions: Rewrite = (query, asked) => {
  const { question } = asked;
  const plain = plainQuery(query, asked);
  const isMean = asksFor(question, "mean");
  if (!plain || isMean === asksFor(question, "total") || aggregatesIn(plain.outline.tokens).length > 0)
    return undefined;
  const others = (["having", "order by", "limit"] as const).some((clause) => plain.select.clauses.has(clause));
  const condition = others ? undefined : comparedIn(plain, question);
  const key = condition && keyOf(plain, question);
  if (!condition || key === undefined || !isGroupedOnlyBy(key, plain)) return undefined;
  const computed = `${isMean ? "avg" : "sum"}(${identifier(condition.column)})`;
  return {
    query: `SELECT ${identifier(key)} FROM ${plain.from} GROUP BY ${identifier(key)} HAVING ${computed} ${condition.sign} ${condition.number}`,
    note: `(the ${isMean ? "mean" : "total"} of ${condition.column} of each ${key} is compared, and not each row's)`,
  };
};

/** The whole condition, of a column that the question names and a number. */
function comparedIn({ outline, select, tables }: PlainQuery, question: string) {
  const where = solid(tokensOf(outline, select, "where"));
  const [name, ...rest] = where;
  const number = rest.at(-1);
  const sign = sqlText(rest.slice(0, -1));
  if (!name || !isName(name) || number?.kind !== "number" || !/^[<>]=?$/.test(sign)) return undefined;
  const column = tables
    .flatMap(({ columns }) => columns)
    .find((one) => one.name.toLowerCase() === unquoted(name).toLowerCase() && isNumeric(one.type))?.name;
  return column === undefined || !mayBeNamedIn(column, question) ? undefined : { column, sign, number: number.text };
}

function isGroupedOnlyBy(key: string, { outline, select }: PlainQuery): boolean {
  const written = solid(tokensOf(outline, select, "group by"));
  return written.length === 0 || sqlText(written) === "1" || columnOf(written)?.toLowerCase() === key.toLowerCase();
}

/** The one text that is selected and that the question names. */
function keyOf({ select, tables }: PlainQuery, question: string): string | undefined {
  const [item, ...others] = select.items;
  const written = item && columnOf(item.expression.filter(({ text }) => !/^distinct$/i.test(text)));
  const texts = tables.flatMap(({ columns }) => columns.filter(({ type }) => type === "VARCHAR"));
  const key = texts.find(({ name }) => name.toLowerCase() === written?.toLowerCase())?.name;
  return others.length === 0 && key !== undefined && mayBeNamedIn(key, question) ? key : undefined;
}
