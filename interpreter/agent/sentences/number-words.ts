// Numbers and fractions in words: "two hundred and fifty", "zweihundertfünfzig", "soixante-dix-neuf", "二百五十"; "two fifths",
// "vier von zehn". Those up to twelve are words of each language's table, since "one" and "ein" are articles, too.
import { languageOf } from "../../languages/index.ts";

export interface WordNumber {
  readonly text: string;
  readonly index: number; // UTF-16 offset
  readonly value: number;
  readonly isFraction?: true;
}

const LEAST = 13;
const SCALE_OF = /(?:\b(?:in|per|pro)\s*|\d\s?)$/i; // "in Tausend", "per hundred", "245 thousand"

/** Words of a language that are added up, or multiply what is before them: hundred, thousand. */
interface Additive {
  readonly code: string;
  readonly values: ReadonlyMap<string, number>;
  readonly joint: string; // between two of them
  readonly alone?: readonly string[]; // that are other words elsewhere: alone they count in this language only
}

function words(lists: Readonly<Record<number, string>>): Map<string, number> {
  return new Map(
    Object.entries(lists).flatMap(([first, list]) =>
      list.split(" ").map((word, i) => [word.replaceAll("_", " "), Number(first) + i * stepOf(Number(first))] as const),
    ),
  );
}

/** Lists count on by one up to 19, and by tens from 20. */
function stepOf(first: number): number {
  if (first >= 100) return 100;
  return first >= 20 ? 10 : 1;
}

const TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen";
const ADDITIVE: readonly Additive[] = [
  {
    code: "en",
    values: new Map([
      ...words({ 1: `one two three four five six seven eight nine ten eleven twelve ${TEENS}` }),
      ...words({ 20: "twenty thirty forty fifty sixty seventy eighty ninety", 100: "hundred" }),
      ["thousand", 1000],
    ]),
    joint: "[ -]|(?<=hundred|thousand) and ",
  },
  {
    code: "fr",
    values: new Map([
      ...words({ 1: "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize" }),
      ...words({ 17: "dix-sept dix-huit dix-neuf", 20: "vingt trente quarante cinquante soixante" }),
      ...(["une", "cents", "cent", "mille"].map((word, i) => [word, [1, 100, 100, 1000][i]!]) as [string, number][]),
      ["quatre-vingts", 80],
      ["quatre-vingt", 80],
    ]),
    joint: "[ -]| et |-et-",
    alone: ["cent", "mille"],
  },
  {
    code: "es",
    values: new Map([
      ...words({ 1: "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince" }),
      ...words({ 16: "dieciséis diecisiete dieciocho diecinueve" }),
      ...[
        "veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve",
      ].flatMap((list) => list.split(" ").map((word, i) => [word, 21 + i] as const)),
      ...words({ 20: "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa" }),
      ...words({
        200: "doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos",
      }),
      ...words({
        200: "doscientas trescientas cuatrocientas quinientas seiscientas setecientas ochocientas novecientas",
      }),
      ...([
        ["cien", 100],
        ["ciento", 100],
        ["mil", 1000],
      ] as const),
    ]),
    joint: " | y ",
    alone: ["cien", "ciento", "mil"],
  },
];

const RUNS = ADDITIVE.map((language) => {
  const longest = [...language.values.keys()].sort((a, b) => b.length - a.length).join("|");
  const source = `(?<![\\p{L}-]|\\b(?:pour|por) )(?:${longest})(?:(?:${language.joint})(?:${longest}))*(?![\\p{L}-])`;
  return { ...language, run: new RegExp(source, "giu"), word: new RegExp(longest, "giu") };
});

const UNIT = "eins|eine?|zwei|drei|vier|fünf|sechs|sieben|acht|neun";
const GERMAN_TEENS = "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn".split(" ");
const GERMAN_TENS = "zwanzig drei(?:ß|ss)ig vierzig fünfzig sechzig siebzig achtzig neunzig".split(" ");
const BELOW_THOUSAND = new RegExp(
  `^(?:(${UNIT})?(hundert)(?:und)?)?(?:(?:(${UNIT})und)?(${GERMAN_TENS.join("|")})|(${GERMAN_TEENS.join("|")})|(${UNIT}))?$`,
  "iu",
);
const HAN =
  /(?<![\d第几数零〇一二两三四五六七八九十百千万亿億])[零〇一二两三四五六七八九十百千万亿億]+(?!分[之比]|[月日号十百千万\d])/gu;
const HAN_DIGITS = "零一二三四五六七八九";
const HAN_UNITS: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1000 };

/** From 13 on, in any of the languages; and fractions of several parts. */
export function numberWordsIn(text: string): WordNumber[] {
  const fractions = fractionsIn(text);
  const isFree = ({ index, text: own }: WordNumber) =>
    fractions.every((one) => index >= one.index + one.text.length || one.index >= index + own.length);
  const isScale = ({ text: own, index }: WordNumber) => /^\p{L}+$/u.test(own) && SCALE_OF.test(text.slice(0, index));
  const found = [...additiveIn(text), ...germanIn(text), ...hanIn(text)].filter(
    (one) => one.value >= LEAST && !(isScale(one) && [100, 1000].includes(one.value)),
  );
  return [...fractions, ...found.filter(isFree)].sort((a, b) => a.index - b.index);
}

function additiveIn(text: string): WordNumber[] {
  return RUNS.flatMap(({ code, run, word, values, alone }) =>
    [...text.matchAll(run)].flatMap(({ 0: own, index }) => {
      const parts = (own.match(word) ?? []).map((one) => values.get(one.toLowerCase())!);
      const value = sumOf(parts);
      const isOther = alone?.includes(own.toLowerCase()) && languageOf(text)?.code !== code;
      return value === undefined || isOther ? [] : [{ text: own, index, value }];
    }),
  );
}

