// How a question shows its answer: "like 'March 2021'", "as 'route - passengers'", "in the form x:1", a sentence with blanks.
import { LANGUAGES } from "../../languages/index.ts";
import { monthsIn } from "../../languages/times.ts";
import type { AskedWriting } from "./asked-writing.ts";
import { formClauses } from "./form-clauses.ts";
import { numberSigns } from "./number-signs.ts";
import { type Quoted, quotedIn } from "./quoted.ts";
import { type RowPattern, rowPattern } from "./row-pattern.ts";

/** A sketch without quotes: x:1, h:mm, name : value, reason (count). */
const BARE =
  /^(?:\p{L}[\p{L}_ ]{0,20}?(?: ?[:=→–|] ?| - | -> )[\p{L}\d_]+(?: \([^)]*\))?|\p{L}[\p{L}_ ]{0,20} \(\p{L}[\p{L}_ ]{0,20}\))(?=\s*(?:[,.;!?]|\s(?:with|mit|con|avec)|$))/u;
/** Behind these any row may stand as it is: first those that end in a colon. */
const SHOWN_BEHIND: readonly RegExp[] = [
  /(?:(?<!\p{L})(?:(?:output ?)?format\p{L}*|Ausgabe|form|pattern|Muster|patrón|modèle|style|estilo)(?: \p{L}+){0,3}|\b(?:like this|as follows|looks? like|for example|zum Beispiel|wie folgt|so|folgendermaßen|así|como sigue|por ejemplo|ainsi|comme (?:suit|ceci)|par exemple)) ?:\s*$|(?:格式|例如|例|形式|样式)[为是]?[：:]\s*$/iu,
  /(?:(?<!\p{L})format(?:ted|o|iert|eado|té)?(?: (?:like|as|is|of))?|\bin the (?:form|pattern)(?: of)?|\blike(?: this)?|\be\. ?g\.,?|\bz\. ?B\.|\bp\. ?ej\.,?|\bp\. ?ex\.|格式[为是]?)\s*$/iu,
];
const IS_SHOWN =
  /\d|\p{L};\p{L}|(?<!\p{L})[X-Z](?!\p{L})|^\p{Lu} (?:of|von|de|sur) \p{Lu}|[<…→=|]|\.{3}|->|__|: \p{L}/u; // an example, or a sketch
