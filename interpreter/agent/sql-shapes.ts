// Queries that small models do not think of by themselves. Where the question's words call for one it is shown, with the
// names of the table that the question is about: a small model copies names as well as the shape.
import { type Asked, asksFor, saysInAnyLanguage } from "../languages/index.ts";
import { movingWidth, type Step, stepByStep } from "../languages/time-steps.ts";
import type { TableInfo } from "../sessions/session.ts";
import { identifier } from "../sessions/sql/database.ts";
import type { JoinKey } from "../sessions/sql/join-key.ts";
import { timeUnitAskedFor } from "../tools/asked-chart.ts";
import { type AskedNames, askedNames } from "./question/asked-names.ts";
import { isSpokenOf, yearsIn } from "./question/question-parts.ts";
import { isOfTable } from "./rewrites/spoken.ts";

/** Where the question's words do not tell which column is meant. A copy of these fails where no table has them, and is repaired. */
const NOBODYS = { table: "orders", time: "day", measure: "amount", group: "city" };

const NOBODYS_KEY: JoinKey = { from: { table: "orders", column: "shop" }, to: { table: "shops", column: "name" } };

/** What a shape is written with. */
interface Words extends Required<AskedNames> {
  readonly unit: string | undefined; // by which the question groups time
  readonly width: number; // of a moving mean
  readonly total: string | undefined; // of which a share is asked, where it is not one of rows
  readonly where: string; // " WHERE year(day) = 2024", where the question names one year
  readonly compared: string; // of each of two groups: "avg(price)", "count(*)"
  readonly pair: JoinKey; // of rows, and of what each has
}

const SHAPES: readonly (readonly [asked: Asked, query: (words: Words) => string])[] = [
  [
    "never",
    ({ pair: { from, to } }) => {
      const [own, other] = [identifier(to.column), identifier(from.column)];
      return `SELECT s.${own} FROM ${to.table} AS s WHERE NOT EXISTS (SELECT 1 FROM ${from.table} AS o WHERE o.${other} = s.${own})`;
    },
  ],
  [
    "running-total",
    ({ table, time, measure, unit, where }) =>
      unit !== undefined
        ? `SELECT ${unit}, sum(total) OVER (ORDER BY ${unit}) AS running_total FROM (${totals(unit, { table, time, measure, where })}) ORDER BY ${unit}`
        : `SELECT ${time}, sum(sum(${measure})) OVER (ORDER BY ${time}) AS running_total FROM ${table}${where} GROUP BY ${time} ORDER BY ${time}`,
  ],
  [
    "moving-average",
    ({ unit, width, ...names }) => {
      const frame = `ROWS BETWEEN ${width - 1} PRECEDING AND CURRENT ROW`;
      return unit !== undefined
        ? `SELECT ${unit}, avg(total) OVER (ORDER BY ${unit} ${frame}) AS moving_average FROM (${totals(unit, names)}) ORDER BY ${unit}`
        : `SELECT ${names.time}, avg(${names.measure}) OVER (ORDER BY ${names.time} ${frame}) AS moving_average FROM ${names.table}`;
    },
  ],
  [
    "first-of-each",
    ({ table, measure, group }) =>
      `SELECT * FROM ${table} QUALIFY row_number() OVER (PARTITION BY ${group} ORDER BY ${measure} DESC) = 1`,
  ],
  [
    "change-over-time",
    ({ unit = "month", ...names }) =>
      `SELECT ${unit}, total, total - lag(total) OVER (ORDER BY ${unit}) AS change FROM (${totals(unit, names)}) ORDER BY ${unit}`,
  ],
  // The conditions are left open: copied ones would run, and count something else.
  [
    "how-many-times",
    ({ table, compared }) =>
      `SELECT ${compared} FILTER (WHERE ...) / ${compared} FILTER (WHERE ...) AS ratio FROM ${table}`,
  ],
  [
    "share-of-rows",
    ({ table, total }) => {
      const whole = total === undefined ? "count(*)" : `sum(${total})`;
      return `SELECT 100.0 * ${whole} FILTER (WHERE ...) / ${whole} AS percent FROM ${table}`;
    },
  ],
  [
    "gaps",
    ({ table, time }) =>
      `SELECT d::DATE AS missing_day FROM generate_series((SELECT min(${time}) FROM ${table}), (SELECT max(${time}) FROM ${table}), INTERVAL 1 DAY) AS g(d) WHERE d NOT IN (SELECT ${time} FROM ${table})`,
  ],
];

/** A result that is true or false is the answer itself; of any other, yes or no would be the model's conclusion. */
const yesOrNo = ({ table, measure }: Required<AskedNames>) =>
  `SELECT avg(${measure}) FILTER (WHERE ...) > avg(${measure}) FILTER (WHERE ...) AS answer FROM ${table}`;

const WEEK = 7; // days, where a question does not say over how many a mean moves

const MAX_SHAPES = 2; // more would be read instead of the question

