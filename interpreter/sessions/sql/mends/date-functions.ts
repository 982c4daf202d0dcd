// Functions of dates, as other databases call them, or with their arguments in another order.
import { quoted } from "../database.ts";
import { textOf } from "./calls.ts";
import { fromMySql, fromWords } from "./date-formats.ts";

type Call = (args: readonly string[], known: KnownColumns) => string | undefined;

/** What the tables of a query have. */
export interface KnownColumns {
  readonly has: (name: string) => boolean;
  readonly isTime: (name: string) => boolean; // a DATE or a TIMESTAMP
}

const UNITS: readonly (readonly [unit: string, names: RegExp])[] = [
  ["year", /^(years?|yyyy|yy)$/i],
  ["quarter", /^(quarters?|qq|q)$/i],
  ["month", /^(months?|mm|m|mon)$/i],
  ["week", /^(weeks?|wk|ww|isoweek|iso_week)$/i],
  ["day", /^(days?|dd|d)$/i],
  ["hour", /^(hours?|hh)$/i],
  ["minute", /^(minutes?|mi|n)$/i],
  ["second", /^(seconds?|ss|s)$/i],
  ["dow", /^(dow|dw|weekday|dayofweek)$/i],
  ["doy", /^(doy|dayofyear|dy)$/i],
];

/** Undefined where nothing has to be changed, or it cannot be told what is meant. */
export const DATE_FUNCTIONS: Readonly<Record<string, Call>> = {
  datediff: difference,
  date_diff: difference,
  timestampdiff: ([unit = "", from, to], known) => {
    const part = unitOf(unit);
    return part && from && to ? `date_sub('${part}', ${asTime(from, known)}, ${asTime(to, known)})` : undefined; // whole ones
  },
  julianday: ([date]) => date && `julian(${date})`,
  date_trunc: (args, known) => withUnit("date_trunc", args, known),
  datetrunc: (args, known) => withUnit("date_trunc", args, known) ?? `date_trunc(${args.join(", ")})`,
  trunc: ([date = "", pattern = ""], known) => {
    const part = known.isTime(bare(date)) ? unitOf(textOf(pattern) ?? "") : undefined;
    return part && `date_trunc('${part}', ${date})`;
  },
  date_part: part,
  datepart: part,
  extract: (args, known) => (args.length === 2 ? part(args, known) : undefined),
  datename: (args, known) => {
    const found = unitAndDate(args, known);
    if (!found) return undefined;
    const names: Readonly<Record<string, string>> = { month: "monthname", dow: "dayname" };
    const call = names[found.unit];
    return call ? `${call}(${found.date})` : `CAST(date_part('${found.unit}', ${found.date}) AS VARCHAR)`;
  },
  dateadd: ([unit = "", count, date]) => {
    const of = unitOf(unit);
    return of && count && date ? `(${date} + INTERVAL (${count}) ${of})` : undefined;
  },
  add_months: ([date, count]) => (date && count ? `(${date} + INTERVAL (${count}) month)` : undefined),
  date_sub: ([date = "", interval = ""]) => (/^interval\b/i.test(interval) ? `(${date} - ${interval})` : undefined),
  eomonth: ([date, ...more]) => (date && more.length === 0 ? `last_day(${date})` : undefined),
  unix_timestamp: ([date]) => date && `epoch(${date})`,
  from_unixtime: ([seconds, format]) =>
    format === undefined ? seconds && `to_timestamp(${seconds})` : formatted(`to_timestamp(${seconds})`, format),
  date_format: ([date, format]) => (date && format ? formatted(date, format) : undefined),
  format_date: ([format, date]) => (date && format ? formatted(date, format) : undefined),
  format_datetime: ([format, date]) => (date && format ? formatted(date, format) : undefined),
  to_char: ([date, format]) => (date && format ? formatted(date, format) : undefined),
  format: ([date = "", format = ""], known) => (known.isTime(bare(date)) ? formatted(date, format) : undefined),
  str_to_date: ([text = "", format], known) => parsed(text, format, known),
  to_date: ([text = "", format], known) => parsed(text, format, known),
  to_timestamp: ([text = "", format], known) => (format === undefined ? undefined : parsed(text, format, known)),
  parse_date: ([format, text = ""], known) => parsed(text, format, known),
  strptime: ([text = ""], known) => (known.isTime(bare(text)) ? text : undefined),
  ...Object.fromEntries(["curdate", "getdate", "sysdate", "today"].map((name) => [name, today])),
  ...Object.fromEntries(
    ["year", "month", "day", "quarter", "week", "dayname", "monthname"].map((name) => [name, ofText(name)]),
  ),
};

