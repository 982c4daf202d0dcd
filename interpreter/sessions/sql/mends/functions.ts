// Functions of other databases, and arguments in another order.
import { wholeWord } from "../../../escape-regexp.ts";
import { withoutUnit } from "../../table-info.ts";
import { identifier } from "../database.ts";
import { textOf, withCalls } from "./calls.ts";
import { DATE_FUNCTIONS } from "./date-functions.ts";
import { columnsOf, equal, type Mend } from "./mend.ts";

type Call = (args: readonly string[]) => string | undefined;

/** Another name for the same arguments. */
const as =
  (name: string): Call =>
  (args) =>
    `${name}(${args.join(", ")})`;
const coalesce: Call = (args) => (args.length === 2 ? `coalesce(${args.join(", ")})` : undefined);
const position: Call = ([part, text, ...more]) => (text && more.length === 0 ? `instr(${text}, ${part})` : undefined);
const filtered =
  (name: string): Call =>
  ([value, condition]) =>
    condition && `${name}(${value}) FILTER (WHERE ${condition})`;

const FUNCTIONS: Readonly<Record<string, Call>> = {
  isnull: (args) => (args.length === 1 ? `(${args[0]} IS NULL)` : coalesce(args)),
  nvl: coalesce,
  nvl2: ([value, some, none]) => none && `CASE WHEN ${value} IS NOT NULL THEN ${some} ELSE ${none} END`,
  zeroifnull: ([value]) => value && `coalesce(${value}, 0)`,
  iif: (args) => (args.length === 3 ? `if(${args.join(", ")})` : undefined),
  decode: caseOf,
  charindex: position,
  locate: position,
  substring_index: beforeOrBehind,
  regexp_like: as("regexp_matches"),
  group_concat: joined,
  convert: cast,
  truncate: as("trunc"),
  safe_divide: ([a, b]) => b && `(${a} / nullif(${b}, 0))`,
  sumif: filtered("sum"),
  sum_if: filtered("sum"),
  avgif: filtered("avg"),
  avg_if: filtered("avg"),
  averageif: filtered("avg"),
  average: as("avg"),
  stdev: as("stddev"),
  std: as("stddev"),
  stddev_sample: as("stddev"),
  stdevp: as("stddev_pop"),
  varp: as("var_pop"),
  var: as("var_samp"),
  correlation: as("corr"),
  corrcoef: as("corr"),
  correl: as("corr"),
  pearson: as("corr"),
  percentile: quantile("cont"),
  percentile_cont: quantile("cont"),
  percentile_disc: quantile("disc"),
  quantile_cont: quantile("cont"),
  quantile_disc: quantile("disc"),
};

/** quantile_cont(0.9), without a column: the only number that the question names is meant. */
export const quantileOfNothing: Mend = (query, _error, tables, question) => {
  const numbers = columnsOf(query, tables, /INT|DOUBLE|FLOAT|DECIMAL/);
  const [column, ...others] = numbers.filter((name) =>
    wholeWord(withoutUnit(name.replaceAll("_", " "))).test(question),
  );
  if (column === undefined || others.length > 0) return undefined;
  const mended = withCalls(query, (name, args) => {
    const isBare = /^(quantile|quantile_cont|quantile_disc|median)$/.test(name) && args.length <= 1;
    const isShare = args[0] === undefined || args[0] === "" || args[0] === "*" || /^[01]?\.\d+$/.test(args[0]);
    if (!isBare || !isShare) return undefined;
    return `${name}(${[identifier(column), ...args.filter((one) => /\d/.test(one))].join(", ")})`;
  });
  return { query: mended, note: `(the quantile is of ${column}, which the question names)` };
};