/** Lines after the question; "" for most questions. */
export async function sqlShapes(
  question: string,
  tables: () => Promise<readonly TableInfo[]>,
  keys: () => Promise<readonly JoinKey[]> = async () => [],
): Promise<string> {
  const isYesOrNo = saysInAnyLanguage(question, ({ form }) => form.yesOrNo);
  const called = SHAPES.filter(([shape]) => asksFor(question, shape)).map(([, query]) => query);
  const asked = (isYesOrNo ? [yesOrNo, ...called] : called).slice(0, MAX_SHAPES);
  if (asked.length === 0) {
    const query = (await changeBetween(question, tables)) ?? (await extremeGroups(question, tables));
    return query === undefined ? "" : shown(query);
  }
  const meant = askedNames(question, await tables());
  const [year, ...others] = yearsIn(question);
  const isNamed = meant?.measure !== undefined && question.includes(meant.measure.replaceAll('"', ""));
  const isOfTotal = asksFor(question, "revenue") || (asksFor(question, "total") && isNamed);
  const width = movingWidth(question);
  const words: Words = {
    ...NOBODYS,
    ...meant,
    unit: timeUnitAskedFor(question) ?? stepByStep(question) ?? (isFine(width?.step) ? undefined : width?.step),
    width: width?.count ?? WEEK,
    total: isOfTotal ? meant?.measure : undefined,
    where:
      year === undefined || meant?.time === undefined || others.length > 0
        ? ""
        : ` WHERE year(${meant.time}) = ${year}`,
    pair: (asksFor(question, "never") && keyMeant(question, await keys())) || NOBODYS_KEY,
    compared: meant?.measure === undefined ? "count(*)" : comparedBy(question, meant.measure),
  };
  return asked.map((query) => shown(query(words))).join("\n");
}

/** As fine as rows are: these need not be taken together. */
function isFine(step: Step | undefined): boolean {
  return step === "hour" || step === "day";
}

/** The one whose tables the question speaks of most; of those that are alike, that of whose rows it speaks: "never in for a job". */
function keyMeant(question: string, keys: readonly JoinKey[]): JoinKey | undefined {
  const isSaid = ({ table }: JoinKey["from"]) => Number(isOfTable(question, { name: table }));
  const score = ({ from, to }: JoinKey) => 3 * isSaid(from) + 2 * isSaid(to);
  return [...keys].sort((a, b) => score(b) - score(a))[0];
}

function comparedBy(question: string, measure: string): string {
  return asksFor(question, "mean") ? `avg(${measure})` : asksFor(question, "total") ? `sum(${measure})` : "count(*)";
}

/** By how much something rose from one year to another: a small model subtracts within each row. */
async function changeBetween(
  question: string,
  tables: () => Promise<readonly TableInfo[]>,
): Promise<string | undefined> {
  const [from, to, ...others] = yearsIn(question).map(Number).sort();
  if (from === undefined || to === undefined || others.length > 0 || !asksFor(question, "change-between"))
    return undefined;
  const all = await tables();
  const { table, time, measure } = askedNames(question, all) ?? {};
  const texts = all.find(({ name }) => name === table)?.columns.filter(({ type }) => type === "VARCHAR") ?? [];
  const isGrouped =
    saysInAnyLanguage(question, ({ each }) => each) || texts.some(({ name }) => isSpokenOf(name, question));
  if (table === undefined || time === undefined || measure === undefined || isGrouped) return undefined;
  const call = asksFor(question, "total") ? "sum" : "avg";
  const of = (year: number) => `${call}(${measure}) FILTER (WHERE year(${time}) = ${year})`;
  return `SELECT ${of(to)} - ${of(from)} AS change FROM ${table}`;
}

/** The groups with the largest or smallest total or mean: a small model orders the rows instead, and adds nothing up. */
export async function extremeGroups(
  question: string,
  tables: () => Promise<readonly TableInfo[]>,
): Promise<string | undefined> {
  const isTotal = asksFor(question, "total") || asksFor(question, "revenue");
  const isTop = asksFor(question, "top");
  const isLeast = saysInAnyLanguage(question, ({ least }) => least);
  const isExtreme = isTop || isLeast || saysInAnyLanguage(question, ({ most }) => most);
  if (!isExtreme || !(isTotal || asksFor(question, "mean"))) return undefined;
  const { table, group, measure } = askedNames(question, await tables()) ?? {};
  if (group === undefined || measure === undefined) return undefined;
  const [name, computed] = isTotal ? ["total", `sum(${measure})`] : ["mean", `avg(${measure})`];
  const numbers = isTop ? (question.match(/(?<![\d.,])\d{1,2}(?![\d.,])/g) ?? []) : [];
  const limit = numbers.length === 1 ? ` LIMIT ${numbers[0]}` : "";
  return `SELECT ${group}, ${computed} AS ${name} FROM ${table} GROUP BY ${group} ORDER BY ${name}${isLeast ? "" : " DESC"}${limit}`;
}

function shown(query: string): string {
  return `(A query of this shape: ${query})`;
}

type OfTime = Pick<Words, "table" | "time" | "measure" | "where">;

function totals(unit: string, { table, time, measure, where }: OfTime): string {
  return `SELECT date_trunc('${unit}', ${time}) AS ${unit}, sum(${measure}) AS total FROM ${table}${where} GROUP BY 1`;
}
