// Which numbers of an answer stand in nothing that the model was shown: it has made them up, or computed them in its
// head. Small models do both.

const NUMBER = /-?\d+(?:[.,\u00a0\u202f ]\d{3}(?!\d))*(?:[.,]\d+)?|-?\d+/g;
const LIST_MARKER = /^\s*\d+[.)]\s/gm;
const SMALL = 10; // "the 3 cheapest", "two groups": counted by the eye

/** As written, each once. @param bySight up to it a whole number may be counted by the eye. @param shown results, the question, what the model was told of the notebook */
export function unsupportedNumbers(answer: string, shown: readonly string[], bySight = SMALL): string[] {
  const known = shown.flatMap((text) => (text.match(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi) ?? []).map(Number));
  const found = [...answer.replace(LIST_MARKER, "").matchAll(NUMBER)].map(([text]) => text);
  const unsupported = found.filter((text) => {
    const readings = readingsOf(text);
    return !readings.some((value) => isSmall(value, bySight) || known.some((number) => fits(value, number)));
  });
  return [...new Set(unsupported)];
}

function isSmall(value: number, bySight: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= bySight;
}

/** "1,234.5", "1.234,5", "0,83", "2 145 906" */
function readingsOf(text: string): number[] {
  const bare = text.replace(/[\u00a0\u202f ]/g, "");
  return [bare.replaceAll(",", ""), bare.replaceAll(".", "").replace(",", "."), bare.replace(",", ".")]
    .map(Number)
    .filter(Number.isFinite);
}

/** The same number, rounded or cut as people write it; or a share as a percentage. */
function fits(value: number, number: number): boolean {
  return [number, Math.abs(number), number * 100].some(
    (one) =>
      Math.abs(one - value) <=
        Math.max(Math.abs(one) * 0.005, 10 ** -decimals(value) * 0.51 * (Math.abs(one) < 10 ? 1 : 0)) ||
      Math.round(one) === value,
  );
}

function decimals(value: number): number {
  return String(value).split(".")[1]?.length ?? 0;
}
