// count(*) of a table whose rows hold counts already: jobs by sex and year, with a column count.
import { askedMost, askedNumber } from "../../languages/measures.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { sqlText, sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import { isSpokenOf } from "../question/question-parts.ts";
import { type Asked, aggregatesIn, plainQuery, type Rewrite } from "./rewrite.ts";
import { mayBeNamedIn } from "./spoken.ts";
import { isTally } from "./tally.ts";

const HELD =
  /^(counts?|freq|frequency|frequencies|anzahl|häufigkeit|nombre|effectifs?|fréquence|cantidad|frecuencia|件数|次数|回数|频数|頻数|度数)$/iu;
/** Such a column may as well tell rows apart, or say how much of something each is about. */
const MAY_HOLD =
  /^(n|num|number|nr|quantity|qty|menge|stück|stückzahl|quantité|número|unidades|units|数量|人数|个数|個数|本数)$/iu;
/** People are counted by a column of them: "how many people", of a column persons. */
const PEOPLE =
  /(?<!\p{L})(?:persons?|people|inhabitants|residents|Personen|Menschen|Leute|Einwohner|personnes|gens|habitants|personas|gente|habitantes)(?!\p{L})|人[数口]|多少人|几个人|何人/iu;
const MAY_COUNT_ROWS = /^(n|num|number|nr|número|数量)$/iu; // "the number of houses" is none of a column number
export const ROWS =
  /\b(rows?|records?|entries|lines|Zeilen?|Einträge|Datensätze|filas?|registros?|lignes?|enregistrements?)\b|行(?![业業])|レコード|记录/iu;
const SOLD =
  /\b(sold|bought|ordered|delivered|made|produced|verkauft\w*|gekauft\w*|bestellt\w*|geliefert\w*|vendue?s?|achetée?s?|commandée?s?|vendid[oa]s?|comprad[oa]s?|pedid[oa]s?)(?!\p{L})|卖|售出|销售|買[いわっ]|売れ|売り|販売/iu;

/** SELECT job, count(*) ... GROUP BY job -> sum("count"). */
export const heldCounts: Rewrite = async (query, asked) => {
  const plain = plainQuery(query, asked);
  const [table, ...joined] = plain?.tables ?? [];
  if (!plain || !table || joined.length > 0 || ROWS.test(asked.question) || plain.select.clauses.has("having"))
    return undefined;
  const column = await heldIn(table, asked);
  if (column === undefined || countsRows(asked.question, column) || countsAnother(asked.question, table, column))
    return undefined;
  const tokens = sqlTokens(query);
  const counts = aggregatesIn(tokens).filter(
    ({ name, inside }) => name === "count" && isOfRows(inside.map(unquoted), column),
  );
  const isUsed = tokens.some((_, i) => {
    const isIn = counts.some(({ from, to }) => i >= from && i < to);
    return !isIn && isColumn(tokens, i, column) && i < (plain.select.clauses.get("order by")?.start ?? tokens.length);
  });
  if (counts.length === 0 || isUsed) return undefined;
  const mended = [...tokens];
  for (const { from, to } of [...counts].reverse())
    mended.splice(from, to - from, { kind: "sign", text: `sum(${identifier(column)})` });
  return {
    query: sqlText(mended),
    note: `(a row of ${table.name} stands for as many as its column ${column} says: they are added up)`,
  };
};

async function heldIn(table: TableInfo, { question, look }: Asked): Promise<string | undefined> {
  const numbers = table.columns.filter(({ type }) => isNumeric(type)).map(({ name }) => name);
  const held = numbers.filter((name) => HELD.test(name));
  if (held.length > 0) return held.length === 1 ? held[0] : undefined;
  const people = numbers.filter((name) => PEOPLE.test(name.replaceAll("_", " ")));
  if (people.length === 1 && PEOPLE.test(question)) return people[0];
  const [column, ...others] = numbers.filter((name) => MAY_HOLD.test(name));
  if (column === undefined || others.length > 0) return undefined;
  if (!MAY_COUNT_ROWS.test(column) && isSpokenOf(column, question)) return column;
  if (SOLD.test(question) && !askedNumber(question)?.isOfRows) return column;
  return (await isTally(table, column, look)) ? column : undefined;
}

/** 何件 of a column 個数: what is counted by 件 is a row, unless the column counts so, too. */
function countsRows(question: string, column: string): boolean {
  const number = askedNumber(question);
  const isHan = /\p{Script=Han}/u.test(column);
  return (
    isHan &&
    number?.isOfRows === true &&
    ![...number.of].some((one) => /[件条次笔回]/u.test(one) && column.includes(one))
  );
}

/** "In how many countries", "the most years": values of another column are counted. */
function countsAnother(question: string, { columns }: TableInfo, column: string): boolean {
  const counted = [askedNumber(question)?.of, askedMost(question)?.of].filter((of) => of !== undefined && of !== "");
  return columns.some(({ name }) => name !== column && counted.some((of) => mayBeNamedIn(name, of!)));
}

function isOfRows(inside: readonly string[], column: string): boolean {
  const [only, ...more] = inside;
  return (
    only === undefined ||
    (more.length === 0 && (only === "*" || only === "1" || only.toLowerCase() === column.toLowerCase()))
  );
}

function isColumn(tokens: ReturnType<typeof sqlTokens>, i: number, column: string): boolean {
  const token = tokens[i]!;
  if (token.kind !== "word" && token.kind !== "quoted") return false;
  if (unquoted(token).toLowerCase() !== column.toLowerCase()) return false;
  const next = tokens.slice(i + 1).find(({ kind }) => kind !== "space")?.text;
  const previous = tokens.slice(0, i).findLast(({ kind }) => kind !== "space")?.text ?? "";
  return next !== "(" && !/^as$/i.test(previous);
}
