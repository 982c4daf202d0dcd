// What a chart shows, computed by DuckDB: so that a chart of a million rows carries a dozen, and the numbers in it are
// those that the same query gives.
import { propose } from "../../tables/propose.ts";
import { identifier } from "../sql/database.ts";
import { ChartError } from "./chart-options.ts";
import type { ChartOptions } from "./chart-types.ts";
import { nearestName } from "./nearest-name.ts";
import { tableSource } from "./table-source.ts";

const MAX_POINTS = 5_000; // marks of one chart; a front end draws more only slowly
const MAX_CATEGORIES = 60; // bars, slices: more cannot be read
const MAX_COLORS = 20;
const BINS = 20; // about as many steps in a histogram
const SAMPLED_DATES = 1_000; // different texts looked at, to tell whether they are dates
const MONTH_FORMATS = ["%Y-%m", "%b %Y"]; // of months, which are text in a table

export interface QueryRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly rowCount: number;
}

export type RunQuery = (query: string, maxRows: number) => Promise<QueryRows>;

export type ChannelType = "quantitative" | "temporal" | "nominal" | "ordinal";

export interface Channel {
  readonly field: string; // of the rows
  readonly title: string;
  readonly type: ChannelType;
}

export interface ChartData {
  readonly mark: ChartOptions["mark"];
  readonly x: Channel;
  readonly y: Channel | undefined;
  readonly color: Channel | undefined;
  readonly binStep: number | undefined; // x holds the starts of steps this wide
  readonly isAggregated: boolean;
  readonly rows: QueryRows["rows"];
  readonly columns: QueryRows["columns"];
  readonly note: string; // "a sample of 5000 of 120000 rows"; "" where all rows are shown
  readonly title: string;
}

interface Column {
  readonly name: string;
  readonly expression: string; // SQL
  readonly type: ChannelType;
  readonly note?: string; // what was assumed of its values
}

/** @throws ChartError where the options do not fit the table */
export async function chartData(options: ChartOptions, run: RunQuery): Promise<ChartData> {
  const from = tableSource(options.table);
  const { columns } = await run(`SELECT * FROM ${from} LIMIT 0`, 1);
  const find = (name: string) => findColumn(name, columns, from, run);
  const x = await find(options.x);
  const y = options.y === undefined ? undefined : await find(options.y);
  const color = options.color === undefined ? undefined : await find(options.color);
  const data = await drawn(checked(options, x, y), x, y, color, from, run);
  const assumed = [x, y, color].flatMap((column) =>
    column?.note === undefined ? [] : [`${column.name}: ${column.note}`],
  );
  return { ...data, note: [data.note, ...assumed].filter(Boolean).join("; ") };
}

function drawn(
  chart: ChartOptions,
  x: Column,
  y: Column | undefined,
  color: Column | undefined,
  from: string,
  run: RunQuery,
): Promise<ChartData> {
  if (chart.bin) return histogram(chart, x, color, from, run);
  return chart.aggregate === undefined
    ? plain(chart, x, y, color, from, run)
    : aggregated({ ...chart, aggregate: chart.aggregate }, x, y, color, from, run);
}

async function findColumn(name: string, columns: QueryRows["columns"], from: string, run: RunQuery): Promise<Column> {
  const names = columns.map((column) => column.name);
  const found =
    columns.find((column) => column.name === name) ??
    columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  if (!found) {
    throw new ChartError(
      `there is no column ${JSON.stringify(name)}; did you mean ${nearestName(name, names)}? Columns: ${names.join(", ")}`,
    );
  }
  const column = identifier(found.name);
  if (/^(DATE|TIMESTAMP)/.test(found.type)) {
    return { name: found.name, expression: column, type: "temporal" };
  }
  if (/INT|^(FLOAT|DOUBLE|DECIMAL)/.test(found.type)) {
    return { name: found.name, expression: column, type: "quantitative" };
  }
  const text = { name: found.name, expression: `CAST(${column} AS VARCHAR)`, type: "nominal" } as const;
  if (found.type === "JSON") return { ...text, expression: `(${column} ->> '$')` };
  return found.type === "VARCHAR" ? asDate(text, from, run) : text;
}

