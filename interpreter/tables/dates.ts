// Dates and times as people write them. A column has one order of day, month and year: 5/3/2024 is not March in one row
// and May in the next.
import { identifier } from "../sessions/sql/database.ts";
import { isPlain } from "../sessions/sql/mends/mend.ts";
import type { ColumnContext, ColumnReading, Proposal } from "./column-reading.ts";
import { MONTH_NUMBERS, monthNumber } from "./month-names.ts";

type Order = "ymd" | "dmy" | "mdy" | "yymd"; // the last with a year of two digits

/** What one value shows. */
interface ParsedDate {
  readonly isNamed: boolean; // its month is a word
  readonly yearDigits: number;
  readonly orders: readonly Order[]; // that give a day of the calendar
  readonly separator: string;
  readonly isPadded: boolean; // day and month have two digits
  readonly clock: string; // "" of a day
  readonly isHalf: boolean; // AM or PM
  readonly zone: string;
  readonly gap: string; // between day and time
}

const CLOCK = String.raw`\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?`;
const ZONE = String.raw` ?(?:[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)`;
/** Named groups in the form that both JavaScript and DuckDB are given below. */
const TIME = String.raw`(?:(?<gap>[Tt ]|, ?| - )(?<clock>${CLOCK})(?<half> ?[AaPp]\.?[Mm]\.?)?(?:(?<zone>${ZONE})(?:\[[\w/+-]+\])?)?)?`;
const TWO = String.raw`\d{1,2}`;
const YEAR = String.raw`\d{4}|\d{2}`;
const WEEKDAY = String.raw`(?:\p{L}{2,10}\.?,? +)?`;
const ORDINAL = "(?:st|nd|rd|th|er|º|ª)?";

/** By order; `s` is what stands between the parts. */
const NUMERIC: Readonly<Record<Order, string>> = {
  ymd: String.raw`^(?<year>\d{4})(?<s>[-/.年]|[.년] )(?<month>${TWO})(?:[-/.月]|[.월] )(?<day>${TWO})[日일.]?${TIME}$`,
  yymd: String.raw`^(?<year>\d{2})(?<s>[-/.])(?<month>\d{2})[-/.](?<day>\d{2})${TIME}$`,
  dmy: `^(?<day>${TWO})(?<s>[-/.])(?<month>${TWO})[-/.](?<year>${YEAR})${TIME}$`,
  mdy: `^(?<month>${TWO})(?<s>[-/.])(?<day>${TWO})[-/.](?<year>${YEAR})${TIME}$`,
};
const NAMED: Readonly<Record<Order, string>> = {
  dmy: String.raw`^${WEEKDAY}(?<day>${TWO})${ORDINAL}\.?(?<s>[-/ ]?) ?(?:de )?(?<month>\p{L}{3,12})\.?(?:[-/ ]|, ?| de )(?<year>${YEAR})${TIME}$`,
  mdy: String.raw`^${WEEKDAY}(?<month>\p{L}{3,12})\.?(?<s>[- ])(?<day>${TWO})${ORDINAL}(?:, ?|[- ])(?<year>\d{4})${TIME}$`,
  ymd: String.raw`^(?<year>\d{4})(?<s>[- /])(?<month>\p{L}{3,12})\.?[- /](?<day>${TWO})${TIME}$`,
  yymd: String.raw`^(?<year>\d{2})(?<s>[- /])(?<month>\p{L}{3,12})\.?[- /](?<day>${TWO})${TIME}$`,
};
const ORDERS = ["ymd", "dmy", "mdy", "yymd"] as const;
const NUMERIC_PATTERNS = ORDERS.map((order) => [order, new RegExp(NUMERIC[order], "u")] as const);
const NAMED_PATTERNS = ORDERS.map((order) => [order, new RegExp(NAMED[order], "u")] as const);
const CENTURY = 70; // 69 is 2069, 70 is 1970

/** Of values that are neither empty nor words for a missing one; undefined where one of them is no date. */
export function proposeDate(values: readonly string[], context: ColumnContext): Proposal | undefined {
  const all: ParsedDate[] = [];
  for (const value of values) {
    const one = parseDate(value);
    if (one === undefined) return undefined;
    all.push(one);
  }
  const [first] = all;
  if (first === undefined || all.some(({ isNamed }) => isNamed !== first.isNamed)) return undefined; // of several forms
  const orders = possibleOrders(all, context);
  if (orders.length === 0) {
    if (!all.every(({ orders: own }) => own.includes("dmy") || own.includes("mdy"))) return undefined;
    return { reading: undefined, hint: "dates that are neither all day first nor all month first are kept as text" };
  }
  const { order, isAssumed } = chosenOrder(orders, all, context);
  const reading = dateReading(all, order, { isAssumed, isSettled: orders.length === 1 });
  const isFirst = order === "yymd" && !context.isYearFirst && `the year is read at the beginning of ${values[0]}`;
  const note = isFirst || (order === "dmy" || order === "mdy" ? yearFirstNote(values, order, context.name) : undefined);
  return {
    reading: note === undefined ? reading : { ...reading, note: [reading.note, note].filter(Boolean).join("; ") },
  };
}

