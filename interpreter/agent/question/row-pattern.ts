// A row of the answer as the question shows it: 'Lyon: 12.5 %', "name=value; name=value", <order no> | <weight>, 2024-03 → 15.
import { monthsIn } from "../../languages/times.ts";
import { UNITS } from "./asked-units.ts";
import { numberSigns } from "./number-signs.ts";

/** A place in the row. A word stands for a value of any kind, and may be its column's name. */
export interface Slot {
  readonly name?: string;
  readonly isNumber: boolean;
  readonly isMonth?: true; // by its name
  readonly isDay?: true; // or a month of a year: 2024-03
  readonly decimals?: number;
  readonly hasComma?: true; // as its decimal sign
  readonly thousands?: string;
}

/** What stands before, between and behind the slots: one text more than there are slots. */
export interface RowPattern {
  readonly texts: readonly string[];
  readonly slots: readonly Slot[];
  readonly between?: string; // of two rows, where the question shows more than one
}

const PLACE = String.raw`<[^<>\n]+>|\{[\p{L}_ ]*\}|\[[\p{L}_ .]+\]|…|\.{3}|_{2,}`;
const DAY = String.raw`\d{4}-\d{2}(?:-\d{2})?(?!\d)`;
const NUMBER = String.raw`-?\d(?:[\d.,'\u00a0\u202f]*\d)?|(?<!\p{L})[xXnN#]+(?:[.,][xX#]+)?(?!\p{L})`;
const WORD = String.raw`\p{L}[\p{L}\p{N}_]*(?:['’]\p{L}+)?(?:(?: |-(?=\p{Script=Latin}))\p{L}[\p{L}\p{N}_]*(?:['’]\p{L}+)?)*`;
const TOKEN = new RegExp(`(${PLACE})|(${DAY})|(${NUMBER})|(${WORD})`, "gu");
/** "X of Y", "most: X, least: Y": where two letters stand for values, all else is text. */
const LETTER = /(?<![\p{L}\d$'’])[XYZNM](?![\p{L}\d'’.,]*[\p{L}\d'’])/gu;
/** Times and dates by their letters are no names: hh:mm, DD/MM/YYYY. */
const OF_TIME = /^(?:h{1,2}|m{1,4}|s{1,2}|d{1,2}|t{1,2}|j{1,4}|y{2,4}|a{2,4}|hours?|min|minutes|sec|seconds|Std)$/i;
const UNIT_BEHIND = new RegExp(` (?:${UNITS.map(({ named }) => named.source).join("|")}|EUR|USD|CHF)$`, "iu");
const MOST_WORDS = 4; // of a name
const MOST_SLOTS = 12;

/** undefined where the text is no row of at least two values. */
export function rowPattern(shown: string): RowPattern | undefined {
  const letters = new Set(shown.match(LETTER));
  if (letters.size > 1) return lettered(shown);
  const { texts, slots } = partsOf(shown);
  if (slots.length < 2 || slots.length > MOST_SLOTS || !isBalanced(shown)) return undefined;
  if (texts.slice(1, -1).some((text) => text.trim() === "" && text !== "\t" && !/\p{Pd}/u.test(text))) return undefined;
  const words = slots.flatMap(({ name }) => name ?? []);
  if (words.every((word) => OF_TIME.test(word)) && words.length === slots.length) return undefined;
  if (words.some((word) => word.split(" ").length > MOST_WORDS)) return undefined;
  return repeated(texts, slots) ?? { texts, slots };
}

function lettered(shown: string): RowPattern {
  const texts = shown.split(LETTER);
  const isNumber = /^ (?:out of|of|von|aus|de|sur|su) $/.test(texts[1] ?? "");
  return { texts, slots: texts.slice(1).map(() => ({ isNumber })) };
}

/** Where blanks stand, all else is text. */
function partsOf(shown: string): { texts: string[]; slots: Slot[] } {
  const texts: string[] = [];
  const slots: Slot[] = [];
  const hasPlaces = new RegExp(PLACE, "u").test(shown.replace(/\s*(?:…|\.{3})$/u, ""));
  let end = 0;
  let afterNumber = false;
  for (const { 0: token, 1: place, 2: day, 3: number, 4: word, index } of shown.matchAll(TOKEN)) {
    const isUnit = word !== undefined && afterNumber && /^ ?$/.test(shown.slice(end, index)); // "12 km", "3件"
    afterNumber = number !== undefined;
    if (isUnit || (hasPlaces && place === undefined)) continue;
    texts.push(shown.slice(end, index));
    const unit = word !== undefined && index > 0 ? (UNIT_BEHIND.exec(word)?.[0] ?? "") : ""; // "amount kg"
    end = index + token.length - unit.length;
    if (number !== undefined) slots.push({ isNumber: true, ...numberSigns(number) });
    else if (day !== undefined) slots.push({ isNumber: false, isDay: true });
    else if (word !== undefined && monthsIn(`in ${word}`).length > 0) slots.push({ isNumber: false, isMonth: true });
    else
      slots.push({
        name: (word === undefined ? token : shown.slice(index, end)).replace(/^[<{[]|[>}\]]$/g, "").trim(),
        isNumber: false,
      });
  }
  texts.push(shown.slice(end));
  return { texts, slots };
}

/** "a=b; a=b", "Lyon: 12, Paris: 7, ...": the same slots with the same texts between them, once more. */
function repeated(texts: readonly string[], all: readonly Slot[]): RowPattern | undefined {
  const isOpen = /^(?:…|\.{3})?$/.test(all.at(-1)?.name ?? "-") && all.length > 2;
  const slots = isOpen ? all.slice(0, -1) : all;
  for (let size = Math.ceil(slots.length / 2); size >= 2; size--) {
    if (slots.length !== 2 * size && !(isOpen && slots.length === size)) continue;
    const between = texts[size] ?? "";
    const isSame = slots.slice(size).every(({ isNumber }, i) => isNumber === slots[i]?.isNumber);
    const insides = texts.slice(size + 1, 2 * size);
    if (isSame && insides.every((text, i) => text === texts[1 + i]) && /[;,|\n/]/.test(between))
      return { texts: ["", ...texts.slice(1, size), ""], slots: slots.slice(0, size), between };
  }
  return undefined;
}

function isBalanced(text: string): boolean {
  const count = (sign: string) => text.split(sign).length;
  return (
    count("(") === count(")") && count("（") === count("）") && count("[") === count("]") && count("{") === count("}")
  );
}