/** Texts that nearly all are dates, in one order of day and month, are dates: "Jan 1 2000". */
async function asDate(column: Column, from: string, run: RunQuery): Promise<Column> {
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

/** What was left open is filled in as people mean it; what contradicts itself is refused. */
function checked(options: ChartOptions, x: Column, y: Column | undefined): ChartOptions {
  const { mark, aggregate, bin, timeUnit } = options;
  if (timeUnit !== undefined && x.type !== "temporal") {
    throw new ChartError(`timeUnit needs dates, and ${x.name} has none; leave timeUnit out`);
  }
  if (bin) {
    if (x.type !== "quantitative") throw new ChartError(`bin needs numbers, and ${x.name} has none; leave bin out`);
    return options;
  }
  if (aggregate !== undefined && aggregate !== "count" && y === undefined) {
    throw new ChartError(`aggregate ${aggregate} needs a column y`);
  }
  const counted = aggregate === "count" || aggregate === "distinct" || aggregate === undefined;
  if (y && y.type !== "quantitative" && !counted) {
    throw new ChartError(`${aggregate} needs numbers, and ${y.name} has none; choose another y, or aggregate "count"`);
  }
  if (mark === "boxplot") {
    if (y?.type !== "quantitative") throw new ChartError("a boxplot needs a y with numbers");
    return { ...options, aggregate: undefined };
  }
  if (aggregate !== undefined) return options;
  if (y === undefined) {
    return x.type === "quantitative" && mark === "bar" ? { ...options, bin: true } : { ...options, aggregate: "count" };
  }
  if (timeUnit !== undefined) return { ...options, aggregate: y.type === "quantitative" ? "mean" : "count" };
  if (mark === "heatmap") return { ...options, aggregate: "count" };
  return options;
}

async function histogram(options: ChartOptions, x: Column, color: Column | undefined, from: string, run: RunQuery) {
  const range = await run(
    `SELECT min(${x.expression}) AS low, max(${x.expression}) AS high FROM ${from} WHERE isfinite(${x.expression}::DOUBLE)`,
    1,
  );
  const low = Number(range.rows[0]?.low);
  const step = niceStep(Number(range.rows[0]?.high) - low);
  const title = `number of rows by ${x.name}`;
  const result = await run(
    `SELECT floor(${x.expression} / ${step}) * ${step} AS ${identifier(x.name)}, ${colorColumn(color)}count(*) AS "count"
     FROM ${from} WHERE isfinite(${x.expression}::DOUBLE) GROUP BY ALL ORDER BY ALL`,
    MAX_POINTS,
  );
  return {
    ...shared(options, result, color, title),
    x: channel(x),
    y: { field: "count", title: "count", type: "quantitative" as const },
    binStep: step,
    isAggregated: true,
  };
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(range: number): number {
  if (!(range > 0)) return 1;
  const raw = range / BINS;
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
}

async function aggregated(
  options: ChartOptions & { aggregate: NonNullable<ChartOptions["aggregate"]> },
  x: Column,
  y: Column | undefined,
  color: Column | undefined,
  from: string,
  run: RunQuery,
): Promise<ChartData> {
  const { aggregate, timeUnit, mark } = options;
  const isGrid = mark === "heatmap"; // y is a place, and the colour is what is counted
  const of = isGrid ? color : y;
  const value = aggregateSql(aggregate, of);
  const name = of && aggregate !== "count" ? `${aggregate} of ${of.name}` : "count";
  const place = timeUnit === undefined ? x.expression : `date_trunc('${timeUnit}', ${x.expression})`;
  const known = isGrid && y ? `${y.expression} AS ${identifier(y.name)}, ` : isGrid ? "" : colorColumn(color);
  const result = await run(
    `SELECT ${place} AS ${identifier(x.name)}, ${known}${value} AS ${identifier(name)}
     FROM ${from} WHERE ${x.expression} IS NOT NULL GROUP BY ALL ORDER BY ALL`,
    MAX_POINTS,
  );
  const time = timeUnit === undefined ? "" : ` (${timeUnit})`;
  const split = color && !isGrid ? ` and ${color.name}` : isGrid && y ? ` and ${y.name}` : "";
  const title = `${name === "count" ? "number of rows" : name} by ${x.name}${time}${split}`;
  const measured: Channel = { field: name, title: name, type: "quantitative" };
  const data = shared(options, result, isGrid ? undefined : color, title);
  checkReadable(mark, x, result, color);
  // Few whole numbers stand side by side like names: a bar for each number of cylinders.
  const across = mark === "line" || mark === "area" ? channel(x) : { ...channel(x), type: discrete(x, mark) };
  if (isGrid) {
    const rows = y && { ...channel(y), type: discrete(y, mark) };
    return { ...data, x: across, y: rows, color: measured, binStep: undefined, isAggregated: true };
  }
  return { ...data, x: across, y: measured, binStep: undefined, isAggregated: true };
}

function discrete(column: Column, mark: ChartOptions["mark"]): ChannelType {
  if (column.type !== "quantitative") return column.type;
  return mark === "point" ? "quantitative" : "ordinal";
}

function aggregateSql(aggregate: NonNullable<ChartOptions["aggregate"]>, of: Column | undefined): string {
  if (aggregate === "count" || of === undefined) return "count(*)";
  if (aggregate === "distinct") return `count(DISTINCT ${of.expression})`;
  return `${aggregate === "mean" ? "avg" : aggregate}(${of.expression})`;
}

/** More bars than can be read, or more colours, is a question that was not meant. */
function checkReadable(mark: ChartOptions["mark"], x: Column, { rows }: QueryRows, color: Column | undefined): void {
  const count = (name: string) => new Set(rows.map((row) => row[name])).size;
  const isNames = x.type === "nominal" && mark !== "point";
  if (isNames && count(x.name) > MAX_CATEGORIES) {
    throw new ChartError(
      `${x.name} has ${count(x.name)} values, too many for a ${mark} chart; ` +
        "give a SELECT with ORDER BY and LIMIT as the table",
    );
  }
  if (color?.type === "nominal" && mark !== "heatmap" && count(color.name) > MAX_COLORS) {
    throw new ChartError(`${color.name} has ${count(color.name)} values, too many for a colour; choose another column`);
  }
}

async function plain(
  options: ChartOptions,
  x: Column,
  y: Column | undefined,
  color: Column | undefined,
  from: string,
  run: RunQuery,
): Promise<ChartData> {
  const yColumn = y ? `, ${y.expression} AS ${identifier(y.name)}` : "";
  const colors = color ? `, ${color.expression} AS ${identifier(color.name)}` : "";
  const known = [x, ...(y ? [y] : [])].map(({ expression }) => `${expression} IS NOT NULL`).join(" AND ");
  const rowsOf = `SELECT ${x.expression} AS ${identifier(x.name)}${yColumn}${colors} FROM ${from} WHERE ${known}`;
  const { rows: counted } = await run(`SELECT count(*) AS n FROM (${rowsOf})`, 1);
  const count = Number(counted[0]?.n);
  const isPath = options.mark === "line" || options.mark === "area";
  if (isPath && count > MAX_POINTS) {
    throw new ChartError(`${count} points are too many for a ${options.mark}; give an aggregate, or a timeUnit`);
  }
  const sample = count > MAX_POINTS ? ` USING SAMPLE reservoir(${MAX_POINTS} ROWS) REPEATABLE (1)` : "";
  const order = isPath ? " ORDER BY 1" : "";
  const result = await run(`SELECT * FROM (${rowsOf})${sample}${order}`, MAX_POINTS);
  checkReadable(options.mark, x, result, color);
  const title = [y?.name, x.name].filter(Boolean).join(" by ");
  const bars = options.mark === "bar" || options.mark === "boxplot";
  return {
    ...shared(options, result, color, title),
    note: sample === "" ? "" : `a sample of ${MAX_POINTS} of ${count} rows`,
    x: bars ? { ...channel(x), type: discrete(x, options.mark) } : channel(x),
    y: y && channel(y),
    binStep: undefined,
    isAggregated: false,
  };
}

function shared(options: ChartOptions, result: QueryRows, color: Column | undefined, title: string) {
  const { rows, columns } = result;
  if (rows.length === 0) throw new ChartError("there is nothing to draw: no row has values in these columns");
  const note = "";
  return {
    mark: options.mark,
    color: color && { ...channel(color), type: rows.length > 50 ? color.type : nominalIfNumber(color) },
    rows,
    columns,
    note,
    title: options.title?.trim() || title,
  };
}

function nominalIfNumber(column: Column): ChannelType {
  return column.type === "quantitative" ? "ordinal" : column.type;
}

function channel({ name, type }: Column): Channel {
  return { field: name, title: name, type };
}

function colorColumn(color: Column | undefined): string {
  return color ? `${color.expression} AS ${identifier(color.name)}, ` : "";
}
