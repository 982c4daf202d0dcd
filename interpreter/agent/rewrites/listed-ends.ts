// "What is the highest wind in Lyon?", and the query lists all winds: the first of them is no highest.
import { saysInAnyLanguage } from "../../languages/index.ts";
import { asksForName } from "../../languages/measures.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import { aggregatesIn, columnOf, plainQuery, type Rewrite } from "./rewrite.ts";
import { mayBeNamedIn } from "./spoken.ts";

/** SELECT wind FROM days WHERE city = 'Lyon' -> SELECT max(wind) FROM days WHERE city = 'Lyon' */
export const listedEnds: Rewrite = (query, { question, result, ...asked }) => {
  const plain = (result?.rowCount ?? 0) > 1 && !asksForName(question) ? plainQuery(query, asked) : undefined;
  const call = endAsked(question);
  const [item, ...others] = plain?.select.items ?? [];
  const isOtherwise = (["group by", "having", "qualify", "order by", "limit"] as const).some((one) =>
    plain?.select.clauses.has(one),
  );
  if (!plain || !call || !item || others.length > 0 || isOtherwise) return undefined;
  if (aggregatesIn(plain.outline.tokens).length > 0) return undefined;
  const name = columnOf(item.expression)?.toLowerCase();
  const columns = plain.tables.flatMap((table) => table.columns);
  const column = columns.find((one) => one.name.toLowerCase() === name && isNumeric(one.type));
  if (!column || !mayBeNamedIn(column.name, question)) return undefined;
  const filter = plain.where === "" ? "" : ` WHERE ${plain.where}`;
  return {
    query: `SELECT ${call}(${identifier(column.name)}) FROM ${plain.from}${filter}`,
    note: `(the ${call === "max" ? "highest" : "lowest"} was asked for: it is that of ${column.name})`,
  };
};

/** undefined where the question speaks of both ends, of none, or of each of several. */
function endAsked(question: string): "max" | "min" | undefined {
  const isMost = saysInAnyLanguage(question, ({ most }) => most);
  const isLeast = saysInAnyLanguage(question, ({ least }) => least);
  const isOther = saysInAnyLanguage(
    question,
    ({ each, unsure }) => new RegExp(`${each.source}|${unsure.source}`, "iu"),
  );
  return isMost === isLeast || isOther ? undefined : isMost ? "max" : "min";
}
