// The form that a question wants its answer in: a shape (JSON with keys a and b, @name[...], a list, a table, one word, only
// the number, a sentence with blanks), how numbers, dates and names are written in it, and how long it may be.
import { escapeRegExp } from "../../escape-regexp.ts";
import { separatorsNamed } from "../../languages/forms/separators.ts";
import { LANGUAGES, type Language, saysInAnyLanguage } from "../../languages/index.ts";
import { type JsonShape, jsonShape } from "./asked-json.ts";
import { type AskedWriting, askedWriting, countIn } from "./asked-writing.ts";
import { type Currency, currencyOf } from "./currencies.ts";
import { formClauses } from "./form-clauses.ts";
import { headerNames } from "./listed-names.ts";
import type { RowPattern } from "./row-pattern.ts";
import { beginningsIn, decimalsShown, isNumbered, patternOf, rangeOf, sketchesIn, templateIn } from "./sketches.ts";

/** @name[value] for each name. */
export interface MarksShape {
  readonly kind: "marks";
  readonly names: readonly string[];
  readonly decimals?: Readonly<Record<string, number>>; // of those whose own are said
}

export type NamedShape = JsonShape | MarksShape;

/** In which a result's rows stand. */
export interface RowsShape {
  readonly kind:
    | "list"
    | "numbered"
    | "lines"
    | "separated"
    | "table"
    | "csv"
    | "csv-semicolons"
    | "tsv"
    | "json-lines"
    | "yaml";
  readonly separator?: string; // of rows on one line
  readonly header?: readonly string[]; // of the columns, as the answer names them
  readonly pattern?: RowPattern; // of a row
}

/** The words are those of the question's language. */
export interface YesOrNo {
  readonly kind: "yes-or-no";
  readonly yes: string;
  readonly no: string;
}

/** One value, and nothing else; `of` names what it is: "just the weekday". */
export interface ValueShape {
  readonly kind: "word" | "name" | "number" | "value";
  readonly of?: string;
}

/** Texts with values between them. */
export interface TemplateShape {
  readonly kind: "template";
  readonly parts: readonly string[];
}

export type AnswerShape =
  | NamedShape
  | RowsShape
  | YesOrNo
  | ValueShape
  | TemplateShape
  | { readonly kind: "range"; readonly between: string } // of two numbers
  | { readonly kind: "markup" }; // XML and the like, which only a model writes

/** At most so many. */
export interface AskedLength {
  readonly unit: "words" | "lines" | "sentences" | "characters";
  readonly most: number;
}

export interface AskedForm {
  readonly shape: AnswerShape | undefined;
  readonly decimals: number | undefined;
  readonly currency: (Currency & { readonly said: string }) | undefined;
  readonly writing?: AskedWriting;
  readonly begins?: string;
  readonly lengths?: readonly AskedLength[];
}

/** As a form, and not as a file: "as CSV", "au format CSV", "用CSV格式". */
export const FORMATS =
  /(?<![.\w])(?:as|in|to|als|im|en|au format|formato|format|以|用)\s*(?:an? |einer? |un )?(CSV|TSV|YAML|XML|HTML|LaTeX)(?!\.?\w)(?! (?:file|column|field|export))|(?<![.\w])(CSV|TSV|YAML|XML|HTML|LaTeX)(?:[- ]Format\b|(?:\s*(?:格式|形式)|で(?=\s*(?:[。、!！]|出|書|返|お願|くだ|表|示|$))))/i;
const JSON_LINES = /(?<![.\w])(?:JSON[- ]?lines|JSONL|NDJSON)\b(?! file)/i;
const MARK = /@([\p{L}\p{N}_]+)\s*\[[^\]\n]*\]/gu;