/** 2, 100, 50, 4 -> 254; undefined of what is no number: 2, 3. */
function sumOf(parts: readonly number[]): number | undefined {
  let total = 0;
  let current = 0;
  for (const part of parts) {
    if (part === 1000) {
      total += 1000 * (current || 1);
      current = 0;
    } else if (part === 100 && current > 0 && current < 10) current *= 100;
    else {
      const room = part >= 100 ? 1000 : part >= 20 ? 100 : 10;
      const isFrench = part >= 10 && part < 20 && (current % 100 === 60 || current % 100 === 80);
      if (
        current % room !== 0 ||
        (part < 10 && current % 100 === 10) ||
        (part >= 10 && part < 20 && current % 100 !== 0 && !isFrench)
      )
        return undefined;
      current += part;
    }
  }
  return total + current;
}

function germanIn(text: string): WordNumber[] {
  return [...text.matchAll(/\p{L}*(?:hundert|tausend|zig|(?:ß|ss)ig|zehn)\p{L}*/giu)].flatMap(({ 0: own, index }) => {
    const [, thousands, rest = own] = /^(.*?)tausend(?:und)?(.*)$/iu.exec(own) ?? [];
    const high = thousands === undefined ? 0 : thousands === "" ? 1 : belowThousand(thousands);
    const low = rest === "" ? 0 : belowThousand(rest);
    return high === undefined || low === undefined ? [] : [{ text: own, index, value: 1000 * high + low }];
  });
}

function belowThousand(word: string): number | undefined {
  const [, hundreds, hundred, one, ten, teen, unit] = BELOW_THOUSAND.exec(word) ?? [];
  if (!hundred && !ten && !teen && !unit) return undefined;
  const units = (given: string | undefined) =>
    given === undefined ? 0 : /^ein/i.test(given) ? 1 : UNIT.split("|").indexOf(given.toLowerCase());
  const tens =
    ten === undefined ? 0 : 10 * (2 + GERMAN_TENS.findIndex((form) => new RegExp(`^${form}$`, "i").test(ten)));
  const teens = teen === undefined ? 0 : 10 + GERMAN_TEENS.indexOf(teen.toLowerCase());
  return (hundred ? 100 * (units(hundreds) || 1) : 0) + tens + teens + units(one) + units(unit);
}

function hanIn(text: string): WordNumber[] {
  return [...text.matchAll(HAN)].flatMap(({ 0: own, index }) =>
    /[十百千万亿億]/.test(own) && /^[^万亿億]/.test(own) ? [{ text: own, index, value: hanValue(own) }] : [],
  );
}

function hanValue(text: string): number {
  let total = 0;
  let section = 0;
  let digit = 0;
  for (const sign of text.replaceAll("两", "二").replaceAll("〇", "零")) {
    if (sign === "万" || sign === "亿" || sign === "億") {
      total = (total + section + digit) * (sign === "万" ? 1e4 : 1e8);
      section = 0;
      digit = 0;
    } else if (sign in HAN_UNITS) {
      section += (digit || 1) * HAN_UNITS[sign]!;
      digit = 0;
    } else digit = HAN_DIGITS.indexOf(sign);
  }
  return total + section + digit;
}

const COUNTS = [
  "two three four five six seven eight nine ten",
  "zwei drei vier fünf sechs sieben acht neun zehn",
  "deux trois quatre cinq six sept huit neuf dix",
  "dos tres cuatro cinco seis siete ocho nueve diez",
  "二 三 四 五 六 七 八 九 十",
].map((list) => list.split(" "));
const PARTS = [
  "halves|halfs thirds quarters|fourths fifths sixths sevenths eighths ninths tenths",
  "halbe drittel viertel fünftel sechstel siebtel achtel neuntel zehntel",
  "demis tiers quarts cinquièmes sixièmes septièmes huitièmes neuvièmes dixièmes",
  "medios tercios cuartos quintos sextos séptimos octavos novenos décimos",
].map((list) => list.split(" "));
const OF = "in|out of|von|sur|de cada|von je";

/** "Two fifths", "two in five", 五分之二. */
function fractionsIn(text: string): WordNumber[] {
  const ofParts = PARTS.flatMap((parts, language) => {
    const counts = COUNTS[language]!;
    const pattern = new RegExp(`(?<!\\p{L})(${counts.join("|")})[ -](${parts.join("|")})(?!\\p{L})`, "giu");
    return [...text.matchAll(pattern)].map(({ 0: own, 1: count = "", 2: part = "", index }) => {
      const whole = 2 + parts.findIndex((forms) => forms.split("|").includes(part.toLowerCase()));
      return { text: own, index, value: (2 + counts.indexOf(count.toLowerCase())) / whole };
    });
  });
  const ofCounts = COUNTS.slice(0, 4).flatMap((counts) => {
    const any = counts.join("|");
    const pattern = new RegExp(`(?<!\\p{L})(${any}) (?:${OF}) (${any})(?!\\p{L})`, "giu");
    return [...text.matchAll(pattern)].map(({ 0: own, 1: count = "", 2: whole = "", index }) => {
      const [a, b] = [count, whole].map((word) => 2 + counts.indexOf(word.toLowerCase())) as [number, number]; // as: two
      return { text: own, index, value: a / b };
    });
  });
  const han = [...text.matchAll(/([二三四五六七八九十])分[之の]([一二三四五六七八九])/gu)].map(
    ({ 0: own, 1: whole = "", 2: count = "", index }) => ({
      text: own,
      index,
      value: hanValue(count) / hanValue(whole),
    }),
  );
  return [...ofParts, ...ofCounts, ...han]
    .filter(({ value }) => value < 1)
    .map((one) => ({ ...one, isFraction: true }));
}