/** A year of two digits is taken at the end, but where it can be none there, or the user says that it comes first. */
function possibleOrders(all: readonly ParsedDate[], { isYearFirst }: ColumnContext): Order[] {
  const orders = ORDERS.filter((order) => all.every((one) => one.orders.includes(order)));
  if (isYearFirst && orders.includes("yymd")) return ["yymd"];
  const others = orders.filter((order) => order !== "yymd");
  return others.length > 0 ? others : orders;
}

export function isDate(value: string): boolean {
  return parseDate(value) !== undefined;
}

function parseDate(value: string): ParsedDate | undefined {
  const isNamed = /\p{L}{3}/u.test(value.replace(/UTC|GMT|\[.*\]$/g, ""));
  const orders: Order[] = [];
  let found: Record<string, string | undefined> | undefined;
  for (const [order, pattern] of isNamed ? NAMED_PATTERNS : NUMERIC_PATTERNS) {
    const groups = pattern.exec(value)?.groups;
    if (!groups || !isDayOfCalendar(groups, isNamed)) continue;
    orders.push(order);
    found ??= groups;
  }
  if (found === undefined) return undefined;
  const { day = "", month = "", year = "", s = "", clock = "", half, zone = "", gap = "" } = found;
  const isPadded = day.length === 2 && (isNamed || month.length === 2);
  if (s === "." && year.length === 2 && !isPadded) return undefined; // 2.9.11 is a version
  if (clock !== "" && Number.parseInt(clock, 10) > (half === undefined ? 24 : 12)) return undefined;
  return {
    ...{ isNamed, orders, isPadded, clock, zone, gap },
    yearDigits: year.length,
    separator: s,
    isHalf: half !== undefined,
  };
}

function isDayOfCalendar({ day, month, year }: Record<string, string | undefined>, isNamed: boolean): boolean {
  const number = isNamed ? monthNumber(month ?? "") : Number(month);
  if (number === undefined || number < 1 || number > 12) return false;
  const date = new Date(Date.UTC(fullYear(year ?? ""), number - 1, Number(day)));
  return Number(day) > 0 && date.getUTCMonth() === number - 1;
}

function fullYear(year: string): number {
  return year.length === 4 ? Number(year) : Number(year) + (Number(year) < CENTURY ? 2000 : 1900);
}

function chosenOrder(
  orders: readonly Order[],
  all: readonly ParsedDate[],
  { isDayFirst, separator }: ColumnContext,
): { order: Order; isAssumed: boolean } {
  if (orders.length === 1) return { order: orders[0]!, isAssumed: false };
  if (isDayFirst !== undefined) return { order: isDayFirst ? "dmy" : "mdy", isAssumed: false };
  if (all.every(({ separator }) => separator === ".")) return { order: "dmy", isAssumed: false }; // nobody writes 12.31.2024
  const isAmerican = separator !== ";" && all.every(({ separator }) => separator === "/");
  return { order: isAmerican ? "mdy" : "dmy", isAssumed: true };
}

/** 24/01/05 and 24/02/25: of two digits each, the years are rather those that have fewer values. */
function yearFirstNote(values: readonly string[], order: Order, name: string): string | undefined {
  const parts = values.map((value) => /^(\d\d)[-/.](\d\d)[-/.](\d\d)(?!\d)/.exec(value) ?? []);
  const isDay = ([, year = "", month, day]: readonly string[]) => isDayOfCalendar({ year, month, day }, false);
  const different = (place: number) => new Set(parts.map((part) => part[place])).size;
  if (!parts.every(isDay) || different(1) >= different(3)) return undefined;
  const form = order === "dmy" ? "%d%m%y" : "%m%d%y";
  const way = `strptime(strftime(${isPlain(name) ? name : identifier(name)}, '${form}'), '%y%m%d')`;
  return `the year is read at the end of ${parts[0]![0]} (assumed): ${way} reads it at the beginning`;
}

