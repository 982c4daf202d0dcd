// "In the third quarter of 2020" by month(day) = 3, "im zweiten Halbjahr" without a condition, "Q3" of a column that says 3:
// a quarter or a half that the question names is a condition on the column that holds it, or else on the time.
import { asksFor } from "../../languages/index.ts";
import { endsAs, isNamedAs } from "../../languages/time-names.ts";
import { monthsIn, namesDay, type YearPart, yearPartIn } from "../../languages/times.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { conjunctsOf, withWhere } from "../../sessions/sql/conjuncts.ts";
import { identifier, quoted } from "../../sessions/sql/database.ts";
import { equal } from "../../sessions/sql/mends/mend.ts";
import { isName, solid } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isNumeric, isTime } from "../../sessions/table-info.ts";
import { yearsIn } from "../question/question-parts.ts";
import { type Asked, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";

const COLUMNS = {
  quarter: (name: string) => endsAs(name, "quarter") || /^(?:.*[_ ])?(?:qtr|trim)$|季度|四半期/iu.test(name),
  half: (name: string) => /^(?:.*[_ ])?(?:half|half[_ ]?year|halbjahr|semester|semestre)$|半年|半期/iu.test(name),
  month: (name: string) => isNamedAs(name, "month") || /^month_?(?:no|num|number)$/i.test(name),
};
const COMPARES = /\b(?:filter|case|over|having|union|pivot)\b/i; // parts may be compared with each other
/** Of the part only an end, or the part as an end of something. */
const OF_A_PART =
  /(?:\b(?:since|from|until|till|after|before|through|up to|start of|beginning of|end of|day of|days of|weeks? of|months? of|than|seit|ab|bis|nach|vor|Anfang|Ende|Beginn|als|depuis|jusqu['’]au|après|avant|début|fin|que|desde|hasta|después|antes|principios|finales|fin)(?: (?:the|des|dem|zum|von|du|de|le|la|del|el|au))* |除了?)$/iu;
const IS_RELATIVE = /^(?:last|letzte[ns]?|dernier|último)/iu;
const MAX_VALUES = 200; // of a column of quarters

export const partsOfYears: Rewrite = async (query, asked) => {
  const { question } = asked;
  const part = yearPartIn(question);
  const plain = part && isAlone(part, question) ? plainQuery(query, asked) : undefined;
  const [table, ...joined] = plain?.tables ?? [];
  if (!part || !plain || !table || joined.length > 0 || COMPARES.test(sqlText(plain.outline.tokens))) return undefined;
  if (await isValue(part.text.trim(), table, asked)) return undefined;
  const meant = await conditionOf(part, plain, asked);
  if (meant === undefined || bare(plain.where).includes(bare(meant.condition))) return undefined;
  const conjuncts = conjunctsOf(plain.outline, plain.select);
  const kept = conjuncts
    .map(({ from, to }) => plain.outline.tokens.slice(from, to))
    .filter((words) => !isOfPart(words, plain));
  const isWhole = plain.where !== "" && conjuncts.length === 0; // conditions with OR
  const dropped = conjuncts.length > kept.length;
  const year = yearAsked(asked);
  const ofYear = dropped && year !== undefined && meant.time !== undefined ? [`year(${meant.time}) = ${year}`] : [];
  const filters = [
    ...(isWhole ? [`(${plain.where})`] : kept.map((words) => sqlText(words).trim())),
    ...ofYear.filter(() => !kept.some((words) => sqlText(words).includes(year!))),
    meant.condition,
  ];
  const filter = filters.join(" AND ");
  if (await isSame(plain, filter, asked)) return undefined;
  return {
    query: withWhere(plain.outline, plain.select, filter),
    note: `(the question says ${part.text.trim()}: read as ${[...ofYear, meant.condition].join(" AND ")})`,
  };
};

/** "T2" and "H1" may be kinds of flats and of halls: what a column holds that says no part of a year. */
async function isValue(text: string, { name: table, columns }: TableInfo, { look }: Asked): Promise<boolean> {
  const isPart = (name: string) => Object.values(COLUMNS).some((is) => is(name));
  const texts = columns.filter(({ name, type }) => type === "VARCHAR" && !isPart(name));
  if (texts.length === 0) return false;
  const holds = texts.map(({ name }) => `lower(${identifier(name)}) = lower(${quoted(text)})`).join(" OR ");
  return (await look(`SELECT 1 AS n FROM ${table} WHERE ${holds} LIMIT 1`)).rows.length > 0;
}

/** A condition of its own, in a question that asks for no other time than its year. */
function isAlone({ index, text, number }: YearPart, question: string): boolean {
  const isRelative = IS_RELATIVE.test(text) && number > 1 && yearsIn(question).length === 0;
  if (isRelative || OF_A_PART.test(question.slice(0, index)) || yearsIn(question).length > 1) return false;
  return !asksFor(question, "quarter") && !namesDay(question) && monthsIn(question).length === 0;
}

function yearAsked({ question, earlier, standsAlone }: Asked): string | undefined {
  return yearsIn(question)[0] ?? (standsAlone ? undefined : yearsIn(earlier).at(-1));
}

interface PartCondition {
  readonly condition: string;
  readonly time?: string; // the column that it is of, in quotes
}

/** By the column that says it; else by a finer one; else by the only time. */
async function conditionOf(
  { unit, number }: YearPart,
  plain: PlainQuery,
  asked: Asked,
): Promise<PartCondition | undefined> {
  const columns = plain.tables[0]!.columns;
  const only = (is: (name: string) => boolean) => {
    const found = columns.filter(({ name, type }) => is(name) && !isTime(type));
    return found.length === 1 ? found[0] : undefined;
  };
  const quarters = unit === "quarter" ? [number] : [2 * number - 1, 2 * number];
  const own = only(COLUMNS[unit]);
  if (own) return ofValues(own, unit, [number], plain, asked);
  const finer = unit === "half" ? only(COLUMNS.quarter) : undefined;
  if (finer) return ofValues(finer, "quarter", quarters, plain, asked);
  const [time, ...others] = columns.filter(({ type }) => isTime(type));
  const column = time && others.length === 0 ? identifier(time.name) : undefined;
  if (column !== undefined)
    return {
      condition:
        quarters.length === 1
          ? `quarter(${column}) = ${quarters[0]}`
          : `quarter(${column}) IN (${quarters.join(", ")})`,
      time: column,
    };
  const month = only(COLUMNS.month);
  if (!month || !isNumeric(month.type) || others.length > 0) return undefined;
  return { condition: `${identifier(month.name)} BETWEEN ${3 * quarters[0]! - 2} AND ${3 * quarters.at(-1)!}` };
}

/** The values of a column that mean one of these parts: 3, 'Q3', '2020-Q3' of the year that is asked for. */
async function ofValues(
  { name, type }: { readonly name: string; readonly type: string },
  unit: YearPart["unit"],
  numbers: readonly number[],
  { from }: PlainQuery,
  asked: Asked,
): Promise<PartCondition | undefined> {
  const column = identifier(name);
  const list = (values: readonly string[]) =>
    values.length === 1 ? `${column} = ${values[0]}` : `${column} IN (${values.join(", ")})`;
  if (isNumeric(type)) return { condition: list(numbers.map(String)) };
  if (type !== "VARCHAR") return undefined;
  const { rows } = await asked.look(`SELECT DISTINCT ${column} AS value FROM ${from} ORDER BY 1 LIMIT ${MAX_VALUES}`);
  const values = rows.map(({ value }) => String(value)).filter((value) => numbers.includes(numberOf(value, unit) ?? 0));
  const year = yearAsked(asked);
  const ofYear = year === undefined ? [] : values.filter((value) => value.includes(year));
  const meant = ofYear.length > 0 ? ofYear : values;
  return meant.length === 0 ? undefined : { condition: list(meant.map(quoted)) };
}

function numberOf(value: string, unit: YearPart["unit"]): number | undefined {
  const part = yearPartIn(value);
  if (part?.unit === unit) return part.number;
  const digit = /(?<!\d)([1-4])(?!\d)/.exec(value)?.[1];
  return digit === undefined ? undefined : Number(digit);
}

/** A condition on a quarter, a half, a month, or days of the table's time. */
function isOfPart(words: readonly SqlToken[], { tables }: PlainQuery): boolean {
  const columns = tables[0]!.columns.filter(({ name }) =>
    words.some((token) => isName(token) && equal(unquoted(token), name)),
  );
  const text = sqlText(solid(words));
  return columns.some(({ name, type }) => {
    if (isTime(type))
      return /month|quarter|strftime|date_part|extract|date_trunc|'\d{4}-\d\d/i.test(text) && !/year/i.test(text);
    return COLUMNS.quarter(name) || COLUMNS.half(name) || COLUMNS.month(name);
  });
}

/** The query's own conditions choose the same rows, and some. */
async function isSame({ from, where }: PlainQuery, filter: string, { look }: Asked): Promise<boolean> {
  const [own, meant] = [where || "true", filter].map((one) => `coalesce((${one}), false)`);
  const query = `SELECT count(*) FILTER (WHERE ${own} <> ${meant}) AS others, count(*) FILTER (WHERE ${meant}) AS n FROM ${from}`;
  const { rows } = (await look(query).catch(() => undefined)) ?? { rows: [] }; // quarter = 'Q3' of numbers
  return Number(rows[0]?.["others"]) === 0 && Number(rows[0]?.["n"]) > 0;
}

function bare(condition: string): string {
  return condition.replace(/["\s]/g, "").toLowerCase();
}
