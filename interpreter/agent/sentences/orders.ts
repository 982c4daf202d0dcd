// What an answer says of the order of rows: the highest, the second, more than another, twice as many, 50 fewer.
import type { Language } from "../../languages/index.ts";
import type { KeyedResult } from "../keyed-result.ts";
import { withAges } from "./ages.ts";
import { type KeyMention, keysIn, numbersOf, valuesOf } from "./mentions.ts";
import { NEGATION } from "./negation.ts";
import { cardinalsIn, isAbout, numbersIn } from "./numbers-in-text.ts";
import { wrongRank, wrongSequence } from "./ranks.ts";
import { BOUNDED, ofSeveral } from "./rows-within.ts";
import { saidBounds, saidRanges } from "./said-bounds.ts";
import { measuresNamed, measuresSaid } from "./said-measures.ts";
import { wrongBest, wrongDenial, wrongNobody, wrongSuperlative } from "./superlatives.ts";
import { isDifference } from "./value-pairs.ts";

const TOGETHER = /\b(together|combined|zusammen|ensemble|junt[oa]s)\b|合わせ|一共|合计/i;
const ABOUT = 0.2; // of a ratio: 1.8 times is about twice
const SAME = 0.01; // of the larger: rounded, they are written alike
const ROUGHLY =
  /(?<!\p{L})(?:about|almost|nearly|roughly|approximately|similar|fast|etwa|ungefähr|rund|presque|environ|à peu près|casi|aproximadamente|más o menos)(?!\p{L})|约|大约|几乎|差不多|ほぼ|だいたい/iu;

interface Said {
  readonly result: KeyedResult;
  readonly language: Language;
  readonly asked: readonly number[];
  readonly isMeant?: boolean; // its subject stands in the sentence before
}

/** All of them, of one sentence. */
export function wrongOrders(sentence: string, given: Said): string[] {
  const { measures } = given.result;
  if (measures.length === 0) return [];
  const said = { ...given, language: withAges(given.language, measures) };
  return [
    ...wrongSuperlative(sentence, said),
    ...wrongDenial(sentence, said),
    ...wrongBest(sentence, said),
    ...wrongNobody(sentence, said),
    ...wrongComparison(sentence, said),
    ...wrongRatio(sentence, said),
    ...wrongDifference(sentence, said),
    ...wrongEquals(sentence, said),
    ...wrongRank(sentence, said),
    ...(said.isMeant ? [] : wrongSequence(sentence, said)),
    ...wrongMeasures(sentence, said),
    ...wrongBound(sentence, said),
    ...wrongRange(sentence, said),
  ];
}

/** "A has more than B and C": a key, and behind the words those that it is held against. */
function wrongComparison(sentence: string, { result, language }: Said): string[] {
  if (NEGATION.test(sentence) || TOGETHER.test(sentence)) return [];
  const keys = keysIn(sentence, result);
  const [first, second] = keys;
  if (!first || !second || new Set(keys.map(({ key }) => key)).size !== keys.length) return [];
  const compared = comparedIn(sentence, language, first, second);
  if (!compared) return [];
  const { sign, isMore } = compared;
  const measures = measuresSaid(sentence, result.measures);
  return keys.slice(1).flatMap(({ key }) => {
    const isSo = measures.some((measure) => {
      const others = numbersOf(result, key, measure);
      return numbersOf(result, first.key, measure).some((a) => others.some((b) => sign * (a - b) > 0));
    });
    return isSo ? [] : [`${first.key} has not ${isMore ? "more" : "less"} than ${key} in ${measures.join(", ")}`];
  });
}

function comparedIn(sentence: string, language: Language, first: KeyMention, second: KeyMention) {
  const { compares } = language;
  if (compares) {
    const behind = second.index + second.length;
    const before = sentence.slice(first.index + first.length, second.index);
    const marked = `1${before}2${sentence.slice(behind)}`;
    const isMore = compares.more.test(marked);
    return isMore === compares.less.test(marked) ? undefined : { isMore, sign: isMore ? 1 : -1 };
  }
  const more = language.moreThan?.exec(sentence);
  const less = language.lessThan?.exec(sentence);
  const words = more ?? less;
  if (!words || (more && less)) return undefined;
  const isBetween = first.index <= words.index && second.index >= words.index + words[0].length;
  return isBetween ? { isMore: Boolean(more), sign: more ? 1 : -1 } : undefined;
}

