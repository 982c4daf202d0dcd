// "The number of parts by warehouse", and the query lists the parts: they are counted by what the question groups by.
import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import { askedNumber, groupWords } from "../../languages/measures.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import { aggregatesIn, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";
import { isNamedIn, isOfTable, mayBeNamedIn } from "./spoken.ts";

/** SELECT part, warehouse FROM parts WHERE ... -> SELECT warehouse, count(*) AS count FROM parts WHERE ... GROUP BY warehouse */
export const countedGroups: Rewrite = (query, { question, ...asked }) => {
  const plain = plainQuery(query, asked);
  if (!plain || !countsRows(plain, question) || isOtherwise(question)) return undefined;
  const { outline, select, tables, from, where } = plain;
  if (aggregatesIn(outline.tokens).length > 0 || select.clauses.has("limit")) return undefined;
  const words = groupWords(question);
  const columns = tables
    .flatMap((table) => table.columns)
    .filter(({ name }) => words.some((one) => isNamedIn(name, one)));
  const [column, ...others] = columns;
  if (!column || others.length > 0) return undefined;
  const group = identifier(column.name);
  const filter = where === "" ? "" : ` WHERE ${where}`;
  return {
    query: `SELECT ${group}, count(*) AS count FROM ${from}${filter} GROUP BY ${group}`,
    note: `(how many was asked: the rows are counted by ${column.name})`,
  };
};

/** Rows, and not what a column has the number of. */
function countsRows({ tables }: PlainQuery, question: string): boolean {
  const number = askedNumber(question);
  const numbers = tables.flatMap(({ columns }) => columns.filter(({ type }) => isNumeric(type)));
  if (!number || numbers.some(({ name }) => mayBeNamedIn(name, number.of))) return false;
  return number.isOfRows || tables.some((table) => isOfTable(number.of, table));
}

function isOtherwise(question: string): boolean {
  const ends = saysInAnyLanguage(question, ({ most }) => most) || saysInAnyLanguage(question, ({ least }) => least);
  return ends || asksFor(question, "top") || asksFor(question, "mean");
}
