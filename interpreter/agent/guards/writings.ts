import { saysInAnyLanguage } from "../../languages/index.ts";
import { marked, rewritten } from "../forms/rewrite-text.ts";
import { ofTopRow } from "../forms/top-row.ts";
import { ownUnit } from "../forms/write-units.ts";
import { type Writing, writingOf } from "../forms/write-values.ts";
import type { AskedLength } from "../question/asked-form.ts";
import { formClauses } from "../question/form-clauses.ts";
import { type NamedValue, namedValues } from "../result-values.ts";
import type { Task } from "../task.ts";
import { NOT_KEPT } from "./forms.ts";
import type { AnswerObjection, Guard } from "./guard.ts";
import { plainAnswer } from "./plain-answer.ts";

const SENTENCE_END = /(?<=[.!?])\s+(?=\p{Lu}|\d)|(?<=(?:\d|\p{L}{4})[.!?])\s+(?=\p{Ll})|(?<=[。！？])(?=.)|\n+/u;
const OF_HAN = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}/u;

/** Heard last: what the answer says has been held against the results as they are, and is then written as was asked. */
export function writings(task: Task): Guard {
  const form = task.form;
  const { shape, begins, lengths = [] } = form;
  const isOfRows = shape !== undefined && shape.kind !== "marks";
  return {
    atAnswer(text) {
      const { last, made, question } = task;
      if (!last || last.failed || saysInAnyLanguage(text, ({ cannot }) => cannot)) return undefined;
      const shorter = isOfRows ? undefined : shortened(text, lengths, task);
      if (shorter?.say !== undefined) return shorter;
      const told = shorter?.answer ?? text;
      const writing = writingOf(form, last.facts, task.answerLanguage);
      const values = namedValues(made.map(({ outcome }) => ofTopRow(outcome, question)));
      const all = namedValues(made.map(({ outcome }) => outcome));
      const { letters, around, ...others } = writing;
      const isWritten = task.written.includes(text);
      const hasNames = shape !== undefined && "names" in shape; // keys and marks keep the letters that they were asked for with
      const asked = {
        ...(isWritten ? { query: "", language: writing.language } : others),
        ...(letters && !hasNames && { letters }),
      };
      const written = rewritten(told, all, asked);
      const named = around ? marked(written, values, around) : written;
      const answer = begins === undefined || named.startsWith(begins) ? named : `${begins} ${named}`;
      const isKept = keeps(answer, writing) && !lacks(answer, question) && hasFractions(answer, all, writing);
      const doubts = [...(shorter?.doubts ?? []), ...unitDoubts(answer, writing), ...(isKept ? [] : [NOT_KEPT])];
      return { answer, doubts };
    },
  };
}

/** Asked for once more, then told by our own sentence where that is short enough. */
function shortened(text: string, lengths: readonly AskedLength[], task: Task): AnswerObjection | undefined {
  const isShort = (one: string) => lengths.every(({ unit, most }) => countOf(one, unit) <= most);
  if (isShort(text)) return undefined;
  const asked = lengths.map(({ unit, most }) => `${most} ${most === 1 ? unit.slice(0, -1) : unit}`).join(" and ");
  const own = plainAnswer(task);
  const told =
    own !== undefined && isShort(own) ? { answer: own } : { doubts: [`the answer is longer than asked: ${asked}`] };
  return { say: `Answer in at most ${asked}.`, ...told };
}

function countOf(text: string, unit: AskedLength["unit"]): number {
  const told = text.trim();
  if (unit === "characters") return [...told].length;
  if (unit === "lines") return told.split(/\n+/).length;
  if (unit === "sentences") return told.split(SENTENCE_END).length;
  return OF_HAN.test(told) ? [...told.replace(/[\s\p{P}]/gu, "")].length : told.split(/\s+/).length;
}

/** Forms that only a model can write: how a question asks for them, and what then can be seen in the answer. */
const SEEN: readonly (readonly [asked: RegExp, seen: RegExp])[] = [
  [/\bemojis?\b|表情|絵文字/iu, /\p{Extended_Pictographic}/u],
  [
    /\bRoman (?:numerals?|number)|römische[rn]? (?:Zahl|Ziffer)|chiffres? romains?|números? romanos?|罗马数字|ローマ数字/iu,
    /(?<![\p{L}\d])[IVXLCDM]+(?![\p{L}\d])/u,
  ],
  [
    /\b(?:spelled out|in words|written out)\b|\b(?:in Worten|ausgeschrieben)\b|\ben (?:toutes )?lettres\b|\b(?:con|en) letra\b|中文数字|漢数字/iu,
    /^\D+$/u,
  ],
  [/\\boxed/, /\\boxed\{/],
  [/<(\w+)>\s*<\/\1>|<\w+> tags?/, /<\/\w+>/],
  [/\b(?:hexadecimal|binary|binär)\b|hexadécimal|binaire|binari[ao]|十六进制|二进制|16進数|2進数/iu, /0[xb][\da-f]+/i],
];

const AS = /(?<!\p{L})(?:as|in|with|using|als|mit|en|con|como|avec|comme|用|以)\s*(?:an? |einer? |une? |una )?$/iu;

function lacks(answer: string, question: string): boolean {
  const isAsked = (words: RegExp) =>
    words.test(formClauses(question)) || AS.test(question.slice(0, words.exec(question)?.index ?? 0));
  return SEEN.some(([words, seen]) => isAsked(words) && !seen.test(answer));
}

/** The fractions of an answer are values of the results, and not the question's example. */
function hasFractions(answer: string, values: readonly NamedValue[], { as }: Writing): boolean {
  if (as !== "fraction") return true;
  const told = [...answer.matchAll(/(\d+)\s?\/\s?(\d+)/g)].map(([, above, below]) => Number(above) / Number(below));
  const isValue = (one: number) =>
    values.some(({ value }) => typeof value === "number" && [one, 100 * one].some((own) => isNear(own, value)));
  return told.every(isValue);
}

function isNear(one: number, other: number): boolean {
  return Math.abs(one - other) <= 1e-6 * Math.max(1, Math.abs(other));
}

/** Where nothing says which unit the numbers have, the asked one stands behind them as they are. */
function unitDoubts(answer: string, writing: Writing): string[] {
  const { units: [unit] = [], numeric = [] } = writing;
  const isUnknown = numeric.every((name) => ownUnit(name, writing) === undefined);
  return unit && numeric.length > 0 && isUnknown && /\d/.test(answer)
    ? [`no column says that its values are in ${unit.text}`]
    : [];
}

/** Whether the answer shows what can be seen in any answer that is written so. */
function keeps(answer: string, { as, dates, sign, units = [] }: Writing): boolean {
  if (units.length > 1 && !units.every(({ text }) => answer.includes(` ${text}`))) return false;
  if (as === "duration" && !/\d:\d{2}(?!\d)/.test(answer)) return false;
  if (as === "fraction" && !/\d ?\/ ?\d/.test(answer)) return false;
  if (as === "scientific" && /\d/.test(answer) && !/\de[+-]?\d|[x×] ?10/i.test(answer)) return false;
  if (as === "ratio" && !/\d ?: ?1(?!\d)/.test(answer)) return false;
  if (sign && /\d/.test(answer) && !answer.includes(sign.text)) return false;
  return dates === undefined || !/(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)/.test(answer) || dates === "YYYY-MM-DD";
}