export function askedForm(question: string): AskedForm {
  const writing = askedWriting(question);
  const [begins] = beginningsIn(question);
  const lengths = lengthsOf(question);
  return {
    ...{
      shape: shapeOf(question),
      decimals: decimalsOf(question) ?? shownDecimals(question),
      currency: currencyOf(question),
    },
    ...(writing && { writing }),
    ...(begins && { begins: begins.text }),
    ...(lengths.length > 0 && { lengths }),
  };
}

/** The question without the brackets in which its answer's values are to stand. */
export function marksAsNames(question: string): string {
  return question.replace(MARK, "$1");
}

function shapeOf(question: string): AnswerShape | undefined {
  const marks = [...new Set([...question.matchAll(MARK)].map(([, name]) => name!))];
  if (marks.length > 0) return marksShape(marks, question);
  if (JSON_LINES.test(question)) return { kind: "json-lines" };
  return (
    jsonShape(question) ??
    formatShape(question) ??
    sketchedShape(question) ??
    rowsShape(question) ??
    valueShape(question)
  );
}

function marksShape(names: readonly string[], question: string): MarksShape {
  const own = names.flatMap((name) => {
    const decimals = definitionsOf(name, question)
      .map(decimalsOf)
      .find((count) => count !== undefined);
    return decimals === undefined ? [] : [[name, decimals] as const];
  });
  return { kind: "marks", names, ...(own.length > 0 && { decimals: Object.fromEntries(own) }) };
}

function formatShape(question: string): AnswerShape | undefined {
  const format = FORMATS.exec(question)?.slice(1).find(Boolean)?.toLowerCase();
  if (format === undefined) return undefined;
  const header = headerOf(question);
  if (format === "csv") {
    const isOfSemicolons = separatorsNamed(question).some(({ separator }) => separator === "; ");
    return { kind: isOfSemicolons ? "csv-semicolons" : "csv", ...header };
  }
  return format === "tsv" || format === "yaml" ? { kind: format, ...header } : { kind: "markup" };
}

/** As the question shows it: a sentence with blanks, a range. */
function sketchedShape(question: string): AnswerShape | undefined {
  const sketches = sketchesIn(question);
  const parts = templateIn(question, sketches);
  if (parts) return { kind: "template", parts };
  const between = sketches.map(rangeOf).find((one) => one !== undefined);
  const isRange = saysInAnyLanguage(question, ({ form }) => form.range);
  return between !== undefined || isRange ? { kind: "range", between: between ?? "–" } : undefined;
}

function rowsShape(question: string): RowsShape | undefined {
  const asks = (words: (form: Language["form"]) => RegExp) => saysInAnyLanguage(question, ({ form }) => words(form));
  const pattern = sketchesIn(question)
    .map(patternOf)
    .find((one) => one !== undefined);
  const written = pattern && { pattern };
  const separator = separatorOf(question);
  if (separator !== undefined) return { kind: "separated", separator, ...written };
  if (pattern?.between !== undefined) return { kind: "separated", separator: pattern.between, pattern };
  const isDrawn = saysInAnyLanguage(question, ({ chart }) => chart); // "one line per city"
  if (!isDrawn && asks(({ lines }) => lines)) return { kind: "lines", ...written };
  if (asks(({ numberedList }) => numberedList) || (pattern && sketchesIn(question).some(isNumbered)))
    return { kind: "numbered", ...written };
  if (asks(({ list }) => list)) return { kind: "list", ...written };
  if (asks(({ table }) => table)) return { kind: "table", ...headerOf(question) };
  return pattern && { kind: "lines", ...written };
}

function separatorOf(question: string): string | undefined {
  const isAsked = (text: string) => saysInAnyLanguage(text, ({ form }) => form.separated);
  return separatorsNamed(question).find(({ text }) => isAsked(text))?.separator;
}

function headerOf(question: string): { readonly header?: readonly string[] } {
  for (const { form } of LANGUAGES) {
    const found = form.header.exec(question);
    const names = found ? headerNames(question.slice(found.index + found[0].length)) : [];
    if (names.length > 1) return { header: names };
  }
  return {};
}

