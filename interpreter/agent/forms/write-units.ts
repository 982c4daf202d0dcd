// Numbers in the unit that a question asks for: by the unit that their column's name says, or the query.
import { numberText } from "../../sessions/number-text.ts";
import { type Unit, unitNamed, unitOfQuery } from "../question/asked-units.ts";
import type { Writing } from "./write-values.ts";

/** A query with it may have changed the unit itself. */
const CONVERTS = /[*/]\s*(?:0?\.\d+|3\.6|24|60|100|1000|3600|86400|1609\.\d+|1e3)(?:\.0+)?(?![\d.])/i;

interface Named {
  readonly name: string;
  readonly value: number;
}

/** The asked unit, where the number is one of what it measures: not a count beside a distance. */
export function unitOf(name: string, { units, numeric = [] }: Writing): Unit | undefined {
  const [unit] = units ?? [];
  if (!unit || name.length < 2) return numeric.length > 1 ? undefined : unit;
  const isOfUnits = numeric.some((one) => unitNamed(one, unit.of));
  return unitNamed(name, unit.of) || numeric.length <= 1 || !isOfUnits ? unit : undefined;
}

/** The unit that the number has; undefined where nothing says it. */
export function ownUnit(name: string, writing: Writing): Unit | undefined {
  const asked = unitOf(name, writing);
  if (!asked) return undefined;
  const [only, ...others] = writing.numeric ?? [];
  const said = [name, ...(others.length === 0 && only !== undefined ? [only] : [])].filter(({ length }) => length > 2);
  const named = said.flatMap((one) => unitNamed(one, asked.of) ?? [])[0];
  if (named) return named;
  return CONVERTS.test(writing.query) ? asked : unitOfQuery(writing.query, asked.of);
}

/** As it is where nothing says its unit. */
export function inUnits({ name, value }: Named, writing: Writing): number {
  const asked = unitOf(name, writing);
  const own = asked && ownUnit(name, writing);
  return own && own.size !== asked.size ? Number(((value * own.size) / asked.size).toPrecision(15)) : value;
}

/** "52 min 52 s"; undefined where the question asks for no two units, or nothing says what the number is in. */
export function inParts({ name, value }: Named, writing: Writing): string | undefined {
  const [great, small] = writing.units ?? [];
  const own = great && small && ownUnit(name, { ...writing, units: [small] });
  if (!great || !small || !own) return undefined;
  const per = great.size / small.size;
  const all = Math.round((value * own.size) / small.size);
  return `${numberText(Math.trunc(all / per))} ${great.text} ${Math.abs(all % per)} ${small.text}`;
}
