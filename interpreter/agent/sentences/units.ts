// Units beside numbers, and in the names of columns: "70.5 kg", "$1,200", weight_kg, revenue_eur.
import type { SqlResult } from "../../sessions/session.ts";
import { CURRENCIES } from "../question/currencies.ts";
import { numbersIn, type WrittenNumber } from "./numbers-in-text.ts";

interface Measured {
  readonly code: string;
  readonly written: RegExp; // as an answer, or a column's name, has it
}

/** Each kind's units exclude each other. */
const KINDS: readonly (readonly Measured[])[] = [
  CURRENCIES,
  [
    unit("kg", "kg|kilos?|kilograms?|Kilogramm|kilogrammes?|kilogramos?"),
    unit("g", "g|grams?|Gramm|grammes?|gramos?"),
    unit("lb", "lbs?|pounds?"),
    unit("cm", "cm|centimet(?:er|re)s?|Zentimeter|centímetros?|centimètres?"),
    unit("mm", "mm|millimet(?:er|re)s?|Millimeter"),
    unit("m", "m|met(?:er|re)s?|Meter|metros?|mètres?"),
    unit("km", "km|kilomet(?:er|re)s?|Kilometer|kilómetros?|kilomètres?"),
    unit("mi", "mi|miles?|Meilen"),
    unit("ft", "ft|feet|foot"),
    unit("in", "inch(?:es)?"),
    unit("min", "mins?|minutes?|Minuten?|minutos?"),
    unit("h", "h|hrs?|hours?|Stunden?|horas?|heures?"),
    unit("s", "secs?|seconds?|Sekunden?|segundos?|secondes?"),
    unit("ms", "ms|milliseconds?|Millisekunden?"),
    unit("°C", "°C|celsius"),
    unit("°F", "°F|fahrenheit"),
  ],
];

function unit(code: string, words: string): Measured {
  return { code, written: new RegExp(`(?<![\\p{L}°])(?:${words})(?!\\p{L})`, "iu") };
}

export interface WrittenUnit {
  readonly number: WrittenNumber;
  /** `among`: the code of the unit of the same kind that a column's name ends with. */
  readonly unit: Measured & { readonly among: (column: string) => string | undefined };
}

/** How much of the first unit of its line is one of each, beside the others of the same kind. */
const SAME_KIND: readonly Readonly<Record<string, number>>[] = [
  { g: 1, kg: 1_000, lb: 453.59237 },
  { m: 1, mm: 0.001, cm: 0.01, km: 1_000, mi: 1_609.344, ft: 0.3048, in: 0.0254 },
  { s: 1, ms: 0.001, min: 60, h: 3_600 },
];

/**
 * Values of a result in the other units that a text has: 463 km are 288 miles, and 138 minutes 2 hours and 18 minutes.
 * Of columns whose names end with a unit.
 */
export function converted(text: string, { columns, rows }: Pick<SqlResult, "columns" | "rows">): number[] {
  const units = new Set(writtenUnits(text).map(({ unit }) => unit.code));
  return columns.flatMap(({ name }) => {
    const own = KINDS.flatMap((kind) => unitOf(name, kind) ?? [])[0];
    const sizes = SAME_KIND.find((kind) => own !== undefined && own in kind);
    const values = rows.flatMap((row) => (typeof row[name] === "number" ? [Number(row[name])] : []));
    if (own === "°C" && units.has("°F")) return values.map((value) => value * 1.8 + 32);
    if (own === "°F" && units.has("°C")) return values.map((value) => (value - 32) / 1.8);
    if (own === undefined || sizes === undefined) return [];
    const others = Object.keys(sizes).filter((unit) => unit !== own && units.has(unit));
    return values.flatMap((value) => {
      const whole = value * sizes[own]!;
      const split = others.flatMap((unit) => [Math.floor(whole / sizes[unit]!), (whole % sizes[unit]!) / sizes[own]!]);
      return [...others.map((unit) => whole / sizes[unit]!), ...split];
    });
  });
}

/** The numbers of a text that have a unit right before or behind them. */
export function writtenUnits(text: string): WrittenUnit[] {
  return numbersIn(text).flatMap((number) => {
    const behind = /^\s?([^\s,.;:)]+)/.exec(text.slice(number.index + number.text.length))?.[1] ?? "";
    const before = /(\p{Sc}|[A-Z]{3}\s)$/u.exec(text.slice(0, number.index))?.[1]?.trim() ?? "";
    return KINDS.flatMap((kind) => {
      const found = kind.find(({ written }) => isWhole(written, behind) || isWhole(written, before));
      return found ? [{ number, unit: { ...found, among: (column: string) => unitOf(column, kind) } }] : [];
    });
  });
}

function unitOf(column: string, kind: readonly Measured[]): string | undefined {
  const last =
    column
      .split(/[_\s()[\]]+/)
      .filter(Boolean)
      .at(-1) ?? "";
  return kind.find(({ written }) => isWhole(written, last))?.code;
}

function isWhole(written: RegExp, text: string): boolean {
  return text !== "" && written.exec(text)?.[0] === text;
}
