// Numbers in the unit that a question asks for: by the unit that their column's name says, or the query.
import { numberText } from "../../sessions/number-text.ts";
import { type Unit, unitNamed, unitOfQuery } from "../question/asked-units.ts";
import type { Writing } from "./write-values.ts";

/** With these a query changes a unit itself. */
const FACTORS = /([*/])\s*(0?\.\d+|3\.6|24|60|1000|3600|86400|1609\.\d+|1e3)(?:\.0+)?(?![\d.])/gi;
const REST = /%\s*(?:60|3600)(?!\d)|\bmod\s*\(/i; // minutes and seconds apart

interface Named {
  readonly name: string;
  readonly value: number;
}

/** The asked unit, where the number is one of what it measures: not a count beside a distance. */
export function unitOf(name: string, { units, numeric = [] }: Writing): Unit | undefined {
  const [unit] = units ?? [];
  if (!unit || name.length < 2) return numeric.length > 1 ? undefined : unit;
  return unitNamed(name, unit.of) || numeric.length <= 1 ? unit : undefined;
}

/** The unit that the number has; undefined where nothing says it. */
export function ownUnit(name: string, writing: Writing): Unit | undefined {
  const asked = unitOf(name, writing);
  if (!asked) return undefined;
  const [only, ...others] = writing.numeric ?? [];
  const said = [name, ...(others.length === 0 && only !== undefined ? [only] : [])].filter(({ length }) => length > 2);
  const named = said.flatMap((one) => unitNamed(one, asked.of) ?? [])[0];
  if (named) return named;
  const source = unitOfQuery(writing.query, asked.of);
  const divided = divisorOf(writing.query);
  if (divided === undefined) return source;
  const isConverted = !source || Math.abs(divided / (asked.size / source.size) - 1) < 1e-6;
  return isConverted ? asked : undefined;
}

/** By all factors of the query; undefined where it has none. */
function divisorOf(query: string): number | undefined {
  const factors = [...query.matchAll(FACTORS)].map(([, sign, factor]) => Number(factor) ** (sign === "/" ? 1 : -1));
  return factors.length === 0 ? undefined : factors.reduce((product, factor) => product * factor);
}

/** As it is where nothing says its unit. */
export function inUnits({ name, value }: Named, writing: Writing): number {
  const asked = writing.units?.length === 1 ? unitOf(name, writing) : undefined;
  const own = asked && ownUnit(name, writing);
  return own && own.size !== asked.size ? Number(((value * own.size) / asked.size).toPrecision(15)) : value;
}

/** "52 min 52 s"; undefined where the question asks for no two units, or nothing says what the number is in. */
export function inParts({ name, value }: Named, writing: Writing): string | undefined {
  const [great, small] = writing.units ?? [];
  const { query } = writing;
  const isKnown = great && (!divisorOf(query) || unitNamed(name, great.of)) && !REST.test(query);
  const own = isKnown && small ? ownUnit(name, { ...writing, units: [small] }) : undefined;
  if (!great || !small || !own) return undefined;
  const per = great.size / small.size;
  const all = Math.round((value * own.size) / small.size);
  return `${numberText(Math.trunc(all / per))} ${great.text} ${Math.abs(all % per)} ${small.text}`;
}
