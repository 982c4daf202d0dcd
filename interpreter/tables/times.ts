// Times of the day, durations, weeks and days as eight digits.
import { identifier, quoted } from "../sessions/sql/database.ts";
import { isPlain } from "../sessions/sql/mends/mend.ts";
import type { ColumnContext, ColumnReading, Proposal } from "./column-reading.ts";

const CLOCK = /^(?<text>(?<hours>\d{1,3}):[0-5]\d(?<seconds>:[0-5]\d(?:\.\d{1,6})?)?(?<half> ?[AaPp]\.?[Mm]\.?)?)$/;
/** Of times of the day, beside which 9:30 is no duration. */
const CLOCK_NAME =
  /time|clock|start|end|begin|from|until|open|clos|arriv|depart|when|uhr|zeit|von|bis|ab\b|hora|heure|début|fin|inicio|ora\b|inizio|tijd|时间|时刻|時刻|時間/i;
const WEEK = /^\d{4}-?W\d{2}(?:-?[1-7])?$/;
const COMPACT = /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/;
const DATE_NAME = /date|datum|day|tag\b|jour|fecha|data|dia|giorno|日期|日付/i;
const TIME_NAME =
  /time|date|stamp|created|updated|epoch|unix|when|moment|[ _-]at$|^ts$|zeit|datum|fecha|hora|heure|temps|horodat|jour|period|month|monat|mois|mes\b|时间|时刻|日期|時間|時刻|日時|日付/i;
/** Of whole numbers that count nothing in time, however long they are. */
const CODE_NAME =
  /(?:^|[^a-z])(?:ids?|keys?|no|nr|num|number|nummer|code|isbn|ean|gtin|upc|sku|tel|telefon|phone|mobile|fax|account|konto|iban|order|ticket|user|customer|amount|price|population|count|sum|total|bytes|size|serial)(?:[^a-z]|$)|[a-z]Id$|編號|编号|番号|コード/i;
const DIGIT_CLOCK_NAME = /(?:^|[_ -])(?:time|hhmm|uhrzeit|heure|hora|ora|tijd)$/i;
interface Count {
  readonly form: RegExp;
  readonly unit: string;
  readonly time: (column: string) => string; // SQL
  readonly isOfDays?: true; // only where the name says so: 45,292 may be anything
  readonly isPlain?: true; // to be seen from the digits, also where the name says nothing
}

