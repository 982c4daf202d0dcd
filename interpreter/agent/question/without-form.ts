// What is left of a question without the words that tell the form of its answer.
import { separatorsNamed } from "../../languages/forms/separators.ts";
import { type FormWords, LANGUAGES, saysInAnyLanguage } from "../../languages/index.ts";
import { askedForm, FORMATS } from "./asked-form.ts";
import { JSON_PHRASE, jsonSpan, namesJson } from "./asked-json.ts";
import { DATE_FORMAT, HOURS_AND_MINUTES } from "./asked-writing.ts";
import { formClauses, PIECE } from "./form-clauses.ts";
import { beginningsIn, sketchesIn } from "./sketches.ts";

const MOST_LETTERS = 70; // of a piece that tells only the form; a Han letter counts as four
/** What led to a form that is left out, at the end. */
const ANNOUNCES = /([.?!？]?)[,;(\s]+(?:e\. ?g|for example|z\. ?B|p\. ?ej|par exemple|formato?|like|as)[.,:\s]*$/iu;
const ROUNDED_TO =
  /[\s,]*(?:(?<!\p{L})(?:rounded|gerundet|redondead[oa]|arrondie?))?\s*(?:(?<!\p{L})(?:to|with|at|auf|mit|a|con|à|avec))?\s*$/iu;
const LEAST_LETTERS = 4; // of a question before its form

/**
 * The question without what it says of its answer's form, as long as it was: the month of "like 'March 2021'", the 12 of
 * "in at most 12 words" and the 3 of "3 significant figures" are no conditions.
 */
export function withoutForm(question: string): string {
  const spans = [...sketchesIn(question), ...beginningsIn(question)].map(({ span }) => span);
  let left = question;
  const blank = (start: number, end: number) => {
    left = left.slice(0, start) + " ".repeat(end - start) + left.slice(end);
  };
  for (const [start, end] of spans) blank(start, end);
  const blankAll = (words: RegExp, text: string) => {
    for (const { 0: found, index } of text.matchAll(new RegExp(words.source, `g${words.flags}`)))
      blank(index, index + found.length);
  };
  for (const { form } of LANGUAGES) {
    blankAll(form.limit, formClauses(left));
    for (const words of [...ofNumbers(form), form.lines]) blankAll(words, left);
  }
  return left;
}

function ofNumbers(form: FormWords): RegExp[] {
  const { decimals, significant, percent, places, nearest, scaled } = form;
  return [decimals, significant, percent, ...[...places, ...nearest, ...scaled].map(([words]) => words)];
}

/**
 * What the model reads of a question. What is filled in or written so afterwards is left out: a small model takes "with
 * the € sign" for a condition, and writes "a Markdown table" itself instead of a query.
 */
export function forModel(asked: string): string {
  const { shape } = askedForm(asked);
  // Keys tell what to compute; without them a small model writes JSON's functions into its query.
  const isOfRows = shape?.kind === "json" && shape.names.length === 0;
  const question = isOfRows ? asked.replace(JSON_PHRASE, "") : asked;
  const isWritten = shape?.kind === "template" || shape?.kind === "markup" || shape?.kind === "marks"; // by the model
  if (isWritten || saysInAnyLanguage(asked, ({ chart }) => chart)) return asked;
  const shown = [...sketchesIn(question), ...beginningsIn(question)].map(({ span }) => span);
  const formats = [DATE_FORMAT, HOURS_AND_MINUTES].flatMap((words) => {
    const found = words.exec(question);
    return found ? [[found.index, found.index + found[0].length] as const] : [];
  });
  const headers = shape && "header" in shape ? LANGUAGES.flatMap(({ form }) => headerSpan(question, form) ?? []) : [];
  const json = isOfRows ? [jsonSpan(question)].filter((span) => span !== undefined) : [];
  const spans = [...shown, ...json, ...formats, ...headers.map(([start, end]) => [start, end] as const)];
  const masked = spans.reduce(
    (left, [start, end]) => `${left.slice(0, start)}${MASK.repeat(end - start)}${left.slice(end)}`,
    question,
  );
  const kept: string[] = [];
  let isCut = false; // at its end
  for (const { 0: piece, index } of masked.matchAll(PIECE)) {
    const own = question.slice(index, index + piece.length);
    const isMain = kept.length === 0 && !/[:：]\s*$/u.test(piece);
    const isForm = tellsForm(piece) || (isOfRows && namesJson(piece));
    isCut = !isMain && isForm && weightOf(piece) <= MOST_LETTERS && !asks(piece);
    if (isMain) kept.push(withoutEnd(own));
    else if (!isCut) kept.push(own);
    else if (kept.length > 0) kept.push(endedAs(kept.pop()!, own));
  }
  if (kept.length === 0) return asked;
  const left = kept.join("");
  return (isCut ? left.replace(ANNOUNCES, "$1") : left).replace(/[,;:，、；：\s]+$/u, "");
}

/** "Sales by city as a table with columns City and Sales." */
function withoutEnd(whole: string): string {
  const piece = withoutDigits(whole);
  const ends = [
    FORMATS,
    ...LANGUAGES.flatMap(({ form: { table, list, numberedList } }) => [table, list, numberedList]),
  ];
  for (const words of ends) {
    const found = words.exec(piece);
    const behind = found ? piece.slice(found.index + found[0].length) : "";
    const isEnd = /^[\s\p{P}]*$/u.test(behind) || LANGUAGES.some(({ form }) => form.header.exec(behind)?.index === 1);
    const before = found ? piece.slice(0, found.index).trimEnd() : "";
    if (found && isEnd && before.length >= LEAST_LETTERS)
      return `${before}${/[.,;:!?。，？！]?\s*$/u.exec(behind)?.[0] ?? ""}`;
  }
  return piece;
}

/** "... to 3 significant figures": the 3 is no condition. */
function withoutDigits(piece: string): string {
  for (const { form } of LANGUAGES) {
    const found = form.significant.exec(piece);
    if (found) return piece.slice(0, found.index).replace(ROUNDED_TO, "") + piece.slice(found.index + found[0].length);
  }
  return piece;
}

/** A piece that was followed by another one ends as that did. */
function endedAs(piece: string, next: string): string {
  const [end = ""] = /[.,;:!?。，；：！？]\s*$/u.exec(next.replace(/:(?=\s*$)/, ",")) ?? [];
  const bare = piece.replace(/[,;:，；：\s]+$/u, "");
  return /[.!?。！？]$/u.test(bare) ? `${bare} ` : `${bare}${end}`;
}

/** The names of columns, up to the end of their sentence. */
function headerSpan(question: string, { header }: FormWords): [number, number][] | undefined {
  const found = header.exec(question);
  if (!found) return undefined;
  const [names = ""] = /^[^.?!。？！\n]*/u.exec(question.slice(found.index)) ?? [];
  return [[found.index, found.index + names.length]];
}

const WORDS = [
  ...(["header", "bold", "quotes", "brackets", "sign", "thousands", "list"] as const),
  ...(["numberedList", "lines", "oneWord", "onlyName", "only", "onlyNumber", "bare"] as const),
];
const MASK = "\ue000"; // a letter of no language

function tellsForm(piece: string): boolean {
  if (piece.includes(MASK) || FORMATS.test(piece)) return true;
  if (separatorsNamed(piece).some(({ text }) => saysInAnyLanguage(text, ({ form }) => form.separated))) return true;
  return LANGUAGES.some(({ form }) => {
    const words = WORDS.map((name) => form[name]);
    return [...words, form.significant, ...form.scaled.map(([scale]) => scale)].some((one) => one.test(piece));
  });
}

function asks(piece: string): boolean {
  return saysInAnyLanguage(piece, ({ which }) => which) || saysInAnyLanguage(piece, (language) => language.asks);
}

function weightOf(piece: string): number {
  return [...piece].reduce(
    (sum, letter) => sum + (/\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}/u.test(letter) ? 4 : 1),
    0,
  );
}
