// Countries and territories by their names in the languages of questions: a column says 'US' or 'Spain' where a question
// speaks of the United States or of España.
import { LANGUAGES } from "./index.ts";

const ALSO: readonly (readonly [code: string, names: readonly string[]])[] = [
  ["US", ["USA", "America", "Amerika", "Amérique", "América", "アメリカ", "米国", "États-Unis"]],
  [
    "GB",
    [
      "UK",
      "Great Britain",
      "Britain",
      "Britisch",
      "British",
      "Britannique",
      "Británico",
      "England",
      "英国",
      "イギリス",
    ],
  ],
  ["NL", ["Holland", "Dutch"]],
  ["CZ", ["Czech Republic"]],
  ["FR", ["French", "französisch", "français"]],
  ["ES", ["español", "espagnol", "spanisch"]],
  ["DE", ["deutsch", "alemán", "allemand"]],
  ["CN", ["chinois"]],
];
const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const LEAST_STEM = 4; // letters that "Japanese" and Japan share

let known: ReadonlyMap<string, readonly string[]> | undefined;

/** Whether a text speaks of the country that a value names, by its code or in whatever language: 'JP' of "japanische Autos". */
export function speaksOfRegion(value: string, text: string): boolean {
  const wanted = value.trim().toLowerCase();
  const own = [...names()].find(([code, words]) => code.toLowerCase() === wanted || words.includes(wanted));
  const letters = text.toLowerCase();
  return own?.[1].some((name) => name.length > 1 && isIn(name, letters)) ?? false;
}

function isIn(name: string, text: string): boolean {
  if (!/\p{Script=Latin}/u.test(name)) return text.includes(name);
  const stem = name.length <= LEAST_STEM ? name : name.slice(0, Math.max(LEAST_STEM, name.length - 2));
  const ending = name.length < LEAST_STEM ? "(?!\\p{L})" : "";
  return new RegExp(`(?<!\\p{L})${stem.replace(/[^\p{L} -]/gu, ".")}${ending}`, "u").test(text);
}

/** Code -> its names, in lower case. */
function names(): ReadonlyMap<string, readonly string[]> {
  if (known) return known;
  const formats = LANGUAGES.map(({ code }) => new Intl.DisplayNames(code, { type: "region", fallback: "none" }));
  const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
  known = new Map(
    codes.flatMap((code) => {
      const words = formats.flatMap((format) => format.of(code)?.toLowerCase() ?? []);
      const also = ALSO.find(([one]) => one === code)?.[1].map((name) => name.toLowerCase()) ?? [];
      return words.length === 0 ? [] : [[code, [...words, ...also]] as const];
    }),
  );
  return known;
}