/** "A has twice as many as B". */
function wrongRatio(sentence: string, { result, language }: Said): string[] {
  const [factor, ...more] = timesIn(sentence, language);
  const keys = keysIn(sentence, result);
  const [first, second] = keys;
  if (!factor || more.length > 0 || !first || !second || keys.length !== 2) return [];
  if (NEGATION.test(sentence) || first.key === second.key) return [];
  const measures = measuresSaid(sentence, result.measures);
  const ratios = measures.flatMap((measure) => {
    const [a, b] = [first, second].map(({ key }) => numbersOf(result, key, measure)[0]);
    return a === undefined || b === undefined || b === 0 ? [] : [a / b];
  });
  const isSo = ratios.some((ratio) => Math.abs(ratio / factor - 1) <= ABOUT);
  const ratio = ratios[0]?.toPrecision(3);
  return isSo || ratio === undefined ? [] : [`${first.key} has ${ratio} times what ${second.key} has`];
}

/** How often the second of two is said to be in the first: "twice", "five times", "3.5 times". */
function timesIn(sentence: string, { times, cardinals }: Language): number[] {
  const known = times.flatMap(([words, factor]) => (words.test(sentence) ? [factor] : []));
  if (known.length > 0) return known;
  const TIMES = "[- ]?(?:times|mal so|fois plus|veces más|veces mayor)(?!\\p{L})|\\s?倍";
  const inDigits = [...sentence.matchAll(new RegExp(`(?<![\\d.,])(\\d+(?:[.,]\\d+)?)(?:${TIMES})`, "giu"))];
  const inWords = cardinals.flatMap((words, count) =>
    count > 4 &&
    new RegExp(
      `${/\p{Script=Han}/u.test(words) ? "(?<![十百千万])" : "(?<!\\p{L})"}(?:${words})(?:${TIMES})`,
      "iu",
    ).test(sentence)
      ? [count]
      : [],
  );
  return [...inDigits.map(([, digits = ""]) => Number(digits.replace(",", "."))), ...inWords];
}

/** "A has as many as B". */
function wrongEquals(sentence: string, { result, language }: Said): string[] {
  const keys = keysIn(sentence, result);
  const [first, second] = keys;
  if (!first || !second || keys.length !== 2 || first.key === second.key) return [];
  const denies = NEGATION.test(sentence) || language.nothing.test(sentence);
  const isRatio = language.times.some(([words]) => words.test(sentence));
  if (!language.equals.test(sentence) || denies || isRatio) return [];
  const most = ROUGHLY.test(sentence) ? ABOUT : SAME;
  const measures = measuresSaid(sentence, result.measures);
  const apart = measures.flatMap((measure) => {
    const [a, b] = [first, second].map(({ key }) => numbersOf(result, key, measure)[0]);
    return a === undefined || b === undefined ? [] : [{ a, b }];
  });
  const [told] = apart;
  const isSo = apart.some(({ a, b }) => Math.abs(a - b) <= most * Math.max(Math.abs(a), Math.abs(b)));
  return isSo || !told ? [] : [`${first.key} has ${told.a} and ${second.key} ${told.b}`];
}

/** "A has 50 more than B". */
function wrongDifference(sentence: string, { result, language }: Said): string[] {
  const keys = keysIn(sentence, result);
  const [first, second] = keys;
  if (!first || !second || keys.length !== 2 || first.key === second.key || NEGATION.test(sentence)) return [];
  return numbersIn(sentence).flatMap((number) => {
    const behind = sentence.slice(number.index + number.text.length);
    const isShare = /^\s?(?:%|percent|Prozent|pour ?cent|por ciento)/i.test(behind);
    const isTold = number.index > first.index && number.index < second.index;
    if (!isTold || isShare || !isDifference(sentence, number, language)) return [];
    const apart = measuresSaid(sentence, result.measures).flatMap((measure) => {
      const [a, b] = [first, second].map(({ key }) => numbersOf(result, key, measure)[0]);
      return a === undefined || b === undefined ? [] : [Math.abs(a - b)];
    });
    if (apart.length === 0 || apart.some((one) => isAbout(number, one))) return [];
    return [`${first.key} and ${second.key} are ${apart[0]} apart, not ${number.text}`];
  });
}