function today(args: readonly string[]): string | undefined {
  return args.length === 0 ? "current_date" : undefined;
}

/** year('2024-05-01') */
function ofText(name: string): Call {
  return ([date = "", ...more]) => {
    const text = textOf(date);
    return more.length === 0 && text !== undefined && /^\d{4}-\d{2}-\d{2}/.test(text)
      ? `${name}(CAST(${date} AS TIMESTAMP))`
      : undefined;
  };
}

/** MySQL and Spark: the first less the second, in days. SQL Server: the unit first. BigQuery: the first less the second, the unit last. */
function difference(args: readonly string[], known: KnownColumns): string | undefined {
  const [a = "", b = "", c] = args;
  const between = (unit: string, from: string, to: string) =>
    `date_diff('${unit}', ${asTime(from, known)}, ${asTime(to, known)})`;
  if (args.length === 2) return between("day", b, a);
  if (c === undefined || args.length > 3) return undefined;
  const [first, last] = [unitOf(a), unitOf(c)];
  if (first && (!last || textOf(a) !== undefined || !isWord(c) || known.has(c))) return between(first, b, c);
  return last && between(last, b, a);
}

function part(args: readonly string[], known: KnownColumns): string | undefined {
  const found = unitAndDate(args, known);
  if (!found) return undefined;
  const isSunday1 = found.unit === "dow" && /^dw$/i.test(found.written); // of SQL Server, whose weeks begin with 1
  return isSunday1 ? `(dayofweek(${found.date}) + 1)` : `date_part('${found.unit}', ${found.date})`;
}

/** Undefined where it stands as it should. */
function withUnit(name: string, args: readonly string[], known: KnownColumns): string | undefined {
  const found = unitAndDate(args, known);
  return found && `${name}('${found.unit}', ${asTime(found.date, known)})`;
}

/** date_trunc(day, 'month'), date_trunc(month, day): a text is the unit, else the word that is no column. */
function unitAndDate(args: readonly string[], known: KnownColumns) {
  const [a = "", b = "", ...more] = args;
  if (more.length > 0) return undefined;
  const isText = (arg: string) => textOf(arg) !== undefined && unitOf(arg) !== undefined;
  const isFree = (arg: string) => isWord(arg) && unitOf(arg) !== undefined && !known.has(arg);
  const [written, date] = isText(a) || (!isText(b) && (isFree(a) || !isFree(b))) ? [a, b] : [b, a];
  const unit = unitOf(written);
  return unit === undefined || date === "" ? undefined : { unit, written, date };
}

/** @returns undefined for a format that is not known to the last letter */
function formatted(date: string, format: string): string | undefined {
  const text = textOf(format);
  const meant = text === undefined ? undefined : text.includes("%") ? fromMySql(text) : fromWords(text);
  return meant && `strftime(${date}, ${quoted(meant)})`;
}

/** A column that was read as dates is one already. */
function parsed(text: string, format: string | undefined, known: KnownColumns): string | undefined {
  if (known.isTime(bare(text))) return text;
  if (format === undefined) return `CAST(${text} AS DATE)`;
  const written = textOf(format);
  const meant = written === undefined ? undefined : written.includes("%") ? fromMySql(written) : fromWords(written);
  if (meant === undefined) return undefined;
  const time = `strptime(${text}, ${quoted(meant)})`;
  return /%[HIMS]/.test(meant) ? time : `CAST(${time} AS DATE)`;
}

/** A text that is compared with dates is one. */
function asTime(arg: string, known: KnownColumns): string {
  return textOf(arg) !== undefined && !known.isTime(bare(arg)) ? `CAST(${arg} AS TIMESTAMP)` : arg;
}

function unitOf(arg: string): string | undefined {
  return UNITS.find(([, names]) => names.test(textOf(arg) ?? arg))?.[0];
}

function isWord(arg: string): boolean {
  return /^\w+$/.test(arg);
}

/** The column that an argument is: s."day" -> day */
function bare(arg: string): string {
  return /^(?:[^\s()'+*/-]+\.)?("?)([^"()'.]+)\1$/.exec(arg)?.[2] ?? "";
}
