// A column of a chart: one of the table's, or a measure that is computed from them.
import { propose } from "../../tables/propose.ts";
import { identifier } from "../sql/database.ts";
import { sqlTokens } from "../sql/sql-tokens.ts";
import type { ChannelType, QueryRows, RunQuery } from "./chart-data.ts";
import { ChartError } from "./chart-options.ts";
import { findColumn } from "./find-column.ts";

const SAMPLED_DATES = 1_000; // different texts looked at, to tell whether they are dates
const MONTH_FORMATS = ["%Y-%m", "%b %Y"]; // of months, which are text in a table
const NUMBER = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\))$/;
const AGGREGATE = /^(sum|avg|mean|count|min|max|median|mode|stddev\w*|var\w*|quantile\w*|corr|arg_m\w+|m\w+_by)$/i;

export interface ChartTable {
  readonly from: string; // SQL
  readonly columns: QueryRows["columns"];
  readonly run: RunQuery;
}

export interface Column {
  readonly name: string;
  readonly expression: string; // SQL
  readonly type: ChannelType;
  readonly isAggregate?: boolean; // an expression over the rows of each x: sum(won) / count(*)
  readonly note?: string; // what was assumed of its values
}

/** @throws ChartError where the table has no such column */
export async function chartColumn(name: string, table: ChartTable): Promise<Column> {
  const { found, problem } = findColumn(name, table.columns);
  if (!found) throw new ChartError(problem);
  const expression = identifier(found.name);
  if (/^(DATE|TIMESTAMP)/.test(found.type)) return { name: found.name, expression, type: "temporal" };
  if (NUMBER.test(found.type)) return { name: found.name, expression, type: "quantitative" };
  const text = { name: found.name, expression: `CAST(${expression} AS VARCHAR)`, type: "nominal" } as const;
  if (found.type === "JSON") return { ...text, expression: `(${expression} ->> '$')` };
  return found.type === "VARCHAR" ? asDate(text, table) : text;
}

/** A column, or an expression of columns. @throws ChartError */
export async function chartMeasure(written: string, table: ChartTable): Promise<Column> {
  const name = written.trim().replace(/\s+/g, " ");
  if (findColumn(name, table.columns).found) return chartColumn(name, table);
  const tokens = sqlTokens(name).filter(({ kind }) => kind !== "space");
  if (tokens.length === 1) {
    const { problem } = findColumn(name, table.columns);
    throw new ChartError(`${problem}. y may be an expression of columns, as "a * b"`);
  }
  const expression = `(${name}\n)`; // a comment at its end stays in it
  const { columns } = await table
    .run(`SELECT ${expression} AS measure FROM ${table.from} LIMIT 0`, 1)
    .catch((error: Error) => {
      const [reason] = error.message.split("\n");
      const names = table.columns.map((column) => column.name).join(", ");
      throw new ChartError(`y is no column and no expression of columns: ${name}: ${reason}. Columns: ${names}`);
    });
  const isNumber = NUMBER.test(columns[0]?.type ?? "");
  if (!isNumber)
    throw new ChartError(`${name} gives ${columns[0]?.type}; a measure that is computed has to be a number`);
  const isAggregate = tokens.some(({ kind, text }, i) => {
    return kind === "word" && AGGREGATE.test(text) && tokens[i + 1]?.text === "(";
  });
  return { name, expression, type: "quantitative", isAggregate };
}

/** Texts that nearly all are dates, in one order of day and month, are dates: "Jan 1 2000". */
async function asDate(column: Column, { from, run }: ChartTable): Promise<Column> {
  const texts = `SELECT DISTINCT ${column.expression} AS t FROM ${from} WHERE ${column.expression} IS NOT NULL LIMIT ${SAMPLED_DATES}`;
  const { rows } = await run(texts, SAMPLED_DATES);
  const { reading } = propose(
    rows.map(({ t }) => String(t)),
    { name: column.name },
  );
  if (reading !== undefined && /^(DATE|TIMESTAMP)$/.test(reading.type)) {
    const expression = reading.sql(`trim(${column.expression})`);
    return { name: column.name, expression, type: "temporal", ...(reading.note && { note: reading.note }) };
  }
  const month = `try_strptime(${column.expression}, [${MONTH_FORMATS.map((format) => `'${format}'`).join(", ")}])`;
  const { rows: counted } = await run(
    `SELECT count(*) AS n, count(${month.replaceAll(column.expression, "t")}) AS months FROM (${texts})`,
    1,
  );
  const isMonth = Number(counted[0]?.n) > 0 && counted[0]?.n === counted[0]?.months;
  return isMonth ? { name: column.name, expression: month, type: "temporal" } : column;
}

/** "2 of 90 rows without mpg": what a chart cannot show. */
export async function missingNotes(columns: readonly Column[], { from, run }: ChartTable): Promise<string[]> {
  const plain = columns.filter(({ isAggregate }) => !isAggregate);
  if (plain.length === 0) return [];
  const counts = plain.map(({ expression, type }, i) => {
    const strange = type === "quantitative" ? `NOT isfinite(CAST(${expression} AS DOUBLE))` : "false";
    return `count(*) - count(${expression}) AS m${i}, count(*) FILTER (WHERE ${strange}) AS s${i}`;
  });
  const { rows } = await run(`SELECT count(*) AS n, ${counts.join(", ")} FROM ${from}`, 1);
  const [row = {}] = rows;
  return plain.flatMap(({ name }, i) => [
    ...(Number(row[`m${i}`]) > 0 ? [`${row[`m${i}`]} of ${row.n} rows without ${name}`] : []),
    ...(Number(row[`s${i}`]) > 0 ? [`${row[`s${i}`]} of ${row.n} rows where ${name} is NaN or infinite`] : []),
  ]);
}
