// "Days without rain", of a column that says how much fell: 0 is none, and NULL is a day that nobody measured.
import { asksFor } from "../../languages/index.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { sqlText, sqlTokens } from "../../sessions/sql/sql-tokens.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import type { Asked, Rewrite } from "./rewrite.ts";
import { conditionsIn } from "./text-conditions.ts";

const COMMON = 0.1; // of the rows, at least, are 0

/** Words that say that there is none, and not that nobody wrote it down. */
const ABSENT =
  /(?<!\p{L})(?:without|ohne|kein\p{L}*|sans|n['’](?:a|ont) (?:pas|aucune?)|sin|no (?:tienen?|hay)|ha(?:ve|s|d|ving) no|with no)(?!\p{L})|没有|がない|のない|ありません/giu;

/** rain IS NULL -> rain = 0, where the column has zeros. */
export const absentAmounts: Rewrite = async (query, asked) => {
  const tokens = sqlTokens(query);
  for (const { name, column, from, to, isNot, text } of conditionsIn(tokens)) {
    if (isNot || text !== undefined) continue;
    const [table, ...others] = tablesIn(query, asked.tables).filter((one) => numberIn(one, name));
    if (!table || others.length > 0) continue;
    const missing = await missingBesideZeros(table, name, asked);
    if (missing === undefined) continue;
    return {
      query: `${sqlText(tokens.slice(0, from))}${column} = 0${sqlText(tokens.slice(to))}`,
      note: `(without ${name} is read as ${name} = 0; ${missing} rows have no value of it)`,
    };
  }
  return undefined;
};

/** "No measurement of rain": nobody wrote it down. */
const OF_RECORDS =
  /\b(?:measure\w*|readings?|records?|recorded|values?|data|entr(?:y|ies))\b|(?<!\p{L})(?:Mess(?:ung|wert)\p{L}*|gemessen\p{L}*|Werte?|Daten|Eintr[aä]g\p{L}*|Angaben?|mesures?|mesuré\p{L}*|relevés?|données?|valeurs?|medici\p{L}+|medid\p{L}+|registr\p{L}+|datos?|valor(?:es)?)(?!\p{L})|测量|记录|記録|数据|データ|数值|測定|計測|値|未填|空/iu;

/** By no word for values that nobody wrote down. */
function mayMeanNone(question: string): boolean {
  return (
    !OF_RECORDS.test(question) && asksFor(question, "missing") && !asksFor(question.replace(ABSENT, " "), "missing")
  );
}

function numberIn({ columns }: TableInfo, name: string): boolean {
  return columns.some((one) => isNumeric(one.type) && one.name.toLowerCase() === name.toLowerCase());
}

/**
 * How many rows have no value of a column in which 0 is a value like others: days without rain are many, and cars without
 * horsepower none. undefined where it is not, or the question asks for what nobody wrote down.
 */
export async function missingBesideZeros(
  { name: table }: Pick<TableInfo, "name">,
  column: string,
  { question, look }: Pick<Asked, "question" | "look">,
): Promise<number | undefined> {
  if (!mayMeanNone(question)) return undefined;
  const name = identifier(column);
  const { rows } = await look(
    `SELECT count(*) AS n, count(*) FILTER (WHERE ${name} = 0) AS zeros, count(*) - count(${name}) AS missing FROM ${table}`,
  );
  const [n, zeros, missing] = ["n", "zeros", "missing"].map((one) => Number(rows[0]?.[one] ?? 0)) as [
    number,
    number,
    number,
  ];
  return zeros > missing && zeros >= COMMON * n ? missing : undefined;
}
