import { identifier } from "../database.ts";
import { isName, outlineOf, type SelectItem, solid } from "../sql-outline.ts";
import { sqlText, unquoted } from "../sql-tokens.ts";
import { equal, isPlain, type Mend, ungroupedColumn } from "./mend.ts";

interface Extreme {
  readonly call: "arg_max" | "arg_min";
  readonly of: string; // what is the highest or the lowest
}

/**
 * A column beside max(x) or min(x) that the query does not group by is the one of the row that has this value, as in
 * SQLite. Where the result is sorted and nothing groups, each row is meant to be a group (group-by.ts).
 */
export const extremeRow: Mend = (query, error) => {
  const column = ungroupedColumn(error);
  const { tokens, outer } = outlineOf(query);
  if (column === undefined || !outer) return undefined;
  if (outer.clauses.has("order by") && !outer.clauses.has("group by")) return undefined;
  const [extreme, ...others] = outer.items.flatMap(extremeOf);
  const item = outer.items.find((one) => isColumn(one, column));
  if (!extreme || others.length > 0 || !item || equal(extreme.of.replaceAll('"', ""), column)) return undefined;
  const { from, to } = item.range;
  const alias = item.alias ?? column;
  const written = `${extreme.call}(${sqlText(item.expression).trim()}, ${extreme.of}) AS ${isPlain(alias) ? alias : identifier(alias)}`;
  const space = tokens[from]?.kind === "space" ? " " : "";
  const behind = tokens[to - 1]?.kind === "space" ? " " : "";
  const end = extreme.call === "arg_max" ? "highest" : "lowest";
  return {
    query: `${sqlText(tokens.slice(0, from))}${space}${written}${behind}${sqlText(tokens.slice(to))}`,
    note: `(${alias} is of the row with the ${end} ${extreme.of})`,
  };
};

/** max(x) as a whole item, of a column or an expression without calls. */
function extremeOf({ expression }: SelectItem): Extreme[] {
  const [call, open, ...rest] = solid(expression);
  const inside = rest.slice(0, -1);
  const isCall = open?.text === "(" && rest.at(-1)?.text === ")" && inside.length > 0;
  if (!call || !isCall || !/^(max|min)$/i.test(call.text) || inside.some(({ text }) => /^[(),]$/.test(text))) return [];
  return [{ call: /^max$/i.test(call.text) ? "arg_max" : "arg_min", of: inside.map(({ text }) => text).join("") }];
}

/** The bare column, or one that is named with its table: people.name */
function isColumn({ expression }: SelectItem, column: string): boolean {
  const words = solid(expression);
  const last = words.at(-1);
  const isBare = words.every((token, i) => (i % 2 === 0 ? isName(token) : token.text === "."));
  return last !== undefined && isBare && equal(unquoted(last), column);
}
