// How a column of texts may be read, from values of it. Whether all of its values can be is counted by evidence.ts.
import { type ColumnContext, type ColumnReading, isMissingWord, type Proposal } from "./column-reading.ts";
import { isDate, proposeDate } from "./dates.ts";
import { proposeInfinite } from "./infinite-numbers.ts";
import { proposeKeptText } from "./kept-texts.ts";
import { isNumber, proposeNumber } from "./numbers.ts";
import { proposeOtherDigits } from "./other-digits.ts";
import { textHint } from "./text-hints.ts";
import { isTime, proposeTime, proposeTimeOfNumber } from "./times.ts";

export const MAX_STRAY_SHARE = 0.05; // of the values: with more that cannot be read so, a column is text
const MAX_LENGTH = 64; // characters of a value that is a number or a date
const TEXT: Proposal = { reading: undefined };

const BOOLEAN: ColumnReading = {
  type: "BOOLEAN",
  isNative: false,
  sql: (text) => `CASE lower(${text}) WHEN 'true' THEN true WHEN 'false' THEN false END`,
};

/** Kinds of values, and what is proposed for a column of them. */
const KINDS: readonly {
  readonly name: string;
  readonly is: (value: string) => boolean;
  readonly propose: (values: readonly string[], context: ColumnContext) => Proposal | undefined;
}[] = [
  { name: "truth values", is: isBoolean, propose: () => ({ reading: BOOLEAN }) },
  {
    name: "numbers",
    is: isNumber,
    propose: (values, context) => proposeTimeOfNumber(values, context) ?? proposeNumber(values, context),
  },
  { name: "dates", is: isDate, propose: proposeDate },
  { name: "times", is: isTime, propose: proposeTime },
];

/** Of values as they stand in the file, each as often as it does; the reading may leave out a few of them. */
export function propose(values: readonly string[], context: ColumnContext): Proposal {
  const ofOtherDigits = proposeOtherDigits(values, context, propose);
  if (ofOtherDigits !== undefined) return ofOtherDigits;
  const infinite = proposeInfinite(values, context, propose);
  if (infinite !== undefined) return infinite;
  const counts = new Map<string, number>();
  for (const value of values) {
    const text = value.trim();
    if (text !== "" && !isMissingWord(text)) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const known = [...counts.keys()];
  const keptText = proposeKeptText(known);
  if (keptText !== undefined) return keptText;
  const number = (some: readonly string[]) => some.reduce((sum, value) => sum + counts.get(value)!, 0);
  const all = number(known);
  const fitting = KINDS.map((kind) => {
    const kept = known.filter((value) => value.length <= MAX_LENGTH && kind.is(value));
    return { kind, kept, share: all === 0 ? 0 : number(kept) / all };
  });
  const best = fitting.reduce((most, one) => (one.share > most.share ? one : most));
  if (best.share >= 1 - MAX_STRAY_SHARE)
    return best.kind.propose(best.kept, context) ?? asText(`${best.kind.name} of several forms are kept as text`);
  if (best.share >= 0.5 && all >= 2) return asText(`not only ${best.kind.name}: kept as text`);
  const hint = textHint(known);
  return hint === undefined ? TEXT : asText(hint);
}

function asText(hint: string): Proposal {
  return { reading: undefined, hint };
}

function isBoolean(value: string): boolean {
  return /^(true|false)$/i.test(value);
}
