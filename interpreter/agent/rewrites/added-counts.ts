// "How many days absent had class 8a?", "which class has the most?", of a column that says how many, by count(*) of the rows: they
// are added up.
import { askedMost, askedNumber } from "../../languages/measures.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { equal } from "../../sessions/sql/mends/mend.ts";
import { usedNames } from "../../sessions/sql/sql-outline.ts";
import { sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isIdentifier, isNumeric } from "../../sessions/table-info.ts";
import { aggregatesIn, plainQuery, type Rewrite } from "./rewrite.ts";
import { isNamedIn, isOfTable } from "./spoken.ts";

/** SELECT count(*) FROM marks WHERE class = '8a' -> SELECT sum(days_absent) FROM marks WHERE class = '8a' */
export const addedCounts: Rewrite = (query, { question, ...asked }) => {
  const number = askedNumber(question) ?? askedMost(question);
  const plain = number && !number.isOfRows ? plainQuery(query, asked) : undefined;
  const [call, ...more] = plain ? aggregatesIn(plain.outline.tokens) : [];
  if (!number || !plain || call?.name !== "count" || more.length > 0) return undefined;
  const numbers = plain.tables.flatMap(({ columns }) => columns.filter(({ type }) => isNumeric(type)));
  const [column, ...others] = numbers.filter(({ name }) => !isIdentifier(name) && isNamedIn(name, number.of));
  if (!column || others.length > 0) return undefined;
  const isOfRows = plain.tables.some((table) => isOfTable(number.of, table)) && !equal(column.name, number.of); // order of orders.csv
  const [only, ...rest] = call.inside;
  const isCount =
    only === undefined ||
    /^[*1]$/.test(only.text) ||
    (equal(unquoted(only), column.name) && equal(column.name, number.of));
  if (isOfRows || !isCount || rest.length > 0) return undefined;
  const conditions = plain.where.replace(
    new RegExp(`"?${column.name.replace(/[^\p{L}\p{N}_ ]/gu, ".")}"?\\s*(?:>|<>|!=)\\s*0\\b`, "iu"),
    "",
  );
  if (usedNames(conditions).has(column.name.toLowerCase())) return undefined; // "how many scores are over 50"
  const { tokens } = plain.outline;
  return {
    query: `${sqlText(tokens.slice(0, call.from))}sum(${identifier(column.name)})${sqlText(tokens.slice(call.to))}`,
    note: `(${column.name} says how many: it is added up, and the rows are not counted)`,
  };
};
