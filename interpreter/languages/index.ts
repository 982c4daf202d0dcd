// What is known of the languages that questions are asked in, as one table.

import { german } from "./de.ts";
import { english } from "./en.ts";
import { spanish } from "./es.ts";
import type { FormWords } from "./forms/form-words.ts";
import { french } from "./fr.ts";
import { japanese } from "./ja.ts";
import type { Asked, AskedFunction, Bound, Language, Measured, Side } from "./language.ts";
import { KOREAN, OTHER_LANGUAGES, RUSSIAN } from "./other-languages.ts";
import { chinese } from "./zh.ts";

export type { Asked, AskedFunction, Bound, FormWords, Language, Measured, Side };

export const ENGLISH = english;
export const LANGUAGES: readonly Language[] = [english, german, spanish, french, chinese, japanese];

/** Those that are answered in. What is read of questions and answers is in the words of LANGUAGES. */
export const ANSWERED_IN: readonly Language[] = [...LANGUAGES, ...OTHER_LANGUAGES];

const HANGUL = /\p{Script=Hangul}{2}/u;
const CYRILLIC = /\p{Script=Cyrillic}/gu;
const NOT_RUSSIAN = /[іїєґўјљњћђџ]/iu; // of its neighbours
const LEAST_CYRILLIC = 1 / 2; // of the letters: a name of a column may stand in another script
const KANA = /[\u3041-\u30ff]/;
const HAN = /\p{Script=Han}/gu;
const LATIN = /\p{Script=Latin}/gu;
const SIGNS: Readonly<Record<string, RegExp>> = { es: /[¿¡]/, de: /ß/, fr: /œ|\s[?!]/ };
const CERTAIN = 2; // short words of a language, before a text counts as one in it
const LATIN_LETTERS_A_HAN = 4; // a Chinese sentence names columns in Latin letters
/** After the name of a language in Japanese and Korean: "answer in". */
const ANSWER_BEHIND = /^(?:で(?:答|回答|書|お願い|\s*[。、]?\s*$)|로 ?(?:답|대답|써))/;
/** The end of a question, behind the name of a language: "..., in French, please." */
const AT_START =
  /(?:^|[,.;?!(–—-]\s*)(?:(?:please|bitte|and|now|und|jetzt|y|ahora|et|the same|same),? )*(?:in|auf|en)\s+$/i;
const END =
  /^[\s.!?)。]*(?:$|[,;(]|(?:please|bitte|por favor|svp|s['’]il (?:te|vous) plaît)(?!\p{L})|(?:and|und|y|et) (?:with|rounded|mit|con|avec)(?!\p{L}))/iu;

/** Whether one of the languages has words for it in the text. */
export function saysInAnyLanguage(text: string, words: (language: Language) => RegExp | undefined): boolean {
  return LANGUAGES.some((language) => words(language)?.test(text));
}

/** Whether a question asks for something by a word of any language. */
export function asksFor(question: string, asked: Asked): boolean {
  return saysInAnyLanguage(question, ({ words }) => words[asked]);
}

/** Whether a question asks for an end of an order: the highest, the fewest, the cheapest. */
export function asksForEnd(question: string): boolean {
  return (
    saysInAnyLanguage(question, ({ most }) => most) ||
    saysInAnyLanguage(question, ({ least }) => least) ||
    asksFor(question, "dearest") ||
    asksFor(question, "cheapest")
  );
}

/** Which language a text is in, where its script or its short words tell; names and numbers alone tell nothing. */
export function languageOf(text: string, leastWords = 1): Language | undefined {
  if (KANA.test(text)) return japanese;
  if (HANGUL.test(text)) return KOREAN;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if ((text.match(CYRILLIC)?.length ?? 0) > LEAST_CYRILLIC * letters)
    return NOT_RUSSIAN.test(text) ? undefined : RUSSIAN;
  const han = text.match(HAN)?.length ?? 0;
  const latin = text.match(LATIN)?.length ?? 0;
  if (han > 0 && han * LATIN_LETTERS_A_HAN >= latin) return chinese;
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const counted = ANSWERED_IN.map((language) => ({
    language,
    count: words.filter((word) => language.commonWords.includes(word)).length + Number(hasSigns(text, language)),
  })).sort((a, b) => b.count - a.count);
  const [best, second] = counted;
  return best && second && best.count >= leastWords && best.count > second.count ? best.language : undefined;
}

/** Signs that none of the others has: they count as one of its words. */
function hasSigns(text: string, { code }: Language): boolean {
  return SIGNS[code]?.test(text) ?? false;
}

/** The language that a question is answered in: the one that it asks for, else its own; English where it tells nothing. */
export function answerLanguage(question: string): Language {
  return languageAskedFor(question) ?? languageOf(question) ?? english;
}

/** The language that a question asks for, or is in by more than one of its words: short sentences look alike in several. */
export function certainLanguage(question: string): Language | undefined {
  return languageAskedFor(question) ?? languageOf(question, CERTAIN);
}

/** The language that a question asks its answer to be in: "Answer in French", "..., auf Deutsch bitte". */
export function languageAskedFor(question: string): Language | undefined {
  return ANSWERED_IN.find(({ names, hanNames }) =>
    [...question.matchAll(new RegExp(`${names.join("|")}|${hanNames.join("|")}`, "gi"))].some(({ 0: name, index }) => {
      const before = question.slice(0, index);
      const behind = question.slice(index + name.length);
      if (ANSWERED_IN.some(({ form }) => form.answerIn.test(before)) || ANSWER_BEHIND.test(behind)) return true;
      return AT_START.test(before) && END.test(behind);
    }),
  );
}
