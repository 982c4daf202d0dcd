// ORDER BY price, price > '9', sum(price) of a column of texts most of which are numbers: as texts 9 is more than 10, and
// a cast leaves out 85 000.
import type { TableInfo } from "../../sessions/session.ts";
import { equal, tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isName, isWord, outlineOf, type SqlOutline } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import type { Rewrite } from "./rewrite.ts";
import { type TextNumbers, textNumbers } from "./text-numbers.ts";

const NUMBER = /^'?-?\d+(?:\.\d+)?'?$/;
const SIGN = /^(?:[<>]=?|=|==|<>|!=)$/;
const COMPUTES = /^(?:sum|avg|mean|median|min|max|stddev\w*|var\w*|quantile\w*|mad|round|abs)$/i;
const TYPE = /^(?:double|float\d?|real|(?:big|small|tiny|huge)?int(?:eger)?\d?|decimal|numeric|number)$/i;

/** ORDER BY price -> ORDER BY TRY_CAST(price AS DOUBLE) */
export const numbersAsTexts: Rewrite = async (query, asked) => {
  const outline = outlineOf(query);
  const tokens: SqlToken[] = [...outline.tokens];
  const tables = tablesIn(query, asked.tables);
  const places = tokens.flatMap((token, at) => (["space", "comment"].includes(token.kind) ? [] : [at]));
  const known = new Map<string, TextNumbers | undefined>();
  const notes = new Set<string>();
  for (const i of places.keys()) {
    const owner = ownerOf(tables, tokens[places[i]!]!);
    const use = owner && useOf(outline, places, i);
    if (!owner || !use) continue;
    const key = `${owner.table.name} ${owner.name}`;
    if (!known.has(key)) known.set(key, await textNumbers(owner.table.name, owner.name, asked.look));
    const numbers = known.get(key);
    if (numbers === undefined) continue;
    const name = sqlText(outline.tokens.slice(places[use.name]!, places[i]! + 1));
    for (let place = places[use.from]!; place <= places[use.to]!; place++) tokens[place] = { kind: "space", text: "" };
    tokens[places[i]!] = { kind: "sign", text: numbers.sql(name) };
    notes.add(`(${owner.name} is text: read as numbers${numbers.note})`);
  }
  return notes.size === 0 ? undefined : { query: sqlText(tokens), note: [...notes].join("\n") };
};

interface Owner {
  readonly table: TableInfo;
  readonly name: string;
}

/** The only column of texts of that name. */
function ownerOf(tables: readonly TableInfo[], token: SqlToken): Owner | undefined {
  if (!isName(token)) return undefined;
  const found = tables.flatMap((table) =>
    table.columns
      .filter(({ name, type }) => type === "VARCHAR" && equal(name, unquoted(token)))
      .map(({ name }) => ({ table, name })),
  );
  return found.length === 1 ? found[0] : undefined;
}

interface Use {
  readonly name: number; // where the column begins, with its table: o.price
  readonly from: number; // what the number stands for
  readonly to: number;
}

/** Where the column is meant as a number; all places are those of tokens that are no spaces. */
function useOf({ tokens, outer, selects }: SqlOutline, places: readonly number[], i: number): Use | undefined {
  const at = (place: number): SqlToken => tokens[places[place] ?? -1] ?? { kind: "space", text: "" };
  const name = at(i - 1).text === "." ? i - 2 : i;
  const alone = { name, from: name, to: i };
  if (isWord(at(name - 1), "as")) return undefined;
  const cast = castAround(at, name, i);
  if (cast) return { name, ...cast };
  const call = at(name - 1).text === "(" ? at(name - 2) : undefined;
  const order = outer?.clauses.get("order by");
  const isAlias = selects.some(({ items }) => items.some(({ alias }) => alias && equal(alias, unquoted(at(i)))));
  const isOrdered = order && places[i]! >= order.from && places[i]! < order.to && !call && !isAlias;
  const isArgument = call?.kind === "word" && COMPUTES.test(call.text) && /^[),]$/.test(at(i + 1).text);
  const behind = [at(i + 1), at(i + 2), at(i + 3)];
  const isNumber = isComputed(at, name, i) || isCompared(behind, [at(name - 3), at(name - 2), at(name - 1)]);
  return isOrdered || isArgument || isNumber ? alone : undefined;
}

/** CAST(price AS DOUBLE), price::DOUBLE: its parentheses, and a type's own. */
function castAround(
  at: (place: number) => SqlToken,
  name: number,
  i: number,
): { from: number; to: number } | undefined {
  const end = (type: number) => {
    if (!TYPE.test(at(type).text)) return undefined;
    if (at(type + 1).text !== "(") return type;
    return [type + 3, type + 5].find((place) => at(place).text === ")");
  };
  if (at(i + 1).text === ":" && at(i + 2).text === ":") {
    const to = end(i + 3);
    return to === undefined ? undefined : { from: name, to };
  }
  const isCast = isWord(at(name - 2), "cast", "try_cast") && at(name - 1).text === "(" && isWord(at(i + 1), "as");
  const type = isCast ? end(i + 2) : undefined;
  return type !== undefined && at(type + 1).text === ")" ? { from: name - 2, to: type + 1 } : undefined;
}

/** price * units, 2 * price; not the * of all columns, nor the minus of a number behind a sign. */
function isComputed(at: (place: number) => SqlToken, name: number, i: number): boolean {
  const isOperand = ({ kind, text }: SqlToken) => ["word", "quoted", "number"].includes(kind) || /^[()]$/.test(text);
  if (/^[*/%+-]$/.test(at(i + 1).text) && isOperand(at(i + 2))) return true;
  const before = at(name - 2);
  return /^[*/%+-]$/.test(at(name - 1).text) && isOperand(before) && before.text !== "(" && !isWord(before, "select");
}

/** With a number in its order: price > '9', 9 < price, BETWEEN 1 AND 5; and by = with a number that is no text. */
function isCompared(behind: readonly SqlToken[], before: readonly SqlToken[]): boolean {
  const [first, second, third] = behind;
  if (first && isWord(first, "between") && second && NUMBER.test(second.text)) return true;
  return isByNumber(first, second, third) || isByNumber(before[2], before[1], before[0]);
}

function isByNumber(first?: SqlToken, second?: SqlToken, third?: SqlToken): boolean {
  const isTwo = second !== undefined && SIGN.test(second.text);
  const sign = isTwo ? [first?.text, second.text].sort().join("") : (first?.text ?? "");
  const value = isTwo ? third : second;
  if (!value || !first || !/^[<>=!]$/.test(first.text) || !NUMBER.test(value.text)) return false;
  return /^[<>]$|^[<=][=>]$/.test(sign) && !/^<>$|^==$/.test(sign) ? true : value.kind === "number";
}