/** Whole numbers that count from 1970, from 2001 to 2033, or days as spreadsheets count them, from 1954 to 2064. */
const COUNTS: readonly Count[] = [
  {
    form: /^1\d{9}(?:\.\d+)?$/,
    unit: "seconds since 1970",
    time: (column) => `to_timestamp(${column})`,
    isPlain: true,
  },
  { form: /^1\d{12}$/, unit: "milliseconds since 1970", time: (column) => `epoch_ms(${column})`, isPlain: true },
  {
    form: COMPACT,
    unit: "days in digits",
    time: (column) => `strptime(CAST(${column} AS VARCHAR), '%Y%m%d')`,
    isPlain: true,
  },
  { form: /^1\d{15}$/, unit: "microseconds since 1970", time: (column) => `make_timestamp(${column})` },
  { form: /^1\d{18}$/, unit: "nanoseconds since 1970", time: (column) => `make_timestamp_ns(${column})` },
  {
    form: /^[2-5]\d{4}(?:\.\d+)?$/,
    unit: "days as spreadsheets count them",
    time: (column) => `TIMESTAMP '1899-12-30' + to_seconds(${column} * 86400)`,
    isOfDays: true,
  },
  {
    form: /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d$/,
    unit: "days and times in digits",
    time: (column) => `strptime(CAST(${column} AS VARCHAR), '%Y%m%d%H%M')`,
  },
  {
    form: /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/,
    unit: "days and times in digits",
    time: (column) => `strptime(CAST(${column} AS VARCHAR), '%Y%m%d%H%M%S')`,
  },
  {
    form: /^(?:[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d$/,
    unit: "days in digits, the year last",
    time: (column) => `strptime(lpad(CAST(${column} AS VARCHAR), 8, '0'), '%d%m%Y')`,
    isOfDays: true,
  },
  {
    form: /^[1-9]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/,
    unit: "days in digits, with a year of two",
    time: (column) => `strptime(CAST(${column} AS VARCHAR), '%y%m%d')`,
    isOfDays: true,
  },
  {
    form: /^(?:19|20)\d\d(?:0[1-9]|1[0-2])$/,
    unit: "months",
    time: (column) => `strptime(CAST(${column} AS VARCHAR), '%Y%m')`,
  },
];

export function isTime(value: string): boolean {
  return CLOCK.test(value) || WEEK.test(value);
}

export function proposeTime(values: readonly string[], { name }: Pick<ColumnContext, "name">): Proposal | undefined {
  const clocks = values.map((value) => CLOCK.exec(value)?.groups);
  if (clocks.every((clock) => clock !== undefined)) {
    const reading = clockReading(clocks, name);
    return reading ? { reading } : { reading, hint: "times of 24 hours and more without seconds are kept as text" };
  }
  if (!values.every((value) => WEEK.test(value))) return undefined;
  return { reading: { type: "DATE", isNative: false, sql: weekSql, note: "weeks are read as their first day" } };
}

/** Of a column of whole numbers: days as 20240131, where its name says so; seconds since 1970 are told. */
export function proposeTimeOfNumber(values: readonly string[], { name }: ColumnContext): Proposal | undefined {
  if (isNameOfDays(name) && values.every((value) => COMPACT.test(value))) {
    const sql = (text: string) =>
      `CAST(CASE WHEN regexp_full_match(${text}, '[0-9]{8}') THEN try_strptime(${text}, '%Y%m%d') END AS DATE)`;
    return { reading: { type: "DATE", isNative: false, sql, note: "20240131 is read as a day" } };
  }
  return undefined;
}

export function isNameOfDays(name: string): boolean {
  return DATE_NAME.test(name);
}

/** The same of a text in SQL. */
export function isDayInDigits(text: string): string {
  return `regexp_full_match(${text}, ${quoted(COMPACT.source)})`;
}

/** What whole numbers may also be, as a hint; they stay numbers. */
export function timeHint(values: readonly string[], name: string): string | undefined {
  if (values.length === 0) return undefined;
  const column = isPlain(name) ? name : identifier(name);
  if (!TIME_NAME.test(name)) {
    const found = CODE_NAME.test(name)
      ? undefined
      : COUNTS.find((one) => one.isPlain && values.every((value) => one.form.test(value)));
    return found && `may be ${found.unit}: ${found.time(column)} makes them times`;
  }
  const found = COUNTS.find(
    ({ form, isOfDays }) => (!isOfDays || DATE_NAME.test(name)) && values.every((value) => form.test(value)),
  );
  if (found) return `${found.unit}: ${found.time(column)} makes them times`;
  const isClock =
    DIGIT_CLOCK_NAME.test(name) && values.every((value) => /^(?:(?:[1-9]|1\d|2[0-4])[0-5]\d|[0-5]?\d)$/.test(value));
  if (isClock && values.some((value) => value.length > 2)) return "may be hours and minutes: 930 of half past nine";
  const units = COUNTS.filter(({ form, unit }) => / since /.test(unit) && values.some((value) => form.test(value)));
  const isMixed = units.length > 1 && values.every((value) => units.some(({ form }) => form.test(value)));
  return isMixed ? `${units.map(({ unit }) => unit).join(" and ")} in one column` : undefined;
}

/** 3:45 without a zero in front may be minutes and seconds, or 3 to 45. */
function clockReading(clocks: readonly Record<string, string | undefined>[], name: string): ColumnReading | undefined {
  const isHalf = clocks.some(({ half }) => half !== undefined);
  const isLong = clocks.some(({ hours }) => Number(hours) > 23);
  if (isLong && (isHalf || clocks.some(({ seconds }) => seconds === undefined))) return undefined; // 75:30 may be minutes
  if (isLong) {
    const sql = (text: string) => guarded(text, `TRY_CAST(${text} AS INTERVAL)`);
    return { type: "INTERVAL", isNative: false, sql, note: "hours above 23 are read as durations" };
  }
  const formats = ["%I:%M %p", "%I:%M:%S %p", "%H:%M", "%H:%M:%S"].map((format) => `'${format}'`).join(", ");
  const spaced = (text: string) => `regexp_replace(replace(upper(${text}), '.', ''), ' ?([AP])M$', ' \\1M')`;
  const isOpen = !isHalf && clocks.every(({ seconds }) => seconds === undefined) && !CLOCK_NAME.test(name);
  const short = clocks.find(({ hours }) => hours?.length === 1);
  return {
    type: "TIME",
    isNative: false,
    ...(isOpen && short && { note: `${short["text"]} is read as hours and minutes (assumed)` }),
    sql: (text) =>
      isHalf ? `CAST(try_strptime(${spaced(text)}, [${formats}]) AS TIME)` : guarded(text, `TRY_CAST(${text} AS TIME)`),
  };
}

function guarded(text: string, value: string): string {
  return `CASE WHEN regexp_full_match(${text}, '[0-9]{1,3}:[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6})?)?') THEN ${value} END`;
}

function weekSql(text: string): string {
  const parts = `regexp_extract(${text}, '^([0-9]{4})-?W([0-9]{2})-?([1-7]?)$', ['year', 'week', 'day'])`;
  const day = "CASE p.day WHEN '' THEN '1' ELSE p.day END";
  return `list_transform([${parts}], lambda p: CAST(try_strptime(concat(p.year, '-W', p.week, '-', ${day}), '%G-W%V-%u') AS DATE))[1]`;
}
