// Which numbers of an answer stand in nothing that the model was shown: it has made them up, or computed them in its
// head. Small models do both.
import { isAbout, numbersIn, type WrittenNumber } from "./numbers-in-text.ts";

const SMALL = 10; // "the 3 cheapest", "two groups": counted by the eye

/** As written, each once. @param bySight up to it a whole number may be counted by the eye. @param shown results, the question, what the model was told of the notebook */
export function unsupportedNumbers(
  answer: string,
  shown: readonly string[],
  bySight = SMALL,
  computed: readonly number[] = [],
): string[] {
  const written = shown.flatMap((text) => (text.match(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi) ?? []).map(Number));
  const known = [...written, ...computed];
  const unsupported = numbersIn(answer).filter(
    (number) => !isSmall(number, bySight) && !known.some((value) => isAbout(number, value)),
  );
  return [...new Set(unsupported.map(({ text }) => text))];
}

function isSmall({ readings }: WrittenNumber, bySight: number): boolean {
  return readings.some((value) => Number.isInteger(value) && Math.abs(value) <= bySight);
}
