// Conditions of a query on texts, and whether the question says anything of them.

import { LANGUAGES } from "../../languages/index.ts";
import { speaksOfRegion } from "../../languages/regions.ts";
import { monthsIn, weekdayIn } from "../../languages/times.ts";
import { withoutAccents } from "../../name-words.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { equal } from "../../sessions/sql/mends/mend.ts";
import { isName, isWord } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isMissingWord } from "../../tables/column-reading.ts";
import { isSpokenOf } from "./question-parts.ts";

export interface TextFilter {
  readonly column: string;
  readonly values: readonly string[]; // without the signs of LIKE
  readonly text: string; // as a query writes it
  readonly from: number; // among the words
  readonly to: number; // not among them
}

const WHOLES =
  /^(all|total|totals|both|overall|any|everyone|world|national|insgesamt|gesamt|alle|beide|ensemble|tous|toutes|todos|todas|ambos|合計|合计|总计|計|計算|全体|全部|全国|总)$/iu;
const SEXES: readonly (readonly [values: RegExp, words: RegExp])[] = [
  [
    /^(f|w|fem|female|females|women|woman|girls?|weiblich|frau(en)?|mujer(es)?|femenino|femme|féminin|女|女性|女子)$/iu,
    /(?<!\p{L})(?:females?|wom[ae]n|girls?|lad(?:y|ies)|mothers?|she|her|frauen?|weiblich\w*|mädchen|mütter|mujer\w*|femenin\w*|chicas?|niñas?|alumnas|femmes?|fémin\w*|filles?)(?!\p{L})|女/iu,
  ],
  [
    /^(m|h|masc|male|males|men|man|boys?|männlich|mann|männer|hombres?|masculino|homme|masculin|男|男性|男子)$/iu,
    /(?<!\p{L})(?:males?|m[ae]n|boys?|gentlem[ae]n|fathers?|he|his|männe?r?n?|männlich\w*|jungen|väter|hombres?|masculin\w*|chicos?|niños|hommes?|garçons?)(?!\p{L})|男/iu,
  ],
];
/** The same, and nothing that a name or a thing may be called by. */
const SPEAKS_OF_SEX: readonly RegExp[] = [
  /(?<!\p{L})(?:females?|wom[ae]n|girls?|Frauen|weibliche[nrs]?|Mädchen|mujeres|femeninas?|chicas|niñas|alumnas|femmes|filles|féminines?)(?!\p{L})|女[性生士子]/iu,
  /(?<!\p{L})(?:males?|m[ae]n|boys?|Männern?|männliche[nrs]?|Jungen|hombres|masculinos?|chicos|niños|hommes|garçons|masculins?)(?!\p{L})|男[性生士子]/iu,
];
const ENDINGS = 2; // letters by which two forms of a word may differ
const LEAST_STEM = 4;
const LEAST_FORM = 3;

/** column = 'a', <> 'a', IN ('a', 'b'), LIKE '%a%', wherever they stand, of columns of texts. */
export function textFiltersIn(words: readonly SqlToken[], tables: readonly TableInfo[]): TextFilter[] {
  const texts = tables.flatMap(({ columns }) => columns.filter(({ type }) => type === "VARCHAR"));
  return words.flatMap((token, from) => {
    const column = isName(token) ? unquoted(token) : "";
    if (!texts.some(({ name }) => equal(name, column))) return [];
    const start = words.findIndex(({ text }, i) => i > from && text !== ")"); // of lower(column)
    const to = valueBehind(words, start);
    if (to === undefined) return [];
    const compared = words.slice(start, to);
    const values = compared.filter(({ kind }) => kind === "string").map((one) => withoutSigns(unquoted(one)));
    const sign = compared.filter(({ kind }) => kind !== "string").map(({ text }) => text);
    const isList = sign.includes("(");
    const by = isList
      ? /^not$/i.test(sign[0]!)
        ? "NOT IN"
        : "IN"
      : sign.map((one) => one.toUpperCase()).join(/\w/.test(sign[0]!) ? " " : "");
    const written = compared
      .filter(({ kind }) => kind === "string")
      .map(({ text }) => text)
      .join(", ");
    return [{ column, values, text: `${column} ${by} ${isList ? `(${written})` : written}`, from, to }];
  });
}

/** Whether some words are nothing but such conditions, be it several of which one is enough. */
export function isOnlyOf(filters: readonly TextFilter[], words: readonly SqlToken[]): boolean {
  const isIn = (i: number) => filters.some(({ from, to }) => i >= from && i < to);
  const rest = words.filter((token, i) => !isIn(i) && !/^(?:[().]|or|not|lower|upper|trim)$/i.test(token.text));
  const owners = words.filter((_, i) => words[i + 1]?.text === ".");
  return filters.length > 0 && rest.every((token) => owners.includes(token));
}