function valueShape(question: string): YesOrNo | ValueShape | undefined {
  const asked = LANGUAGES.find(({ form }) => form.yesOrNo.test(question));
  if (asked) return { kind: "yes-or-no", yes: asked.yes, no: asked.no };
  const judged = LANGUAGES.find(({ form }) => form.trueOrFalse.test(question))?.form.trueAndFalse;
  if (judged) return { kind: "yes-or-no", yes: judged[0], no: judged[1] };
  if (saysInAnyLanguage(question, ({ form }) => form.oneWord)) return { kind: "word" };
  if (saysInAnyLanguage(question, ({ form }) => form.onlyNumber)) return { kind: "number" };
  if (saysInAnyLanguage(question, ({ form }) => form.onlyName)) return { kind: "name" };
  const of = LANGUAGES.map(({ form }) => form.only.exec(question)?.[1]).find((one) => one !== undefined);
  if (of !== undefined) return /^(?:Wert|valeur|valor|value)$/i.test(of) ? { kind: "value" } : { kind: "name", of };
  return saysInAnyLanguage(question, ({ form }) => form.bare) ? { kind: "value" } : undefined;
}

/** The sentences that say what a mark holds, `where "r_value" is a number between -1 and 1` for `@r[r_value]`. */
export function definitionsOf(name: string, question: string): string[] {
  const placeholder = placeholderOf(name, question);
  const own = [name, placeholder].map(escapeRegExp).join("|");
  const defines = new RegExp(`["“\`](?:${own})["”\`]|\\bwhere (?:${own})(?![\\p{L}\\p{N}_-])`, "u");
  return question.split(/\n|(?<=[.?!])\s/).filter((sentence) => defines.test(sentence));
}

export function placeholderOf(name: string, question: string): string {
  return new RegExp(`@${name}\\s*\\[([^\\]\\n]*)\\]`).exec(question)?.[1]?.trim() ?? name;
}

function shownDecimals(question: string): number | undefined {
  return sketchesIn(question)
    .map(decimalsShown)
    .find((count) => count !== undefined);
}

export function decimalsOf(question: string): number | undefined {
  const counts = LANGUAGES.flatMap(({ form }) => [
    form.places.find(([words]) => words.test(question))?.[1],
    countIn(form.decimals, question, form),
  ]);
  return counts.find((count) => count !== undefined);
}

/** "At most 140 characters" is said alike in all languages. */
const CHARACTERS =
  /(?:at (?:the )?most|max(?:imum)?\.?(?: of)?|no more than|not more than|up to|[≤<]=?|höchstens|maximal|nicht mehr als|bis zu|au (?:plus|maximum)|pas plus de|máximo(?: de)?|como máximo|a lo sumo|no más de|不超过|最多)\s*(\d+)\s*(?:characters?|chars|letters|Zeichen|Buchstaben|caract[eè]res|caracteres|signes|letras|个?字符)(?![\p{L}])/iu;

function lengthsOf(question: string): AskedLength[] {
  const characters = CHARACTERS.exec(formClauses(question))?.[1];
  return [
    ...(characters === undefined ? [] : [{ unit: "characters" as const, most: Number(characters) }]),
    ...lengthsInWords(question),
  ];
}

function lengthsInWords(question: string): AskedLength[] {
  return LANGUAGES.flatMap(({ form: { limit, numerals } }) =>
    [...formClauses(question).matchAll(new RegExp(limit.source, `g${limit.flags}`))].flatMap(
      ({ groups = {} }): AskedLength[] => {
        const { count = "", below } = groups;
        const most = numerals[count.toLowerCase()] ?? (/^\d+$/.test(count) ? Number(count) : 1);
        const unit = (["words", "lines", "sentences"] as const).find((one) => groups[one] !== undefined);
        return unit && !(unit === "words" && most === 1) ? [{ unit, most: below === undefined ? most : most - 1 }] : [];
      },
    ),
  );
}
