// A mean is asked for, and the query counts the rows, or adds up the column: the mean of the one number that the question
// speaks of.
import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import { askedNumber } from "../../languages/measures.ts";
import { asksForMovingMean } from "../../languages/time-steps.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { isIdentifier, isNumeric } from "../../sessions/table-info.ts";
import { aggregatesIn, columnOf, plainQuery, type Rewrite } from "./rewrite.ts";
import { mayBeNamedIn } from "./spoken.ts";

/** SELECT class, count(*) FROM marks GROUP BY class -> SELECT class, avg(mark) FROM marks GROUP BY class */
export const askedMeans: Rewrite = (query, { question, ...asked }) => {
  const plain = isOfMean(question) ? plainQuery(query, asked) : undefined;
  const [call, ...more] = plain ? aggregatesIn(plain.outline.tokens) : [];
  if (!plain || !call || more.length > 0 || !/^(count|sum)$/.test(call.name)) return undefined;
  const { tokens } = plain.outline;
  if (tokens.some(({ text }) => text === "/") || plain.select.clauses.has("having")) return undefined;
  const numbers = plain.tables.flatMap(({ columns }) => columns.filter(({ type }) => isNumeric(type)));
  const [column, ...others] = numbers.filter(({ name }) => !isIdentifier(name) && mayBeNamedIn(name, question));
  if (!column || others.length > 0) return undefined;
  if (call.name === "sum" && columnOf(call.inside)?.toLowerCase() !== column.name.toLowerCase()) return undefined;
  return {
    query: `${sqlText(tokens.slice(0, call.from))}avg(${identifier(column.name)})${sqlText(tokens.slice(call.to))}`,
    note: `(a mean was asked for: it is computed of ${column.name})`,
  };
};

/** And for nothing else that is computed. */
function isOfMean(question: string): boolean {
  const isOther = asksFor(question, "total") || askedNumber(question) !== undefined || asksForMovingMean(question);
  const isMedian = saysInAnyLanguage(question, ({ functions }) => functions.median);
  return asksFor(question, "mean") && !isOther && !isMedian;
}