/** Where a comparison with a text, or with a list of them, ends. */
function valueBehind(words: readonly SqlToken[], start: number): number | undefined {
  let at = start;
  while (words[at] && (/^[=<>!]$/.test(words[at]!.text) || isWord(words[at]!, "not", "in", "like", "ilike"))) at++;
  const sign = sqlText(words.slice(start, at)).toLowerCase();
  if (!/^(?:=|==|<>|!=|(?:not)?i?like|(?:not)?in)$/.test(sign)) return undefined;
  const isList = sign.endsWith("in");
  if (!isList) return words[at]?.kind === "string" ? at + 1 : undefined;
  const close = words.findIndex(({ text }, i) => i > at && text === ")");
  const list = words.slice(at + 1, close).filter(({ text }) => text !== ",");
  return words[at]?.text === "(" && close > 0 && list.every(({ kind }) => kind === "string") ? close + 1 : undefined;
}

/** Those of which no word is said: neither a value nor another word for it that can be told. */
export function isUnsaid({ column, values }: TextFilter, said: string): boolean {
  return values.every((value) => mayBeFromNowhere(value) && !isSaid(value, column, said));
}

/** Nothing is shown by texts for yes and no (guards/unasked-filters.ts), missing values, wholes, and times in digits. */
function mayBeFromNowhere(value: string): boolean {
  const isYesOrNo =
    /^(y|n|true|false)$/i.test(value) || LANGUAGES.some(({ yes, no }) => [yes, no].includes(value.toLowerCase()));
  return /\p{L}/u.test(value) && !isYesOrNo && !isMissingWord(value) && !WHOLES.test(value.trim());
}

function isSaid(value: string, column: string, said: string): boolean {
  if (SEXES.some(([values, words]) => values.test(value) && words.test(said))) return true;
  if (speaksOfRegion(value, said) || (isSpokenOf(column, said) && hasInitials(value, said))) return true;
  if (monthsIn(value).length > 0 && monthsIn(said).length > 0) return true;
  if (weekdayIn(value) !== undefined && weekdayIn(said) !== undefined) return true;
  return sharesStem(value, said) || sharesHan(value, said) || hasInitials(value, said);
}

/** Of a column's values those that the question says by another word: 'F' of "only for women", and not of "women and men". */
export function valuesSaid(values: readonly string[], question: string): string[] {
  const said = SPEAKS_OF_SEX.flatMap((words, i) => (words.test(question) ? [i] : []));
  const [one, ...both] = said;
  const kinds = SEXES.map(([kind]) => values.filter((value) => kind.test(value)));
  const isOfSexes = kinds.every((own) => own.length > 0);
  return one === undefined || both.length > 0 || !isOfSexes ? [] : kinds[one]!;
}

/** 'cancelled' of "cancels", 'Back pain' of "backs". */
function sharesStem(value: string, said: string): boolean {
  const wordsIn = (text: string): string[] => withoutAccents(text.toLowerCase()).match(/\p{Script=Latin}+/gu) ?? [];
  const asked = wordsIn(said);
  return wordsIn(value).some((word) =>
    asked.some((other) => {
      const [short, long] = word.length < other.length ? [word, other] : [other, word];
      const stem = Math.max(LEAST_STEM, long.length - ENDINGS - 1);
      const isPart = short.length >= LEAST_STEM && long.includes(short); // Kreditkarte of "Karte"
      const isForm = short.length >= LEAST_FORM && long.startsWith(short) && long.length - short.length <= ENDINGS; // cats
      return (
        word === other || isForm || isPart || (short.length >= stem && short.slice(0, stem) === long.slice(0, stem))
      );
    }),
  );
}

/** Two characters side by side, or the only one. */
function sharesHan(value: string, said: string): boolean {
  const letters = [...(value.match(/[\p{Script=Han}\p{Script=Katakana}\p{Script=Hiragana}ー]/gu) ?? [])];
  if (letters.length === 1) return said.includes(letters[0]!);
  return letters.slice(1).some((letter, i) => said.includes(letters[i]! + letter));
}

/** 'NY' of "New York", and 'ny' where two words of the text begin so. */
function hasInitials(value: string, said: string): boolean {
  if (!/^\p{Lu}{2,4}$/u.test(value)) return false;
  const initials = [...said.matchAll(/(?<!\p{L})\p{L}/gu)].map(([letter]) => letter.toUpperCase()).join("");
  return initials.includes(value);
}

function withoutSigns(value: string): string {
  return value.replace(/^[%_^]+|[%_$]+$/g, "");
}