/** "A has more than 150", "no city has", "two have": of the measure that the sentence names. */
function wrongBound(sentence: string, { result, language, asked }: Said): string[] {
  const [said, ...more] = saidBounds(sentence);
  const [measure, ...others] = measuresSaid(sentence, result.measures);
  if (!said || more.length > 0 || measure === undefined || others.length > 0 || !result.isWhole) return [];
  if (asked.includes(said.number)) return [];
  const facts = ofSeveral(sentence, said, measure, { result, language });
  if (facts !== undefined) return facts;
  const meets = (value: number | undefined) => value !== undefined && BOUNDED[said.bound](value, said.number);
  const named = [...new Set(keysIn(sentence, result).map(({ key }) => key))];
  const count = result.rows.filter(({ values }) => meets(values.get(measure))).length;
  const fact = `${count} rows have ${measure} ${said.bound} ${said.number}`;
  if (named.length > 0) {
    const isSo = NEGATION.test(sentence) || named.every((key) => numbersOf(result, key, measure).some(meets));
    const isOnly = language.only.test(sentence) && !NEGATION.test(sentence) && count !== named.length;
    return (isSo || named.length > 1) && !isOnly ? [] : [fact];
  }
  const [first = ""] = sentence.trim().split(/\s+/);
  const counted = cardinalsIn(sentence, [language]).filter((one) => one !== said.number);
  const isNone = language.nothing.test(first) && count > 0;
  const isNotAll = language.all.test(sentence) && !NEGATION.test(sentence) && count < result.rowCount;
  return isNone || isNotAll || (counted.length === 1 && counted[0] !== count) ? [fact] : [];
}

/** "All lie between 20 and 254": those that are named, or all. */
function wrongRange(sentence: string, { result, language, asked }: Said): string[] {
  const [range, ...more] = saidRanges(sentence);
  const [measure, ...others] = measuresSaid(sentence, result.measures);
  if (!range || more.length > 0 || measure === undefined || others.length > 0 || !result.isWhole) return [];
  const { low, high } = range;
  const isOfKeys = [low, high].every((end) => result.rows.some(({ keys }) => keys.includes(String(end))));
  const denies = NEGATION.test(sentence) || language.nothing.test(sentence);
  if (denies || isOfKeys || asked.includes(low) || asked.includes(high)) return [];
  const named = [...new Set(keysIn(sentence, result).map(({ key }) => key))];
  const values =
    named.length > 0 ? named.flatMap((key) => numbersOf(result, key, measure)) : valuesOf(result.rows, measure);
  const isCounted = named.length === 0 && cardinalsIn(sentence, [language]).length > 0; // "two lie between"
  const outside = values.filter((value) => value < low || value > high);
  return isCounted || outside.length === 0
    ? []
    : [`${outside.join(", ")} of ${measure} is not between ${low} and ${high}`];
}

/** "More women than men", where they are two measures: in some row it has to be so. */
function wrongMeasures(sentence: string, { result, language }: Said): string[] {
  const more = language.moreThan?.exec(sentence);
  const less = language.lessThan?.exec(sentence);
  const words = more ?? less;
  if (!words || (more && less) || NEGATION.test(sentence)) return [];
  const end = words.index + words[0].length;
  const [first, ...others] = measuresNamed(sentence.slice(0, end), result.measures);
  const [second, ...further] = measuresNamed(sentence.slice(end), result.measures);
  if (first === undefined || second === undefined || others.length + further.length > 0 || first === second) return [];
  const sign = more ? 1 : -1;
  const isSo = result.rows.some(({ values }) => {
    const [a, b] = [values.get(first), values.get(second)];
    return a !== undefined && b !== undefined && sign * (a - b) > 0;
  });
  return isSo ? [] : [`${first} is nowhere ${more ? "more" : "less"} than ${second}`];
}
