// A statistical test of a table's columns, as a flat list of choices: for people, and for models.
import { z } from "zod";
import type { RunQuery } from "../charts/chart-data.ts";
import { tableSource } from "../charts/table-source.ts";
import { identifier } from "../sql/database.ts";
import { type StatisticsOptions, type StatisticsResult, TESTS } from "./statistics-types.ts";
import {
  anova,
  chiSquare,
  correlation,
  normality,
  rankCorrelation,
  regression,
  StatisticsError,
  tTest,
} from "./tests.ts";

const MAX_ROWS = 1_000_000;
const MAX_GROUPS = 50;

export const STATISTICS_OPTIONS = z.object({
  table: z.string().min(1).describe("a table's name, or a SELECT"),
  test: z.enum(TESTS),
  x: z.string().min(1).describe("column; of t-test and anova the groups"),
  y: z.string().min(1).optional().describe("column"),
});

/** @throws StatisticsError, SqlError */
export async function runStatistics(options: StatisticsOptions, run: RunQuery): Promise<StatisticsResult> {
  const parsed = STATISTICS_OPTIONS.strict().safeParse(options);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new StatisticsError(`statistics: ${issue?.path.join(".") || "options"}: ${issue?.message}`);
  }
  const { table, test, x, y } = parsed.data;
  const from = tableSource(table);
  if (test === "normality") return normality(await numbers(`SELECT ${identifier(x)} AS x FROM ${from}`, x, run));
  if (y === undefined) throw new StatisticsError(`${test} needs a column y`);
  if (test === "t-test" || test === "anova") {
    const { names, groups } = await groupsOf(from, x, y, run);
    if (test === "anova") return { groups: names, ...anova(groups) };
    if (groups.length !== 2)
      throw new StatisticsError(
        `${x} has ${groups.length} groups (${names.slice(0, 8).join(", ")}); a t-test has two: give a SELECT with a WHERE, or take anova`,
      );
    return { groups: names, ...tTest(groups[0]!, groups[1]!) };
  }
  if (test === "chi-square") return chiSquare(await countsOf(from, x, y, run));
  const [xs, ys] = await pairs(from, x, y, run);
  if (test === "correlation") return correlation(xs, ys);
  return test === "regression" ? regression(xs, ys) : rankCorrelation(xs, ys);
}

async function numbers(query: string, column: string, run: RunQuery): Promise<number[]> {
  const { rows } = await run(`SELECT x FROM (${query}) WHERE x IS NOT NULL`, MAX_ROWS);
  return rows.map((row) => numberOf(row.x, column));
}

async function pairs(from: string, x: string, y: string, run: RunQuery): Promise<[number[], number[]]> {
  const query = `SELECT ${identifier(x)} AS x, ${identifier(y)} AS y FROM ${from} WHERE x IS NOT NULL AND y IS NOT NULL`;
  const { rows } = await run(query, MAX_ROWS);
  return [rows.map((row) => numberOf(row.x, x)), rows.map((row) => numberOf(row.y, y))];
}

async function groupsOf(from: string, x: string, y: string, run: RunQuery) {
  const query = `SELECT CAST(${identifier(x)} AS VARCHAR) AS x, list(${identifier(y)}) AS y FROM ${from}
    WHERE ${identifier(x)} IS NOT NULL AND ${identifier(y)} IS NOT NULL GROUP BY 1 ORDER BY 1 LIMIT ${MAX_GROUPS + 1}`;
  const { rows } = await run(query, MAX_GROUPS + 1);
  if (rows.length > MAX_GROUPS) throw new StatisticsError(`${x} has more than ${MAX_GROUPS} groups`);
  return {
    names: rows.map((row) => String(row.x)),
    groups: rows.map((row) => (row.y as readonly unknown[]).map((value) => numberOf(value, y))),
  };
}

async function countsOf(from: string, x: string, y: string, run: RunQuery): Promise<number[][]> {
  const query = `SELECT CAST(${identifier(x)} AS VARCHAR) AS x, CAST(${identifier(y)} AS VARCHAR) AS y, count(*) AS n FROM ${from}
    WHERE ${identifier(x)} IS NOT NULL AND ${identifier(y)} IS NOT NULL GROUP BY ALL ORDER BY ALL`;
  const { rows } = await run(query, MAX_GROUPS ** 2);
  const [xs, ys] = [[...new Set(rows.map((row) => row.x))], [...new Set(rows.map((row) => row.y))]];
  if (xs.length > MAX_GROUPS || ys.length > MAX_GROUPS)
    throw new StatisticsError(`${x} and ${y} have too many values for a chi-square test`);
  return xs.map((one) => ys.map((other) => Number(rows.find((row) => row.x === one && row.y === other)?.n ?? 0)));
}

function numberOf(value: unknown, column: string): number {
  if (typeof value === "number") return value;
  throw new StatisticsError(`${column} has ${JSON.stringify(value)}, which is no number`);
}