function dateReading(
  all: readonly ParsedDate[],
  order: Order,
  { isAssumed, isSettled }: { isAssumed: boolean; isSettled: boolean },
): ColumnReading {
  const hasTime = all.some(({ clock }) => clock !== "");
  const isHalf = all.some((one) => one.isHalf);
  const zones = new Set(all.map(({ zone }) => zone.trim().toUpperCase()));
  const hasOffset = [...zones].some((zone) => !["", "Z", "UTC", "GMT", "+00:00", "+0000", "+00"].includes(zone));
  const isNamed = all[0]!.isNamed;
  const isIso = order === "ymd" && !isNamed && all.every(({ separator, isPadded }) => separator === "-" && isPadded);
  const hasIsoTime = all.every(
    ({ clock, gap }) => (clock === "") === !hasTime && !clock.includes(",") && (gap === "" || /^[T ]$/.test(gap)),
  );
  const notes = [
    isAssumed && `${order === "dmy" ? "day" : "month"} first (assumed: 5/3 may also be the other way round)`,
    hasOffset && "times with a zone are read in UTC",
    zones.has("") && zones.size > 1 && "those without a zone as if they were in UTC (assumed)",
    all.some(({ clock }) => /[.,]\d{6}\d*[1-9]/.test(clock)) && "fractions of microseconds are cut off",
    all.some(({ yearDigits }) => yearDigits === 2) &&
      `years of two digits are read as 19${CENTURY} to 20${CENTURY - 1}`,
  ].filter((note) => note !== false);
  const type = hasTime ? "TIMESTAMP" : "DATE";
  const numeric = (isNamed ? NAMED : NUMERIC)[order];
  const isNative = isIso && !isHalf && !hasOffset && zones.size === 1 && zones.has("") && (!hasTime || hasIsoTime);
  return {
    type,
    ...(isNative && { test: (text: string) => isoTest(text, type) }),
    sql: (text) => dateSql(text, numeric, { isNamed, isHalf, hasOffset, type }),
    isNative,
    ...(isSettled && (order === "dmy" || order === "mdy") && !isNamed && { isDayFirst: order === "dmy" }),
    ...(notes.length > 0 && { note: notes.join("; ") }),
  };
}

/** 2024-01-31, and 2024-01-31 10:00:00 with or without fractions: DuckDB's own cast looks at the calendar. */
function isoTest(text: string, type: string): string {
  const isIso =
    type === "DATE"
      ? `${text} LIKE '____-__-__'`
      : `(${text} LIKE '____-__-__%' AND strlen(${text}) > 10 AND ${text} NOT LIKE '%Z')`;
  return `(${isIso} AND TRY_CAST(${text} AS ${type}) IS NOT NULL)`;
}

interface DateSql {
  readonly isNamed: boolean;
  readonly isHalf: boolean;
  readonly hasOffset: boolean;
  readonly type: string;
}

/** The parts, by one regular expression, put together as DuckDB reads them: it looks at the calendar itself. */
function dateSql(text: string, pattern: string, { isNamed, isHalf, hasOffset, type }: DateSql): string {
  const source = isNamed ? `lower(strip_accents(${text}))` : text;
  const named = /\(\?<(\w+)>/g;
  const names = [...pattern.matchAll(named)].map(([, name]) => `'${name}'`).join(", ");
  const parts = `regexp_extract(${source}, '(?i)${pattern.replace(named, "(").replaceAll("'", "''")}', [${names}])`;
  const month = isNamed ? `${monthsSql()}[p.month]` : "p.month";
  const year = `CASE length(p.year) WHEN 2 THEN CAST(p.year AS INT) + CASE WHEN p.year < '${CENTURY}' THEN 2000 ELSE 1900 END ELSE TRY_CAST(p.year AS INT) END`;
  const day = `concat(${year}, '-', ${month}, '-', p.day)`;
  const time = `CASE WHEN p.clock = '' THEN '' ELSE concat(' ', replace(p.clock, ',', '.')) END`;
  return `list_transform([${parts}], lambda p: ${together(day, time, { isHalf, hasOffset, type })})[1]`;
}

function together(day: string, time: string, { isHalf, hasOffset, type }: Omit<DateSql, "isNamed">): string {
  if (type === "DATE") return `TRY_CAST(CASE WHEN p.clock = '' THEN ${day} END AS DATE)`;
  if (isHalf) {
    const half = `CASE WHEN p.half = '' THEN '' ELSE concat(' ', upper(left(trim(p.half), 1)), 'M') END`;
    const formats = ["%I:%M %p", "%I:%M:%S %p", "%I:%M:%S.%f %p", "%H:%M", "%H:%M:%S"].map(
      (one) => `'%Y-%m-%d ${one}'`,
    );
    return `try_strptime(concat(${day}, ${time}, ${half}), [${formats.join(", ")}, '%Y-%m-%d'])`;
  }
  if (!hasOffset) return `TRY_CAST(concat(${day}, ${time}) AS TIMESTAMP)`;
  const zone = `regexp_replace(regexp_replace(trim(p.zone), '^(?i:z|utc|gmt)?$', '+00:00'), '^([+-][0-9]{2}):?([0-9]{2})$', '\\1:\\2')`;
  return `TRY_CAST(concat(${day}, ${time}, ${zone}) AS TIMESTAMPTZ) AT TIME ZONE 'UTC'`;
}

function monthsSql(): string {
  return `MAP {${[...MONTH_NUMBERS].map(([word, number]) => `'${word}': ${number}`).join(", ")}}`;
}
