// count(*) / count(*) AS people_per_booking is 1 of any rows. Where the question asks for a mean and names a number, that is
// meant; otherwise the model is asked, as of any query that answers nothing.
import { asksFor } from "../../languages/index.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { solid } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText } from "../../sessions/sql/sql-tokens.ts";
import { isIdentifier, isNumeric } from "../../sessions/table-info.ts";
import { plainQuery, type Rewrite } from "./rewrite.ts";
import { mayBeNamedIn } from "./spoken.ts";

/** count(*) / count(*) -> avg(people) */
export const byItself: Rewrite = (query, asked) => {
  const plain = asksFor(asked.question, "mean") ? plainQuery(query, asked) : undefined;
  const item = plain?.select.items.find(({ expression }) => isByItself(expression));
  if (!plain || !item) return undefined;
  const numbers = plain.tables
    .flatMap(({ columns }) => columns)
    .filter(({ name, type }) => {
      return isNumeric(type) && !isIdentifier(name) && mayBeNamedIn(name, asked.question);
    });
  const [column, ...others] = numbers;
  if (!column || others.length > 0) return undefined;
  const { tokens } = plain.outline;
  const text = ` avg(${identifier(column.name)})${item.alias === undefined ? "" : ` AS ${identifier(item.alias)}`} `;
  const [before, behind] = [tokens.slice(0, item.range.from), tokens.slice(item.range.to)];
  const meant = `${sqlText(before).trimEnd()}${text}${sqlText(behind).trimStart()}`;
  return {
    query: meant,
    note: `(${sqlText(item.expression).trim()} is 1 of any rows: the mean of ${column.name} was asked for)`,
  };
};

/** x / x, also in numbers of another kind: 1.0 * x / x */
function isByItself(expression: readonly SqlToken[]): boolean {
  const words = solid(expression).map(({ text }) => text.toLowerCase());
  const own = words[1] === "*" && /^1(?:\.0+)?$/.test(words[0] ?? "") ? words.slice(2) : words;
  const half = (own.length - 1) / 2;
  return own[half] === "/" && own.slice(0, half).join(" ") === own.slice(half + 1).join(" ") && half > 0;
}
