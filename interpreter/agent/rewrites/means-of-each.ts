// "How many units has an order on average?", by avg(units) of the lines: what each order has is added up, and the mean of
// those is asked for.
import { asksFor } from "../../languages/index.ts";
import { groupWords } from "../../languages/measures.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { isIdentifier, isNumeric, withoutIdentifier } from "../../sessions/table-info.ts";
import { derivedMeasure, isQuantity } from "../../tools/asked-chart.ts";
import { type AggregateCall, aggregatesIn, columnOf, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";
import { isNamedIn } from "./spoken.ts";

/** SELECT avg(units) FROM lines -> SELECT sum(units) / count(DISTINCT order_id) FROM lines */
export const meansOfEach: Rewrite = async (query, asked) => {
  const plain = asksFor(asked.question, "mean") ? plainQuery(query, asked) : undefined;
  const [call, ...more] = plain ? aggregatesIn(plain.outline.tokens) : [];
  if (!plain || call?.name !== "avg" || more.length > 0 || plain.select.clauses.has("group by")) return undefined;
  const at = plain.tables.findIndex((table) => {
    return isAmount(call, table.columns, derivedMeasure(asked.question, table));
  });
  const key = at < 0 ? undefined : keyAsked(plain, at, asked.question);
  if (key === undefined) return undefined;
  const { alias, table } = plain.sources[at]!;
  const each = plain.sources.length > 1 ? `${identifier(alias ?? table)}.${identifier(key)}` : identifier(key);
  const { tokens } = plain.outline;
  const mean = `sum(${sqlText(call.inside)}) / count(DISTINCT ${each})`;
  const note = `(the mean of what each ${key} has in all: added up, and divided by how many there are)`;
  return { query: `${sqlText(tokens.slice(0, call.from))}${mean}${sqlText(tokens.slice(call.to))}`, note };
};

/** What is there in units, or in money for them, so that a sum says something. */
function isAmount(
  { inside }: AggregateCall,
  columns: PlainQuery["tables"][number]["columns"],
  derived: string | undefined,
): boolean {
  const column = columnOf(inside)?.toLowerCase();
  const isOf = columns.some(({ name, type }) => isNumeric(type) && isQuantity(name) && name.toLowerCase() === column);
  return (
    isOf || (derived !== undefined && sqlText(inside).replaceAll(/[\s"]/g, "") === derived.replaceAll(/[\s"]/g, ""))
  );
}

/** order_id of "per order"; undefined where the table tells its rows apart by it. */
function keyAsked({ tables }: PlainQuery, at: number, question: string): string | undefined {
  const words = groupWords(question);
  const keys = tables[at]!.columns.filter(({ name }) => {
    return isIdentifier(name) && words.some((one) => isNamedIn(withoutIdentifier(name), one.split(" ")[0] ?? ""));
  });
  return keys.length === 1 ? keys[0]!.name : undefined;
}
