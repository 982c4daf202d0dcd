// A part of a whole that an answer tells in words: a good third of 0.362, less than half of 36.2 %.
import { NAMES_PERCENT } from "../../languages/percent.ts";
import { ABOVE, BELOW, PARTS } from "../../languages/rough-parts.ts";

const ABOUT = 0.05;
const ROUNDED = 0.005; // what is told as more than half may be half to a percent

/** Whether one of the values is the part of 1, or of 100 in a column of percentages, that the answer says. */
export function tellsRoughPart(
  answer: string,
  values: readonly (readonly [column: string, value: unknown])[],
): boolean {
  const shares = values.flatMap(([column, value]) => {
    const number = typeof value === "number" ? value : Number.NaN;
    return NAMES_PERCENT.test(column) && number > 1 ? [number / 100] : [number];
  });
  return shares.some((share) => share >= 0 && share <= 1 && saidParts(answer).some((fits) => fits(share)));
}

function saidParts(answer: string): ((share: number) => boolean)[] {
  const found = PARTS.flatMap(([part, words]) => {
    const { 0: text, index } = words.exec(answer) ?? {};
    return text === undefined || index === undefined ? [] : [{ part, index, end: index + text.length }];
  });
  const outermost = found.filter(
    (one) => !found.some((other) => other !== one && other.index < one.index && other.end >= one.end),
  );
  return outermost.map(({ part, index, end }) => {
    const is = ([before, behind]: readonly [RegExp, RegExp]) =>
      before.test(answer.slice(0, index)) || behind.test(answer.slice(end));
    if (is(ABOVE)) return (share: number) => share >= part - ROUNDED;
    if (is(BELOW)) return (share: number) => share <= part + ROUNDED;
    return (share: number) => Math.abs(share - part) <= Math.min(ABOUT, part / 4);
  });
}
