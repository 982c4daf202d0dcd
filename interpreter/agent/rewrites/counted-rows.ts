// "How many trains were late?", and the query lists them, or adds up a column that nobody asked about.
import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import { askedNumber } from "../../languages/measures.ts";
import { solid, tokensOf, usedNames } from "../../sessions/sql/sql-outline.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { isIdentifier, isNumeric } from "../../sessions/table-info.ts";
import { type Asked, aggregatesIn, columnOf, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";
import { isOfTable, mayBeNamedIn } from "./spoken.ts";
import { isTally } from "./tally.ts";

/** Names that say nothing but that it is a number: of visitors.csv, how many came. */
export const SAYS_NOTHING =
  /^(values?|totals?|sum|figures?|werte?|summe|gesamt|insgesamt|gesamtzahl|valeurs?|somme|valor(es)?|suma|totale?s?|合計|総数|总数|总计|值|値)$/iu;
const COUNTS = /[件回次笔]/u; // a column of how many

/** SELECT station, people FROM delays WHERE ... -> SELECT count(*) AS count FROM delays WHERE ... */
export const countedRows: Rewrite = async (query, asked) => {
  const plain = plainQuery(query, asked);
  const number = askedNumber(asked.question);
  if (!plain || !number || !asked.result || mayMeanSeveral(asked.question)) return undefined;
  const { select, from, where, tables } = plain;
  if (["group by", "having", "qualify", "limit"].some((clause) => select.clauses.has(clause as "limit")))
    return undefined;
  const numbers = tables.flatMap(({ columns }) =>
    columns.filter(({ type }) => isNumeric(type)).map(({ name }) => name),
  );
  if (!number.isOfRows && numbers.some((name) => mayBeNamedIn(name, number.of))) return undefined; // "how many passengers" of a column passengers
  const counted =
    aggregatesIn(plain.outline.tokens).length === 0
      ? listed(plain)
      : addedUp(plain, numbers, asked.question, number.isOfRows);
  if (counted && !number.isOfRows && (await isTold(plain, numbers, asked))) return undefined;
  const isOfRows = number.isOfRows || tables.some((table) => isOfTable(number.of, table));
  if (counted === undefined || (!isOfRows && (counted.isSum || tellsNumber(plain, numbers)))) return undefined;
  const filter = where === "" ? "" : ` WHERE ${where}`;
  return { query: `SELECT ${counted.call} AS count FROM ${from}${filter}`, note: `(${counted.note})` };
};

interface Counted {
  readonly call: string;
  readonly note: string;
  readonly isSum?: boolean;
}

/** The rows of a list, or its different ones. */
function listed({ outline, select }: PlainQuery): Counted | undefined {
  const [first, ...rest] = solid(outline.tokens.slice(select.range.from + 1, select.clauses.get("from")?.start));
  if (!first || !/^distinct$/i.test(first.text))
    return { call: "count(*)", note: "how many was asked: the rows are counted" };
  const column = columnOf(rest);
  return column === undefined
    ? undefined
    : { call: `count(DISTINCT ${sqlText(rest)})`, note: `how many was asked: the values of ${column} are counted` };
}

/** "How many people live in Oslo?", of a column population: a number of the row itself, and no condition on it. */
function tellsNumber({ select, where }: PlainQuery, numbers: readonly string[]): boolean {
  const compared = usedNames(where);
  const told = numbers.map((name) => name.toLowerCase()).filter((name) => !compared.has(name) && !isIdentifier(name));
  return select.items.some(({ expression }) => {
    const names = usedNames(sqlText(expression));
    return expression.some(({ text }) => text === "*") ? told.length > 0 : told.some((name) => names.has(name));
  });
}

/** "How many visitors came?", of a table of counts, and the query takes the column that holds them. */
async function isTold(
  { outline, select, tables }: PlainQuery,
  numbers: readonly string[],
  { look }: Asked,
): Promise<boolean> {
  const [table, ...joined] = tables;
  const used = usedNames(sqlText(tokensOf(outline, select, "select")));
  const column = numbers.find((name) => SAYS_NOTHING.test(name) && used.has(name.toLowerCase()));
  return column !== undefined && table !== undefined && joined.length === 0 && (await isTally(table, column, look));
}

/** One sum of a column that the question does not speak of. */
function addedUp(
  { select }: PlainQuery,
  numbers: readonly string[],
  question: string,
  isOfRows: boolean,
): Counted | undefined {
  const [item, ...others] = select.items;
  const [call, ...more] = aggregatesIn(solid(item?.expression ?? []));
  if (!call || others.length > 0 || more.length > 0 || call.from > 0 || call.to < solid(item!.expression).length)
    return undefined;
  const column = /^(sum|avg|max|min)$/.test(call.name) ? columnOf(call.inside) : undefined;
  const name = numbers.find((one) => one.toLowerCase() === column?.toLowerCase());
  if (name === undefined || (isOfRows ? COUNTS.test(name) : mayBeNamedIn(name, question))) return undefined;
  return {
    call: "count(*)",
    note: `how many was asked: the rows are counted, and ${name} is not added up`,
    isSum: true,
  };
}

function mayMeanSeveral(question: string): boolean {
  return asksFor(question, "groups") || saysInAnyLanguage(question, ({ each }) => each) || asksFor(question, "mean");
}
