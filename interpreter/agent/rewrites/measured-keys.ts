// "The mean ppm in 2009" by avg(other) ... GROUP BY ppm: a decimal that is measured makes a group of each of its values.
import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { columnsNamed } from "../../tools/asked-chart.ts";
import { aggregatesIn, columnOf, plainQuery, type Rewrite } from "./rewrite.ts";

const DECIMAL = /DOUBLE|FLOAT|DECIMAL/;

/** SELECT ppm, avg(adjusted) ... GROUP BY ppm -> SELECT avg(ppm) ... */
export const measuredKeys: Rewrite = (query, asked) => {
  const { question } = asked;
  const plain = plainQuery(query, asked);
  const [table, ...joined] = plain?.tables ?? [];
  if (!plain || !table || joined.length > 0 || !asksFor(question, "mean")) return undefined;
  const isOfEach = saysInAnyLanguage(question, ({ each }) => each);
  const { outline, select, from, where } = plain;
  const clauses = [...select.clauses.keys()].filter(
    (clause) => !["select", "from", "where", "group by"].includes(clause),
  );
  const group = select.clauses.get("group by");
  const key = group && columnOf(outline.tokens.slice(group.from, group.to));
  const column = table.columns.find(({ name }) => name.toLowerCase() === key?.toLowerCase());
  const [mean, ...others] = select.items.flatMap(({ expression }) => aggregatesIn(expression));
  if (isOfEach || clauses.length > 0 || !column || !DECIMAL.test(column.type)) return undefined;
  if (mean?.name !== "avg" || others.length > 0 || !columnsNamed(question, table).includes(column.name))
    return undefined;
  const alias = select.items.find(({ expression }) => aggregatesIn(expression).length > 0)?.alias ?? "mean";
  return {
    query: `SELECT avg(${identifier(column.name)}) AS ${identifier(alias)} FROM ${from}${where === "" ? "" : ` WHERE ${where}`}`,
    note: `(the mean of ${column.name} was asked for, and not one for each ${column.name})`,
  };
};
