// Numbers as people write them: 1,234.50 and 1.234,50, 2 145 906, 1'000.5, $1,200.00, 12.5 %, (300), 20.-.
import { escapeRegExp } from "../escape-regexp.ts";
import type { ColumnContext, ColumnReading, DecimalSign, Proposal } from "./column-reading.ts";
import {
  APOSTROPHES,
  DASH,
  EXPONENT,
  MINUS,
  type NumberParts,
  numberParts,
  SPACE,
  SPACES,
  WHOLE,
} from "./number-parts.ts";

const MAX_BIGINT_DIGITS = 18;
const MAX_DOUBLE_DIGITS = 15; // that a DOUBLE keeps exactly
const MAX_SHOWN_DIGITS = 17; // of a DOUBLE, as programs write it
const MAX_DECIMAL_DIGITS = 38;
const MAX_MONEY_SCALE = 4; // more decimals than these are measured, not counted
const MIN_PHONE_DIGITS = 7;
const PHONE_NAME = /(^|[^a-z])(phone|telefon|telephone|teléfono|tel|fax|mobile|handy)([^a-z]|$)/i;
const VERSION_NAME = /(^|[^a-z])(version|release|versión|versione|versie)([^a-z]|$)/i; // 1.10 comes after 1.9
const MONTH_NAME = /month|monat|mois|\bmes\b|mese|period|date|datum|月/i;
const YEAR_LAST = /^(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d$/; // 31012024
const DAYS_KEPT = "days in digits with the year last are kept as text, and sort as letters do";
const MIN_CODE_DIGITS = 9; // of equal length in groups of three: 555 123 456

interface NumberFormat {
  readonly group: "" | "," | "." | " " | "'";
  readonly decimal: DecimalSign;
}

/** In the order in which one is taken where several fit and nothing else tells. */
const FORMATS: readonly NumberFormat[] = [
  { group: "", decimal: "." },
  { group: ",", decimal: "." },
  { group: "", decimal: "," },
  { group: ".", decimal: "," },
  { group: " ", decimal: "," },
  { group: " ", decimal: "." },
  { group: "'", decimal: "." },
  { group: "'", decimal: "," },
];

const FORMAT_PATTERNS = FORMATS.map((format) => new RegExp(`^${formatSource(format)}$`, "u"));

/** Also of what is only digits and no quantity: 007, 030 123 456. */
export function isNumber(value: string): boolean {
  const { body } = numberParts(value) ?? {};
  if (body === undefined) return false;
  return /^[\d \u00a0\u202f]+$/.test(body) || FORMAT_PATTERNS.some((pattern) => pattern.test(body));
}

/** Of values that are neither empty nor words for a missing one. */
export function proposeNumber(values: readonly string[], context: ColumnContext): Proposal | undefined {
  const all: NumberParts[] = [];
  for (const value of values) {
    const one = numberParts(value);
    if (one === undefined) return undefined;
    all.push(one);
  }
  const code = codeHint(all, context);
  if (code !== undefined) return { reading: undefined, ...(code !== "" && { hint: code }) };
  const bodies = [...new Set(all.map(({ body }) => body))];
  const fitting = FORMATS.filter((_, i) => bodies.every((body) => FORMAT_PATTERNS[i]!.test(body)));
  const chosen = chosenFormat(fitting, bodies, context);
  return chosen && { reading: numberReading(all, chosen.format, chosen.assumption) };
}

/** Why numbers are no quantities: "" where that is plain to see; undefined where they are. */
function codeHint(all: readonly NumberParts[], { name }: ColumnContext): string | undefined {
  const digits = (body: string) => body.replace(/\D/g, "");
  if (all.some(({ body }) => /^0\d/.test(body))) return all.every(({ body }) => YEAR_LAST.test(body)) ? DAYS_KEPT : "";
  const isMonth = all.every(({ body }) => /^(?:19|20)\d\d\.(?:0[1-9]|1[0-2])$/.test(body));
  if (isMonth && (MONTH_NAME.test(name) || all.length > 2)) return "months are kept as text: 2024.10 is not 2024.1";
  if (all.some(({ body, hasPlus }) => hasPlus && digits(body).length >= MIN_PHONE_DIGITS)) return "";
  if (all.every(({ body }) => /^\d+$/.test(body)) && all.some(({ body }) => body.length > MAX_BIGINT_DIGITS)) return "";
  if (PHONE_NAME.test(name) || VERSION_NAME.test(name)) return "";
  const isGrouped = all.every(({ body }) => /^\d+([ \u00a0\u202f]\d+)+$/.test(body));
  const lengths = new Set(all.map(({ body }) => digits(body).length));
  if (isGrouped && all.length > 1 && lengths.size === 1 && !lengths.has(0) && [...lengths][0]! >= MIN_CODE_DIGITS)
    return "numbers of one length in groups are taken as codes, and kept as text";
  const powers = all.filter(({ exponent }) => exponent !== "");
  const isWhole = all.every(({ body }) => /^\d+$/.test(body)); // 1.5 beside 1E5 is a number, and so are both
  if (powers.length > 0 && isWhole && powers.every(({ exponent }) => /^[eE]\d+$/.test(exponent)))
    return "values like 1E5 are taken as codes, and kept as text";
  const currencies = new Set(all.map(({ currency }) => currency));
  if (currencies.size > 1 && [...currencies].filter(Boolean).length > 1)
    return `amounts in ${[...currencies].filter(Boolean).sort().join(" and ")} are kept as text, since they do not add up`;
  const units = new Set(all.map(({ unit }) => unit));
  if (units.size > 1 && units.has("")) return "some values have a unit and some have none: they are kept as text";
  if (units.size > 1) return `numbers with several units (${[...units].join(", ")}) are kept as text`;
  if (all.some(({ isPercent }) => isPercent) && !all.every(({ isPercent }) => isPercent))
    return "some values are percentages and some are not: they are kept as text";
  return undefined;
}

/** For JavaScript and for DuckDB. Thousands in groups of three, or as in India: 12,34,567. No leading zero: that is a code. */
function formatSource({ group, decimal }: NumberFormat, scale?: number): string {
  const fraction = scale === 0 ? "" : `(?:[${decimal}][0-9]${scale === undefined ? "*" : `{0,${scale}}`})?`;
  const plain = `(?:0|[1-9][0-9]*)${fraction}${scale === 0 ? "" : `|[${decimal}][0-9]+`}`;
  if (group === "") return `(?:${plain})`;
  const sign = `[${removed(group)}]`;
  const groups = group === "," ? `(?:${sign}[0-9]{2,3})*${sign}[0-9]{3}` : `(?:${sign}[0-9]{3})+`;
  return `(?:[1-9][0-9]{0,2}${groups}${fraction}|${plain})`;
}

function chosenFormat(
  fitting: readonly NumberFormat[],
  bodies: readonly string[],
  { decimal, separator }: ColumnContext,
): { format: NumberFormat; assumption?: string } | undefined {
  const [first] = fitting;
  if (first === undefined) return undefined;
  const other = (one: NumberFormat) =>
    fitting.find((format) => bodies.some((body) => digitsOf(body, format) !== digitsOf(body, one)));
  if (other(first) === undefined) return { format: first };
  const known = fitting.filter((format) => format.decimal === decimal);
  if (known.length > 0) return { format: known.find((one) => isGroupedIn(bodies, one)) ?? known[0]! };
  // 1,234 alone: a decimal comma where fields end at semicolons, as they do in such countries; else thousands.
  const hasComma = bodies.some((body) => body.includes(","));
  const wanted = hasComma && separator === ";" ? "," : ".";
  const format = fitting.find((one) => one.decimal === wanted) ?? first;
  const against = other(format)!;
  const example = bodies.find((body) => digitsOf(body, format) !== digitsOf(body, against))!;
  return {
    format,
    assumption: `${example} is read as ${digitsOf(example, format)}, not as ${digitsOf(example, against)} (assumed)`,
  };
}

function isGroupedIn(bodies: readonly string[], { group }: NumberFormat): boolean {
  return group !== "" && bodies.some((body) => body.includes(group));
}

/** 1.234,50 -> 1234.50 */
function digitsOf(body: string, { group, decimal }: NumberFormat): string {
  const ungrouped = group === "" ? body : body.replace(new RegExp(`[${removed(group)}]`, "g"), "");
  return decimal === "," ? ungrouped.replace(",", ".") : ungrouped;
}

function removed(group: NumberFormat["group"]): string {
  return group === " " ? SPACES : group === "'" ? APOSTROPHES : group;
}

function numberReading(all: readonly NumberParts[], format: NumberFormat, assumption?: string): ColumnReading {
  const bodies = all.map(({ body }) => digitsOf(body, format));
  const isAffixed = all.some((one) => one.isAffixed);
  const type = all.some(({ exponent }) => exponent !== "") ? "DOUBLE" : numberType(bodies);
  const hasDecimals = bodies.some((body) => body.includes("."));
  const currency = all.find((one) => one.currency !== "")?.currency ?? "";
  const notes = [
    assumption ?? false,
    lostZero(bodies),
    type === "DOUBLE" && bodies.some(isLong) && ROUNDED,
    currency !== "" && `amounts in ${currency}`,
    all.some(({ isDash }) => isDash) && `${currency} - is read as 0`,
    all[0]!.unit !== "" && `numbers in ${all[0]!.unit}`,
    all.some(({ isPercent }) => isPercent) && "percentages: 12.5% is read as 12.5",
  ].filter((note) => note !== false);
  return {
    type,
    sql: (text) => (isAffixed ? affixedSql(text, format, type, all) : plainSql(text, format, type)),
    ...(!isAffixed &&
      (type === "DOUBLE" || (type === "BIGINT" && format.group === "")) && {
        test: (text: string) => plainTest(text, format, type),
      }),
    isNative: !isAffixed && format.group === "" && format.decimal === ".",
    ...(hasDecimals && assumption === undefined && { decimal: format.decimal }),
    ...(notes.length > 0 && { note: notes.join("; ") }),
  };
}

/** 1.10 beside 1.1 may be versions or chapters, which are told apart as texts only. */
function lostZero(bodies: readonly string[]): string | false {
  const known = new Set(bodies);
  const example = bodies.find((body) => /\.\d*[1-9]0$/.test(body) && known.has(body.slice(0, -1)));
  return example !== undefined && `${example} and ${example.slice(0, -1)} are read as one number (assumed)`;
}

export const ROUNDED = `numbers of more than ${MAX_SHOWN_DIGITS} digits are rounded to as many`;

/** 0.1234567890123456789: with more digits than tell any two DOUBLEs apart. */
export function isLong(body: string): boolean {
  return body.replace(/\D/g, "").replace(/^0+|0+$/g, "").length > MAX_SHOWN_DIGITS;
}

function numberType(bodies: readonly string[]): string {
  const whole = Math.max(...bodies.map((body) => body.replace(/\..*/, "").length));
  const scale = Math.max(...bodies.map((body) => (body.split(".")[1] ?? "").length));
  if (scale === 0 && bodies.every((body) => !body.includes(".")))
    return whole <= MAX_BIGINT_DIGITS ? "BIGINT" : `DECIMAL(${MAX_DECIMAL_DIGITS},0)`;
  const isExact = whole + scale > MAX_DOUBLE_DIGITS && scale <= MAX_MONEY_SCALE;
  return isExact ? `DECIMAL(${MAX_DECIMAL_DIGITS},${scale})` : "DOUBLE";
}

function plainSql(text: string, format: NumberFormat, type: string): string {
  return `CASE WHEN ${plainTest(text, format, type)} THEN TRY_CAST(${digitsSql(text, format)} AS ${type}) END`;
}

function plainTest(text: string, format: NumberFormat, type: string): string {
  const exponent = type === "DOUBLE" ? `(?:${EXPONENT})?` : "";
  const isWhole = type === "BIGINT" && format.group === "";
  const body = isWhole ? `(?:0|[1-9][0-9]{0,${MAX_BIGINT_DIGITS - 1}})` : bodyPattern(format, type);
  return `regexp_full_match(${text}, '${escaped(`-?${body}${exponent}`)}')`;
}

/** Other currencies and units than those that were seen are exceptions: they do not add up. */
function affixedSql(text: string, format: NumberFormat, type: string, all: readonly NumberParts[]): string {
  const body = `${bodyPattern(format, type)}${type === "DOUBLE" ? `(?:${EXPONENT})?` : ""}`;
  const [{ isPercent, unit }] = all as [NumberParts]; // as: not empty, and all have the same
  const currency = escapeRegExp(all.find((one) => one.currency !== "")?.currency ?? "");
  const inFront = currency === "" ? "" : `(?:${currency}${SPACE}*)?`;
  const behind = currency === "" ? "" : `(?:${SPACE}?${currency})?`;
  const always = isPercent ? `${SPACE}?%` : unit === "" ? "" : `${SPACE}?${escapeRegExp(unit)}`;
  const before = `\\(?(?:${MINUS}|[+])?${SPACE}?${inFront}\\(?${MINUS}?`;
  const pattern = `${before}${body}(?:${WHOLE})?${behind}${always}-?\\)?`;
  const negative = `regexp_matches(${text}, '^[^0-9]*[(\u2212\u2013-]|[^.,-]-$')`;
  const digits = digitsSql(`regexp_extract(${text}, '${escaped(body)}')`, format);
  const nothing = all.some(({ isDash }) => isDash)
    ? ` WHEN regexp_full_match(${text}, '${escaped(`${currency}${DASH}`)}') THEN 0`
    : "";
  return `CASE WHEN regexp_full_match(${text}, '${escaped(pattern)}') THEN TRY_CAST(concat(CASE WHEN ${negative} THEN '-' ELSE '' END, ${digits}) AS ${type})${nothing} END`;
}

/** Not more decimals than the type keeps: a value that has more is an exception, and the type is chosen again. */
function bodyPattern(format: NumberFormat, type: string): string {
  if (type === "DOUBLE") return formatSource(format);
  return formatSource(format, type === "BIGINT" ? 0 : Number(/,(\d+)\)/.exec(type)?.[1] ?? 0));
}

function digitsSql(text: string, { group, decimal }: NumberFormat): string {
  if (group === "" && decimal === ".") return text;
  const from = decimal === "," ? `,${removed(group)}` : removed(group);
  return `translate(${text}, '${escaped(from)}', '${decimal === "," ? "." : ""}')`;
}

function escaped(text: string): string {
  return text.replaceAll("'", "''");
}
