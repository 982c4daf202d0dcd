// "The total by country", and the query adds up all rows: one number, which would be told as that of each.
import { groupWords } from "../../languages/measures.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { isName, isWord, solid, tokensOf } from "../../sessions/sql/sql-outline.ts";
import { sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isTranslated } from "../question/unexplained-words.ts";
import { withoutForm } from "../question/without-form.ts";
import { aggregatesIn, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";
import { isNamedIn } from "./spoken.ts";

const MOST_GROUPS = 200; // more are each row's own

/** SELECT sum(net) FROM invoices -> SELECT country, sum(net) FROM invoices GROUP BY country */
export const leftOutGroups: Rewrite = async (query, asked) => {
  const { question, standsAlone, result, look } = asked;
  const plain = standsAlone && result?.rowCount === 1 ? plainQuery(query, asked) : undefined;
  const group = plain && computesOnly(plain) ? groupAsked(plain, question) : undefined;
  if (!plain || !group) return undefined;
  const { rows } = await look(`SELECT count(DISTINCT ${group.text}) AS n, count(*) AS rows FROM ${plain.from}`);
  const count = Number(rows[0]?.["n"]);
  if (!(count > 1 && count <= MOST_GROUPS && count < Number(rows[0]?.["rows"]))) return undefined;
  const list = sqlText(tokensOf(plain.outline, plain.select, "select")).trim();
  const filter = plain.where === "" ? "" : ` WHERE ${plain.where}`;
  return {
    query: `SELECT ${group.text}, ${list} FROM ${plain.from}${filter} GROUP BY ${group.text} ORDER BY ${group.text}`,
    note: `(one of each ${group.name} was asked for, and not one of all)`,
  };
};

/** Aggregates and nothing beside them. */
function computesOnly({ outline, select }: PlainQuery): boolean {
  const clauses = ["group by", "having", "order by", "limit", "qualify"] as const;
  const isWindow = outline.tokens.some((token) => isWord(token, "over"));
  const isPlain = !isWindow && !clauses.some((clause) => select.clauses.has(clause));
  return isPlain && select.items.every(({ expression }) => aggregatesIn(expression).length > 0);
}

interface AskedGroup {
  readonly name: string;
  readonly text: string; // as a query has it
}

/** The one column of texts, or such a field of one, that the question groups by and the query does not use. */
function groupAsked({ outline, tables }: PlainQuery, question: string): AskedGroup | undefined {
  const words = groupWords(withoutForm(question)); // "a line per row" is no group
  const used = solid(outline.tokens)
    .filter(isName)
    .map((token) => unquoted(token).toLowerCase());
  const found = tables
    .flatMap(textsOf)
    .filter(({ name }) =>
      words.some((one) => isNamedIn(name, one) || one.split(/\s+/).some((word) => isTranslated(word, name))),
    );
  const [group, ...others] = found;
  return group && others.length === 0 && !used.includes(group.name.toLowerCase()) ? group : undefined;
}

function textsOf({ columns }: TableInfo): AskedGroup[] {
  return columns.flatMap(({ name, type }) => {
    const own = identifier(name);
    if (/^(?:VARCHAR|BOOLEAN)$/.test(type)) return [{ name, text: own }];
    if (!/^STRUCT\([^()]*\)$/.test(type)) return [];
    const fields = [...type.matchAll(/[(,]\s*"?([\p{L}_][\p{L}\p{N}_ ]*)"? VARCHAR(?=[,)])/gu)];
    return fields.map(([, field]) => ({ name: field!, text: `${own}.${identifier(field!)}` }));
  });
}
