// Days of the week and months, as questions in each of the languages name them.
import { wholeWord } from "../escape-regexp.ts";
import { LANGUAGES } from "./index.ts";

const PLURALS = ["", "s"]; // "on Sundays", "sonntags"
const VERBS = /^(may|march)$/i; // and months
const MONTH_OF_YEAR = /(?<!\d)((?:19|20)\d\d)\s*年\s*(1[0-2]|0?[1-9])\s*月/gu;
const MONTH = /(?<![\d年])(1[0-2]|0?[1-9])\s*月(?!間|前|後|内|分の)/gu;
const YEAR = "(?:,|\\s+(?:de|del|of))?\\s+((?:19|20)\\d\\d)(?!\\d)";

const QUARTERS: readonly RegExp[] = [
  /\b[QT]1\b|\b(?:first|1st) quarter\b|\bquarter (?:no\. ?)?1\b|\b(?:1\.|erste[ns]?) Quartal|\bQuartal 1\b|\b(?:premier|1er) trimestre|\b(?:primer|1\.?º|1er) trimestre|\btrimestre 1\b|(?<!最后)第?[一1]季度?|第?[一1]四半期/iu,
  /\b[QT]2\b|\b(?:second|2nd) quarter\b|\bquarter (?:no\. ?)?2\b|\b(?:2\.|zweite[ns]?) Quartal|\bQuartal 2\b|\b(?:deuxième|second|2e|2ème) trimestre|\b(?:segundo|2\.?º|2do) trimestre|\btrimestre 2\b|(?<!最后)第?[二2]季度?|第?[二2]四半期/iu,
  /\b[QT]3\b|\b(?:third|3rd) quarter\b|\bquarter (?:no\. ?)?3\b|\b(?:3\.|dritte[ns]?) Quartal|\bQuartal 3\b|\b(?:troisième|3e|3ème) trimestre|\b(?:tercer|3\.?º|3er) trimestre|\btrimestre 3\b|(?<!最后)第?[三3]季度?|第?[三3]四半期/iu,
  /\b[QT]4\b|\b(?:fourth|4th|last) quarter\b|\bquarter (?:no\. ?)?4\b|\b(?:4\.|vierte[ns]?|letzte[ns]?) Quartal|\bQuartal 4\b|\b(?:quatrième|dernier|4e|4ème) trimestre|(?<!\p{L})(?:cuarto|último|4\.?º|4to) trimestre|\btrimestre 4\b|(?<!最后)第?[四4]季度?|最后一?个?季度|第?[四4]四半期|最[後終]の?四半期/iu,
];
/** Of a year: a half of a match, or of all, is none. */
const HALVES: readonly RegExp[] = [
  /\bH1\b|\b(?:first|1st) half (?:of )?(?:the )?(?:year|(?:19|20)\d\d)\b|\b(?:first|1st) (?:semester|half-year)\b|(?<!\p{L})(?:1\.|erste[ns]?) (?:Halbjahr|Jahreshälfte|Hälfte (?:von |des Jahres )?(?:19|20)\d\d)|\b(?:premier|1er) semestre|\bpremière moitié de (?:l['’](?:année|an)|(?:19|20)\d\d)|\b(?:primer|1er|1\.?º) semestre|\bprimera mitad de(?:l año)? ?(?:(?:19|20)\d\d)?|上半年|上半期|年の?前半/iu,
  /\bH2\b|\b(?:second|2nd|last|latter) half (?:of )?(?:the )?(?:year|(?:19|20)\d\d)\b|\b(?:second|2nd) (?:semester|half-year)\b|(?<!\p{L})(?:2\.|zweite[ns]?) (?:Halbjahr|Jahreshälfte|Hälfte (?:von |des Jahres )?(?:19|20)\d\d)|\b(?:second|deuxième|2e|2ème) semestre|\b(?:seconde|deuxième) moitié de (?:l['’](?:année|an)|(?:19|20)\d\d)|\b(?:segundo|2do|2\.?º) semestre|\bsegunda mitad de(?:l año)? ?(?:(?:19|20)\d\d)?|下半年|下半期|年の?後半/iu,
];

const DAYS_IN_DIGITS =
  /\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|(?<!\d)\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d月\s*\d{1,2}\s*[日号號]/u;

const FIRST_WEEK = [1, 2, 3, 4, 5, 6, 7].map((day) => Date.UTC(2024, 0, day)); // of a year that begins on a Monday
const FIRST_DAYS = Array.from({ length: 12 }, (_, month) => Date.UTC(2024, month, 1));

/** By the long name in each language; in Chinese by the short one, too: 周日. In other languages short names are other words. */
const WEEKDAY_WORDS = [
  ...LANGUAGES.map(({ code }) => names(code, { weekday: "long" }, FIRST_WEEK)),
  names("zh", { weekday: "short" }, FIRST_WEEK),
];
const WEEKDAYS = names("en", { weekday: "long" }, FIRST_WEEK).map((name, day) => ({
  name,
  words: WEEKDAY_WORDS.map((words) => words[day]!),
}));

const MONTH_WORDS = ["en", "de", "es", "fr"].map((code) => names(code, { month: "long" }, FIRST_DAYS));
const MONTHS = names("en", { month: "long" }, FIRST_DAYS).map((name, month) => ({
  month: month + 1,
  name,
  words: [...new Set(MONTH_WORDS.map((words) => words[month]!))],
}));

/** A month's name beside a number that is no year. */
const DAY_OF_MONTH = (() => {
  const names = MONTHS.flatMap(({ words }) => words).join("|");
  const day = "(?:[12]?\\d|3[01])";
  const ordinal = "(?:st|nd|rd|th|er|º|\\.)?";
  const before = `(?<!\\d)${day}${ordinal}(?: of| de)? (?:${names})(?!\\p{L})`;
  return new RegExp(`${before}|(?<!\\p{L})(?:${names}) (?:the )?${day}${ordinal}(?!\\p{L}|\\d)`, "iu");
})();

export interface NamedMonth {
  readonly month: number; // from 1
  readonly year?: number;
  readonly name: string; // in English: "July", "July 2024"
}

/** The only day of the week that a text names, in English. */
export function weekdayIn(text: string): string | undefined {
  const found = WEEKDAYS.filter(({ words }) =>
    standingIn(text, words).some((word) => PLURALS.some((ending) => wholeWord(word + ending).test(text))),
  );
  return found.length === 1 ? found[0]?.name : undefined;
}

/** A day of the week by its name in any of the languages, in English. */
export function weekdayNamed(word: string): string | undefined {
  const isWord = (one: string) => one.toLowerCase() === word.toLowerCase();
  return WEEKDAYS.find(({ words }) => words.some(isWord))?.name;
}

/** The only month that a text names. */
export function monthIn(text: string): NamedMonth | undefined {
  const [month, ...others] = monthsIn(text);
  return others.length > 0 ? undefined : month;
}

/** In Chinese and Japanese in the order in which they stand; in other languages by the calendar. */
export function monthsIn(text: string): NamedMonth[] {
  return [...hanMonths(text), ...MONTHS.flatMap((month) => latinMonths(text, month))];
}

/** In English. */
export function monthName(month: number): string {
  return MONTHS[month - 1]?.name ?? String(month);
}

/** The only quarter that a text names: "Q2", "the second quarter", "2. Quartal", "第二季度". */
export function quarterIn(text: string): number | undefined {
  const found = QUARTERS.flatMap((words, i) => (words.test(text) ? [i + 1] : []));
  return found.length === 1 ? found[0] : undefined;
}

/** A quarter or a half of a year. */
export interface YearPart {
  readonly unit: "quarter" | "half";
  readonly number: number; // from 1
  readonly text: string; // as it is written
  readonly index: number;
}

/** The only part of a year that a text names: "Q2", "im zweiten Halbjahr", "下半年". */
export function yearPartIn(text: string): YearPart | undefined {
  const found = (unit: YearPart["unit"], all: readonly RegExp[]) =>
    all.flatMap((words, i) => {
      const match = words.exec(text);
      return match ? [{ unit, number: i + 1, text: match[0], index: match.index }] : [];
    });
  const [part, ...others] = [...found("quarter", QUARTERS), ...found("half", HALVES)];
  return others.length > 0 ? undefined : part;
}

/** Whether a text names a day: "2024-03-02", "2.3.2024", "2 March", "March 2nd", "3月2日". */
export function namesDay(text: string): boolean {
  return DAYS_IN_DIGITS.test(text) || DAY_OF_MONTH.test(text);
}

/** A day, as in "2024-03-02", in the words of each language: "2 March", "March 2", "2. März", "2 de marzo", "3月2日". */
export function daySpellings(day: string): string[] {
  const [, month = 1, date = 1] = day.split("-").map(Number);
  const words = MONTHS[month - 1]?.words ?? [];
  const latin = words.flatMap((word) => [
    `${date} ${word}`,
    `${date}. ${word}`,
    `${date} de ${word}`,
    `${date}${ordinalEnding(date)} ${word}`,
    `${date}${ordinalEnding(date)} of ${word}`,
    `${word} ${date}`,
    `${word} ${date}${ordinalEnding(date)}`,
  ]);
  return [day, ...latin, `${month}月${date}日`];
}

function ordinalEnding(count: number): string {
  if (count >= 11 && count <= 13) return "th";
  return ["th", "st", "nd", "rd"][count % 10] ?? "th";
}

function hanMonths(text: string): NamedMonth[] {
  const ofYear = [...text.matchAll(MONTH_OF_YEAR)].map(([, year, month]) => monthOf(Number(month), Number(year)));
  const alone = [...text.replace(MONTH_OF_YEAR, " ").matchAll(MONTH)].map(([, month]) => monthOf(Number(month)));
  return [...ofYear, ...alone];
}

function latinMonths(text: string, { month, words }: (typeof MONTHS)[number]): NamedMonth[] {
  return standingIn(text, words).flatMap((word) =>
    [...text.matchAll(wholeWord(word))].flatMap(({ 0: written, index }) => {
      const year = new RegExp(`^${YEAR}`, "iu").exec(text.slice(index + written.length))?.[1];
      const isVerb = VERBS.test(written) && (index === 0 || written === written.toLowerCase());
      return isVerb ? [] : [monthOf(month, year === undefined ? undefined : Number(year))];
    }),
  );
}

/** Words whose letters a text has. A hundred expressions for whole words would be built for each question without this. */
function standingIn(text: string, words: readonly string[]): string[] {
  const letters = text.toLowerCase();
  return words.filter((word) => letters.includes(word.toLowerCase()));
}

function monthOf(month: number, year?: number): NamedMonth {
  const name = MONTHS[month - 1]!.name;
  return year === undefined ? { month, name } : { month, year, name: `${name} ${year}` };
}

/** One format for all of them: to make one takes half a millisecond. */
function names(code: string, style: Intl.DateTimeFormatOptions, days: readonly number[]): string[] {
  const format = new Intl.DateTimeFormat(code, { timeZone: "UTC", ...style });
  return days.map((day) => format.format(day));
}