/** avg(stddev(x)) -> stddev(x): of all rows there is one, and its mean, its sum and its ends are itself. */
export const nestedAggregates: Mend = (query, error) => {
  if (!/aggregate function calls cannot be nested/i.test(error) || /\bgroup\s+by\b/i.test(query)) return undefined;
  const inner = /^(count|sum|avg|min|max|median|mode|stddev\w*|var\w*|corr|quantile\w*)\s*\(/i;
  const mended = withCalls(query, (name, [arg = "", ...more]) =>
    /^(avg|mean|sum|min|max|median)$/.test(name) && more.length === 0 && inner.test(arg) ? arg : undefined,
  );
  return { query: mended };
};

export const functions: Mend = (query, _error, tables) => {
  const times = columnsOf(query, tables, /^(DATE|TIMESTAMP)/);
  const all = columnsOf(query, tables, /./);
  const known = {
    has: (name: string) => all.some((column) => equal(column, name)),
    isTime: (name: string) => times.some((column) => equal(column, name)),
  };
  return { query: withCalls(query, (name, args) => DATE_FUNCTIONS[name]?.(args, known) ?? FUNCTIONS[name]?.(args)) };
};

/** percentile_cont(0.5, x), percentile(x, 50), quantile_cont(0.5, x) */
function quantile(kind: "cont" | "disc"): Call {
  return ([a = "", b = "", ...more]) => {
    const [column, share] = Number.isNaN(Number(a)) ? [a, Number(b)] : [b, Number(a)];
    if (column === "" || b === "" || more.length > 0 || Number.isNaN(share)) return undefined;
    return `quantile_${kind}(${column}, ${share > 1 ? share / 100 : share})`;
  };
}

/** decode(x, 'a', 1, 'b', 2, 0) */
function caseOf([value, ...rest]: readonly string[]): string | undefined {
  if (rest.length < 2) return undefined;
  const otherwise = rest.length % 2 === 1 ? rest.at(-1) : undefined;
  const pairs = Array.from({ length: Math.floor(rest.length / 2) }, (_, i) => {
    return ` WHEN ${rest[2 * i]} THEN ${rest[2 * i + 1]}`;
  });
  return `CASE ${value}${pairs.join("")}${otherwise === undefined ? "" : ` ELSE ${otherwise}`} END`;
}

/** substring_index(path, '/', -1): what stands before the first, behind the last, or more of it. */
function beforeOrBehind([text, by, count = ""]: readonly string[]): string | undefined {
  const number = Number(count.replace(/\s/g, ""));
  if (!text || !by || !Number.isInteger(number) || number === 0) return undefined;
  if (Math.abs(number) === 1) return `split_part(${text}, ${by}, ${number})`;
  const range = number > 0 ? `1:${number}` : `${number}:-1`;
  return `array_to_string(string_split(${text}, ${by})[${range}], ${by})`;
}

/** group_concat(DISTINCT x ORDER BY y SEPARATOR ', ') */
function joined(args: readonly string[]): string | undefined {
  const list = args.join(", ");
  const separated = /\sseparator\s+('(?:[^']|'')*')$/i.exec(list);
  if (!separated) return undefined;
  const value = list.slice(0, separated.index).trimEnd();
  const order = value.search(/\sorder\s+by\s/i);
  const [items, behind] = order < 0 ? [value, ""] : [value.slice(0, order).trimEnd(), value.slice(order)];
  return `string_agg(${items}, ${separated[1]}${behind})`;
}

const SQL_SERVER_STYLES = /^(20|21|23|120|121|126)$/; // year, month, day
const TYPE =
  /^(?:n?(?:var)?char|text|string)(?:\((\d+)\))?$|^(int(?:eger)?|bigint|float|double|decimal(?:\(.*\))?|date(?:time)?|signed|unsigned)$/i;

/** convert(varchar(7), day, 120) of SQL Server, convert(x, char) of MySQL. */
function cast([a = "", b = "", style]: readonly string[]): string | undefined {
  const [type, value] = TYPE.test(a) ? [a, b] : [b, a];
  const [written, length, other] = TYPE.exec(type) ?? [];
  if (written === undefined || value === "" || (style !== undefined && !SQL_SERVER_STYLES.test(style)))
    return undefined;
  if (other !== undefined) return `CAST(${value} AS ${/^datetime$/i.test(other) ? "TIMESTAMP" : other})`;
  const text = textOf(value) === undefined ? `CAST(${value} AS VARCHAR)` : value;
  return length === undefined ? text : `left(${text}, ${length})`;
}
