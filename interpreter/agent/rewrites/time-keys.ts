// What a query groups by, as expressions, and which of them are times.
import { isNamedAs } from "../../languages/time-names.ts";
import type { Step } from "../../languages/time-steps.ts";
import { equal } from "../../sessions/sql/mends/mend.ts";
import { isName, isWord, listed, type SelectItem, solid } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isNumeric, isTime } from "../../sessions/table-info.ts";
import { aggregatesIn, columnOf, type PlainQuery } from "./rewrite.ts";

/** What a query selects, and what it is called there. */
export interface Item {
  readonly text: string;
  readonly name: string | undefined;
}

export interface GroupKey extends Item {
  readonly tokens: readonly SqlToken[];
}

export interface TimeKey extends Item {
  readonly column: string; // of time, as the query writes it
  readonly step: Step | undefined; // undefined where each row has a time of its own
  readonly holdsYears: boolean; // the column, and no times
  readonly hasYear: boolean; // else it is the same in each year
}

/** undefined where the query selects something beside its keys and its aggregates. */
export function groupKeys({ outline: { tokens }, select }: PlainQuery): GroupKey[] | undefined {
  const range = select.clauses.get("group by");
  const written = range ? listed(tokens, range).map(({ from, to }) => solid(tokens.slice(from, to))) : [];
  const shown = select.items.filter(({ expression }) => aggregatesIn(expression).length === 0);
  const isAll = written.length === 1 && written[0]!.length === 1 && isWord(written[0]![0]!, "all");
  const keys = isAll ? shown.map(({ expression }) => expression) : written.map((key) => meantBy(key, select.items));
  if (shown.some(({ expression }) => !keys.some((key) => isSame(key, expression)))) return undefined;
  return keys.map((key) => ({
    tokens: key,
    text: sqlText(key).trim(),
    name: shown.find(({ expression }) => isSame(key, expression))?.alias,
  }));
}

/** By its place, by another name, or as it stands. */
function meantBy(key: readonly SqlToken[], items: readonly SelectItem[]): readonly SqlToken[] {
  const [only, ...others] = key;
  if (!only || others.length > 0) return key;
  const item =
    only.kind === "number"
      ? items[Number(only.text) - 1]
      : items.find(({ alias }) => alias !== undefined && equal(alias, unquoted(only)));
  return item?.expression ?? key;
}

/** A name may stand for itself and for its table's: day, sales.day. */
export function isSame(a: readonly SqlToken[], b: readonly SqlToken[]): boolean {
  const [one, other] = [columnOf(a), columnOf(b)];
  if (one !== undefined && other !== undefined) return equal(one, other);
  return sqlText(solid(a)).toLowerCase() === sqlText(solid(b)).toLowerCase();
}

/** undefined of a key that is none, or that does not follow the time: the day of the week. */
export function timeKey({ tokens, text, name }: GroupKey, { tables }: PlainQuery): TimeKey | undefined {
  const columns = tables.flatMap((table) => table.columns);
  const words = solid(tokens);
  const alone = columnOf(words);
  const isYears = columns.some(
    (one) => isNumeric(one.type) && equal(one.name, alone ?? "") && isNamedAs(one.name, "year"),
  );
  if (isYears) return { text, name, column: text, step: "year", hasYear: true, holdsYears: true };
  const at = words.findIndex(
    (token, i) =>
      isName(token) &&
      words[i + 1]?.text !== "(" && // day(day)
      columns.some((one) => isTime(one.type) && equal(one.name, unquoted(token))),
  );
  if (at < 0) return undefined;
  const from = words[at - 1]?.text === "." ? at - 2 : at;
  const column = sqlText(words.slice(from, at + 1));
  const type = columns.find((one) => isTime(one.type) && equal(one.name, unquoted(words[at]!)))?.type;
  if (alone !== undefined)
    return { text, name, column, step: type === "DATE" ? "day" : undefined, hasYear: true, holdsYears: false };
  const [start, end] = [tokens.indexOf(words[from]!), tokens.indexOf(words[at]!)];
  const part = partOf(`${sqlText(tokens.slice(0, start))} # ${sqlText(tokens.slice(end + 1))}`.trim());
  return part && { text, name, column, ...part, holdsYears: false };
}

const FORMATS: readonly (readonly [Step, RegExp])[] = [
  ["hour", /%H/],
  ["day", /%[dj]/],
  ["month", /%m/],
  ["year", /%Y/],
];
const SORTED_FORMAT = /^(?:%Y)?[-/年 ]*(?:%m)?[-/月 ]*(?:%d)?[日T ]*(?:%H)?(?::(?:00|%M))*$/; // as text it follows the time

/** Of an expression in which the column stands as "#". */
function partOf(expression: string): Pick<TimeKey, "step" | "hasYear"> | undefined {
  if (/\bstrftime\b/i.test(expression)) {
    const format = /'([^']*)'/.exec(expression)?.[1] ?? "";
    const step = FORMATS.find(([, sign]) => sign.test(format))?.[0];
    return step !== undefined && SORTED_FORMAT.test(format) ? { step, hasYear: format.includes("%Y") } : undefined;
  }
  if (/^(?:cast\s*\(\s*# \s*as\s+date\s*\)|date\s*\(\s*# \s*\)|#\s*::\s*date)$/i.test(expression.trim()))
    return { step: "day", hasYear: true };
  const truncated =
    /^(?:cast\s*\(\s*)?date_trunc\s*\(\s*'(hour|day|week|month|quarter|year)'\s*,\s*#\s*\)(?:\s*as\s+date\s*\)|\s*::\s*date)?$/i;
  const part =
    /^(?:(year|quarter|month|week|day|hour)\s*\(\s*#\s*\)|extract\s*\(\s*'?(year|quarter|month|week|day|hour)'?\s+from\s+#\s*\)|date_part\s*\(\s*'(year|quarter|month|week|day|hour)'\s*,\s*#\s*\))$/i;
  const whole = truncated.exec(expression.trim())?.[1];
  const named =
    whole ??
    part
      .exec(expression.trim())
      ?.slice(1)
      .find((one) => one !== undefined);
  const step = named?.toLowerCase() as Step | undefined; // as: one of those in the pattern
  return step && { step, hasYear: whole !== undefined || step === "year" };
}