const OF_NAMES = /\p{L}(?: ?[/|:：=;] ?| [-–—] | ?[(（])\p{L}/u; // behind a colon
const KEY_AND_VALUE =
  /(?<!\p{L})(?:key|name|Schlüssel|Name|clave|nombre|clé|nom)( ?[:=] ?)(?:value|Wert|valor|valeur)(?!\p{L})|[键名][：:=][值数]/iu;
const DATE_LETTERS = /^[DMYTJAhms]{1,4}(?:[-./: ][DMYTJAhms]{1,4})+$/i;
const CUT = /[,;:]\s|\s(?:with|and|per|mit|und|pro|con|y|por|avec|et|par)\s|\s?[，；、。（(）)]|$/giu;
const FORM_OF =
  /\b(?:in the form(?:at)?(?: of)?|in der Form|im Format|en la forma|con el formato|en formato|sous la forme|au format|as|als|como|comme)\s*:?\s+$/iu;
const BLANK = /_{2,}|\[(?:\.{2,}|…|[\p{L}_ ]{1,20})\]|<[\p{L}_ ]{1,20}>|\{[\p{L}_ ]{0,20}\}|…|\.{3,}/gu;
/** Quoted texts that show the form, by the words beside them; else what stands behind "in the form". */
export function sketchesIn(asked: string): Quoted[] {
  const question = formClauses(asked);
  const quoted = quotedIn(question).filter(({ span: [start, end] }) => {
    const [before, behind] = [question.slice(0, start), question.slice(end)];
    return LANGUAGES.some(({ code, form: { like } }) => {
      const isBehind = code === "zh" || code === "ja";
      return isBehind ? like.behind.test(behind) || like.before.test(before) : like.before.test(before);
    });
  });
  const shown = quoted.filter(isForm);
  return shown.length > 0 ? shown : bareIn(question).filter(isForm);
}

/** A name "like 'Rosé'" is what is looked for, and shows no form. */
function isForm(one: Quoted): boolean {
  const hasBlank = one.text.search(BLANK) >= 0;
  return (
    hasBlank || patternOf(one) !== undefined || rangeOf(one) !== undefined || Object.keys(writingShown(one)).length > 0
  );
}

/** Quoted texts that the answer is to begin with. */
export function beginningsIn(asked: string): Quoted[] {
  const question = formClauses(asked);
  return quotedIn(question).filter(({ span: [start, end] }) =>
    LANGUAGES.some(
      ({ form: { begins } }) => begins.before.test(question.slice(0, start)) && begins.behind.test(question.slice(end)),
    ),
  );
}

function bareIn(question: string): Quoted[] {
  const at = (start: number, text: string): Quoted => ({ text, span: [start, start + text.length] });
  for (const words of SHOWN_BEHIND)
    for (let start = 1; start < question.length; start++) {
      const before = question.slice(0, start);
      if (!/[\s:：(（]$/.test(before) || /\s/.test(question[start]!) || !words.test(before)) continue;
      const text = rowShownIn(question.slice(start), /[:：]\s*$/.test(before));
      if (text !== undefined) return [at(start, text)];
    }
  for (let start = 1; start < question.length; start++) {
    if (question[start - 1] !== " " || !FORM_OF.test(question.slice(0, start))) continue;
    const text = BARE.exec(question.slice(start))?.[0].trimEnd();
    if (text !== undefined) return [at(start, text)];
  }
  const { 0: text, index = 0 } = KEY_AND_VALUE.exec(question) ?? {};
  return text === undefined ? [] : [at(index, text)];
}

/** Up to a comma, a word such as "with", or the sentence's end: two rows where they are shown, else the shortest one. */
function rowShownIn(rest: string, isAnnounced: boolean): string | undefined {
  const [sentence = ""] = /^(?:[^.?!。？！\n]|[.?!](?=\S))*/u.exec(rest) ?? [];
  const cuts = [...sentence.matchAll(CUT)].map(({ index }) => sentence.slice(0, index).trimEnd());
  const shown = cuts.flatMap((text) => {
    const isShown = IS_SHOWN.test(text) || (isAnnounced && OF_NAMES.test(text));
    if (!isShown || /^[[{]/.test(text)) return [];
    const one: Quoted = { text, span: [0, 0] };
    const pattern = patternOf(one);
    const isForm = pattern !== undefined || Object.keys(writingShown(one)).length > 0;
    return isForm
      ? [{ text, isWhole: pattern?.between !== undefined || /(?<!\p{L})X(?!\p{L}).*(?<!\p{L})Y(?!\p{L})/u.test(text) }]
      : [];
  });
  return (shown.find(({ isWhole }) => isWhole) ?? shown[0])?.text;
}

/** A row as it is shown, where that is no way to write one value: "route - passengers", "Lyon: 12 %". */
export function patternOf(one: Quoted): RowPattern | undefined {
  const isOfOne = rangeOf(one) !== undefined || Object.keys(writingShown(one)).length > 0;
  const isDate = /\d{4}/.test(one.text) && monthsIn(`in ${one.text}`).length > 0;
  return isOfOne || isDate || DATE_LETTERS.test(one.text) ? undefined : rowPattern(withoutNumber(one.text));
}

const NUMBERED = /^1[.)] /;

/** Whether it shows a row of a numbered list: "1. name (n)". */
export function isNumbered({ text }: Quoted): boolean {
  return NUMBERED.test(text);
}

function withoutNumber(text: string): string {
  return NUMBERED.test(text) ? (text.replace(NUMBERED, "").split(/[;,]?\s*2[.)] /)[0] ?? text) : text;
}

/** Whether it shows two numbers from the lower to the higher: "12–80"; what stands between them. */
export function rangeOf({ text }: Quoted): string | undefined {
  return /^(?!\d{4}-\d{2}$)\d[\d.,]*(\s?(?:[-–—~〜]|to|bis|a|à)\s?)\d[\d.,]*$/iu.exec(text)?.[1];
}

/** How values are written in what is shown: 'March 2021', "3:1", "12.5 %", "1,234.50", "€5", "7:05". */
export function writingShown({ text }: Quoted): Partial<AskedWriting> {
  if (/^(?:\p{L}|\d+(?:[.,]\d+)?) ?(?:[:：]) ?1$/iu.test(text)) return { as: "ratio" };
  if (/^\d+ ?\/ ?\d+$/.test(text)) return { as: "fraction" };
  if (/^h{1,2}:mm$|^\d{1,2}:\d{2}$/i.test(text)) return { as: "duration" };
  if (
    /^\p{L}+ (?:de )?(?:\d{4}|YYYY|JJJJ|AAAA)$/iu.test(text) &&
    (monthsIn(`in ${text}`).length > 0 || /YYYY|JJJJ|AAAA/i.test(text))
  )
    return { dates: text.includes(" de ") ? "MMMM de YYYY" : "MMMM YYYY" };
  const date = dateShown(text);
  if (date !== undefined) return { dates: date };
  if (/^\d+(?:[.,]\d+)? ?%$/.test(text)) return { isPercent: true };
  const [, sign, inFront] = /^([€$£¥])\s?(\d)/.exec(text) ?? [];
  if (sign !== undefined && inFront !== undefined) return { sign: { text: sign, isInFront: true } };
  const groups = /^\d{1,3}([.,' \u202f])\d{3}(?!\d)/.exec(text)?.[1];
  return groups === undefined ? {} : { thousands: groups };
}

function dateShown(text: string): string | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return "YYYY-MM-DD";
  if (/^\d{4}-\d{2}$/.test(text)) return "YYYY-MM";
  const [, day, of = "", month = "", ofYear = ""] =
    /^(\d{1,2})(\.? (?:de )?)(\p{L}+)( (?:de )?)\d{4}$/u.exec(text) ?? [];
  if (day !== undefined && monthsIn(`in ${month}`).length > 0) return `D${of}MMMM${ofYear}YYYY`;
  const [, ahead] = /^(\p{L}+) \d{1,2}, \d{4}$/u.exec(text) ?? [];
  if (ahead !== undefined && monthsIn(`in ${ahead}`).length > 0) return "MMMM D, YYYY";
  if (/^\d{4}\/\d{2}\/\d{2}$/.test(text)) return "YYYY/MM/DD";
  if (/^\d{2}\.\d{2}\.\d{4}$/.test(text)) return "DD.MM.YYYY";
  const [, first, second] = /^(\d{2})\/(\d{2})\/\d{4}$/.exec(text) ?? [];
  if (first === undefined) return undefined;
  return Number(second) > 12 ? "MM/DD/YYYY" : "DD/MM/YYYY";
}

/** How many decimals it has: "$12.50", "45.3 %". */
export function decimalsShown(one: Quoted): number | undefined {
  const number = /\d[\d.,]*\d/.exec(one.text)?.[0];
  const isNumber = !/\p{L}|[-/:]/u.test(one.text) && Object.keys(writingShown(one)).length > 0;
  return isNumber && number !== undefined ? numberSigns(number).decimals : undefined;
}

/** The texts around the blanks of a sentence that the answer is to fill in; undefined where nothing shows one. */
export function templateIn(question: string, sketches: readonly Quoted[]): readonly string[] | undefined {
  const shown = sketches
    .map(({ text }) => text.replace(/[,;]\s*(?:…|\.{3})$/u, "")) // and so on
    .find((text) => text.search(BLANK) >= 0 && /\p{L}/u.test(text.replace(BLANK, "")));
  const sentence = shown ?? sentenceWithBlanks(question);
  if (sentence === undefined || /^\s*[[{]/.test(sentence)) return undefined;
  const parts = sentence.split(BLANK);
  return parts.length > 1 ? parts : undefined;
}

/** "Complete: The winner is ___ with ___ points." */
function sentenceWithBlanks(question: string): string | undefined {
  const at = question.search(/_{2,}/);
  if (at < 0) return undefined;
  const before = question.slice(0, at);
  const start = Math.max(
    ...[...before.matchAll(/[:：\n]\s*|[.?!](?:["'”»])?\s+|[。？！]/gu)].map(
      ({ 0: text, index }) => index + text.length,
    ),
    0,
  );
  const rest = question.slice(start);
  const [sentence = rest] = /^[^\n]*?(?:[.!?](?=\s|["'”»]|$)|[。！？]|$)/u.exec(rest) ?? [];
  return sentence.replace(/^["'“„«「]|["'”“»」]$/g, "");
}
