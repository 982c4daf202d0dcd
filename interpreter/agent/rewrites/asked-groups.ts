// Groups by another column than the one that the question groups by: by origin, where the state of the airport was asked.
import { asksForName, groupWords } from "../../languages/measures.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { isName, listed, solid } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { endOfEach } from "./first-of-each.ts";
import { aggregatesIn, columnOf, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";
import { isNamedIn, mayBeNamedIn } from "./spoken.ts";

/** SELECT origin, avg(delay) ... GROUP BY origin -> SELECT state, avg(delay) ... GROUP BY state */
export const askedGroups: Rewrite = (query, asked) => {
  const plain = plainQuery(query, asked);
  const own = plain && groupOf(plain);
  if (!plain || own === undefined || mayBeNamedIn(own, asked.question)) return undefined;
  if (asksForName(asked.question) && endOfEach(asked.question) !== undefined) return undefined; // a room of each type is no type
  const wanted = wantedOf(plain, asked.question);
  if (wanted === undefined || wanted.toLowerCase() === own.toLowerCase()) return undefined;
  return {
    query: withGroup(plain, own, identifier(wanted)),
    note: `(grouped by ${wanted}, as the question says, and not by ${own})`,
  };
};

/** The one column that a query groups by. */
function groupOf({ outline, select }: PlainQuery): string | undefined {
  const group = select.clauses.get("group by");
  const [item, ...others] = group ? listed(outline.tokens, group) : [];
  if (!item || others.length > 0 || aggregatesIn(outline.tokens).length === 0) return undefined;
  const written = solid(outline.tokens.slice(item.from, item.to));
  const place = written.length === 1 && written[0]!.kind === "number" ? Number(written[0]!.text) : undefined;
  const plain = select.items.filter(({ expression }) => aggregatesIn(expression).length === 0);
  const isAll = written.length === 1 && /^all$/i.test(written[0]!.text);
  const expression = isAll
    ? plain.length === 1
      ? plain[0]!.expression
      : []
    : place === undefined
      ? written
      : (select.items[place - 1]?.expression ?? []);
  return columnOf(expression);
}

/** The one column of the query's tables that the question groups by, which only one of them has and the query does not select. */
function wantedOf({ tables, select }: PlainQuery, question: string): string | undefined {
  const words = groupWords(question);
  const columns = tables
    .flatMap((table) => table.columns)
    .filter(({ name }) => words.some((one) => isNamedIn(name, one)));
  const [column, ...others] = columns;
  if (!column || others.length > 0 || /DOUBLE|FLOAT|DECIMAL/.test(column.type)) return undefined;
  const isSelected = select.items.some(({ expression }) =>
    expression.some((token) => isName(token) && unquoted(token).toLowerCase() === column.name.toLowerCase()),
  );
  return isSelected ? undefined : column.name;
}

/** In the list, the groups and the order; a condition on the other column stays. */
function withGroup({ outline, select }: PlainQuery, own: string, text: string): string {
  const { tokens } = outline;
  const ranges = (["select", "group by", "order by"] as const).flatMap((clause) => select.clauses.get(clause) ?? []);
  const isIn = (i: number) => ranges.some(({ from, to }) => i >= from && i < to);
  const isOwn = (token: SqlToken | undefined) =>
    token !== undefined && isName(token) && unquoted(token).toLowerCase() === own.toLowerCase();
  return sqlText(
    tokens.map((token, i) => {
      if (isIn(i) && isOwn(token) && tokens[i + 1]?.text !== ".") return { ...token, text };
      const isOwner =
        isIn(i) &&
        ((tokens[i + 1]?.text === "." && isOwn(tokens[i + 2])) || (token.text === "." && isOwn(tokens[i + 1])));
      return isOwner ? { ...token, text: "" } : token; // flights.origin
    }),
  );
}
