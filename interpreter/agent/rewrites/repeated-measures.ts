// "Which kind of room brought in the most?" by sum(rooms.base_price) of rooms joined with their bookings: each price comes as
// often as the room was booked. Where the bookings have one amount, and the question names neither, that is meant.
import { thingsIn } from "../../languages/column-words.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { equal } from "../../sessions/sql/mends/mend.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { isIdentifier, isNumeric } from "../../sessions/table-info.ts";
import { sidesOf } from "../guards/repeated-rows.ts";
import { isUnique, type TableColumn } from "../unique-column.ts";
import { type Asked, aggregatesIn, columnOf, plainQuery, type Rewrite } from "./rewrite.ts";
import { mayBeNamedIn } from "./spoken.ts";

const OF_MONEY = ["amount", "revenue"]; // what is paid in all for a row

/** sum(r.base_price) -> sum(b.amount) */
export const repeatedMeasures: Rewrite = async (query, asked) => {
  const plain = plainQuery(query, asked);
  const [, joined, ...more] = plain?.sources ?? [];
  const sides = plain && joined && more.length === 0 ? sidesOf(plain, joined, 1) : undefined;
  if (!plain || !sides) return undefined;
  const [one, many] = await oneAndMany(sides, asked);
  if (!one || !many) return undefined;
  const sums = aggregatesIn(plain.outline.tokens).filter(({ name }) => name === "sum");
  const taken = sums.map(({ inside }) => columnOf(inside));
  const [measure] = new Set(taken);
  const isOfOne = one.table.columns.some(({ name, type }) => isNumeric(type) && equal(name, measure ?? ""));
  const isOfMany = many.table.columns.some(({ name }) => equal(name, measure ?? ""));
  if (measure === undefined || new Set(taken).size > 1 || !isOfOne || isOfMany) return undefined;
  if (mayBeNamedIn(measure, asked.question)) return undefined;
  const amounts = many.table.columns.filter(({ name, type }) => {
    return isNumeric(type) && !isIdentifier(name) && thingsIn(name).some(([thing]) => OF_MONEY.includes(thing!));
  });
  const [amount, ...others] = amounts;
  if (!amount || others.length > 0) return undefined;
  const at = plain.tables.indexOf(many.table);
  const { alias, table } = plain.sources[at]!;
  const text = `sum(${identifier(alias ?? table)}.${identifier(amount.name)})`;
  const { tokens } = plain.outline;
  const mended = tokens.map((token, i) => {
    const call = sums.find(({ from, to }) => i >= from && i < to);
    if (!call) return token;
    return { ...token, text: i === call.from ? text : "" };
  });
  const note = `(the sum is of ${amount.name}: each ${measure} comes as often as its row has partners)`;
  return { query: sqlText(mended), note };
};

/** The side whose key comes once, and the one that has several rows for it. */
async function oneAndMany(
  [own, other]: readonly [TableColumn, TableColumn],
  { look }: Asked,
): Promise<readonly [TableColumn?, TableColumn?]> {
  const [isOwnOnce, isOtherOnce] = [await isUnique(own, look), await isUnique(other, look)];
  if (isOwnOnce === isOtherOnce) return [];
  return isOwnOnce ? [own, other] : [other, own];
}
