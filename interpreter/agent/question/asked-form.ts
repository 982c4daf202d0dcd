// The form that a question wants its answer in: "as JSON with keys a and b", "end with @mean[...]", "rounded to 1
// decimal", "in EUR", as a list, one per line, with commas between, as a table, in one word, only the number or the name, yes or no.

import { escapeRegExp } from "../../escape-regexp.ts";
import { LANGUAGES, type Language, saysInAnyLanguage } from "../../languages/index.ts";
import { type AskedWriting, askedWriting } from "./asked-writing.ts";

/** An object with these keys, or with none whatever the result has; by the rows' keys; or as the question sketches it. */
export interface JsonShape {
  readonly kind: "json";
  readonly names: readonly string[];
  readonly layout?: "keyed" | { readonly sketch: Json };
}

/** @name[value] for each name. */
export interface MarksShape {
  readonly kind: "marks";
  readonly names: readonly string[];
  readonly decimals?: Readonly<Record<string, number>>; // of those whose own are said
}

export type NamedShape = JsonShape | MarksShape;

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** In which a result's rows stand. */
export type RowsShape = {
  readonly kind:
    | "list"
    | "numbered"
    | "lines"
    | "commas"
    | "table"
    | "csv"
    | "csv-semicolons"
    | "tsv"
    | "json-lines"
    | "yaml";
};

/** The words are those of the question's language. */
export interface YesOrNo {
  readonly kind: "yes-or-no";
  readonly yes: string;
  readonly no: string;
}

export type AnswerShape =
  | NamedShape
  | RowsShape
  | YesOrNo
  | { readonly kind: "word" | "name" | "number" }
  | { readonly kind: "markup" }; // XML and the like, which only a model writes

export interface AskedForm {
  readonly shape: AnswerShape | undefined;
  readonly decimals: number | undefined;
  readonly currency: Currency | undefined;
  readonly writing?: AskedWriting;
}

export interface Currency {
  readonly code: string;
  readonly written: RegExp; // how an answer, or a column's name, says it
}

/** JSON as a form, and not as a file or a column's type. */
const JSON_FORM =
  /(?<![.\w])(?:as|in|return|give|output|answer|als|como|en|comme|sous forme de|formato)\b[^.?!\n]{0,40}(?<![.\w])JSON(?!\.?\w)(?! (?:file|column|field|table))|(?:以|用)\s*JSON|JSON\s*(?:格式|形式)/i;
const KEYS = "(?:keys?|fields?|properties|Schlüsseln?|Feldern?|claves?|campos?|clés?|champs?)";
const JSON_KEYS = new RegExp(
  `JSON[^.?!\\n]*?\\b${KEYS}[:\\s]+([^.?!\\n]+)|JSON[^.?!\\n]*?(?:键|キー)[为はがを:：\\s]*([^.?!。\\n]+)`,
  "iu",
);
const KEYS_OF_JSON = new RegExp(`\\b${KEYS}[:\\s]+([^.?!\\n]+?)\\s+(?:as|in|als|en|como|comme)\\s+JSON\\b`, "iu");
const JSON_LINES = /(?<![.\w])(?:JSON[- ]?lines|JSONL|NDJSON)\b(?! file)/i;
const KEYED_JSON = /\b(?:keyed by|as (?:the )?keys|als Schlüsseln?|como claves|comme clés)\b|(?:为|作为)键|をキー/iu;
/** As a form, and not as a file: "as CSV", "au format CSV", "用CSV格式". */
const FORMATS =
  /(?<![.\w])(?:as|in|to|als|im|en|au format|formato|format|以|用)\s*(?:an? |einer? |un )?(CSV|TSV|YAML|XML|HTML|LaTeX)(?!\.?\w)(?! (?:file|column|field|export))|(?<![.\w])(CSV|TSV|YAML|XML|HTML|LaTeX)(?:[- ]Format\b|\s*(?:格式|形式))/i;
const SEMICOLONS = /\b(?:semi-?colons?|Semikolons?|punto y coma|point-virgule)\b|分号|セミコロン/i;
const JSON_SKETCH = /\{[^{}]*"[^"]+"\s*:[^{}]*\}/;
const PLACEHOLDER = /([:[]\s*)(?:\.{2,}|…|<[^<>]*>|(?!true|false|null)[\p{L}_]+)(?=\s*[,}\]])/gu;
const QUOTED = /^["'`“”]([\p{L}_][\p{L}\p{N}_ -]{0,40})["'`“”]/u;
const BARE = /^[\p{L}_](?:(?![和と及与])[\p{L}\p{N}_-]){0,40}/u;
const EXPLAINED = /^\s*\([^)]*\)/; // "mean (of the prices)"
const COMMA = /^\s*[,、，]\s*(?:(?:and|und|y|et)\b\s*)?/iu;
const LAST = /^\s*(?:(?:and|und|y|et|sowie|e)\b|[和と及与&])\s*/iu; // what stands behind "and" is the last
const MARK = /@(\w+)\s*\[[^\]\n]*\]/g;
export const CURRENCIES: readonly Currency[] = [
  { code: "EUR", written: /€|(?<![A-Za-z])(?:EUR|euros?)(?![A-Za-z])|欧元|ユーロ/i },
  { code: "USD", written: /\$|(?<![A-Za-z])(?:USD|US[- ]?dollars?|dollars?|dólar(?:es)?)(?![A-Za-z])|美元|ドル/i },
  { code: "GBP", written: /£|(?<![A-Za-z])(?:GBP|pounds? sterling)(?![A-Za-z])/i },
  { code: "CHF", written: /(?<![A-Za-z])(?:CHF|Swiss francs?|Franken)(?![A-Za-z])/i },
  { code: "JPY", written: /¥|(?<![A-Za-z])(?:JPY|yen)(?![A-Za-z])|円|日元/i },
];

export function askedForm(question: string): AskedForm {
  const writing = askedWriting(question);
  return {
    ...{ shape: shapeOf(question), decimals: decimalsOf(question), currency: currencyOf(question) },
    ...(writing && { writing }),
  };
}

/** The question without the brackets in which its answer's values are to stand. */
export function marksAsNames(question: string): string {
  return question.replace(MARK, "$1");
}

/** Other currencies that a text names. */
export function otherCurrencies(text: string, { code }: Currency): string[] {
  return CURRENCIES.filter((one) => one.code !== code && one.written.test(text.replaceAll("_", " "))).map(
    (one) => one.code,
  );
}

function shapeOf(question: string): AnswerShape | undefined {
  const marks = [...new Set([...question.matchAll(MARK)].map(([, name]) => name!))];
  if (marks.length > 0) return marksShape(marks, question);
  if (JSON_LINES.test(question)) return { kind: "json-lines" };
  if (JSON_FORM.test(question)) return jsonShape(question);
  const format = FORMATS.exec(question)?.slice(1).find(Boolean)?.toLowerCase();
  if (format === "csv") return { kind: SEMICOLONS.test(question) ? "csv-semicolons" : "csv" };
  if (format === "tsv" || format === "yaml") return { kind: format };
  if (format !== undefined) return { kind: "markup" };
  const asks = (words: (language: Language) => RegExp) => saysInAnyLanguage(question, words);
  const asked = LANGUAGES.find(({ yesOrNo }) => yesOrNo.test(question));
  if (asked) return { kind: "yes-or-no", yes: asked.yes, no: asked.no };
  if (asks(({ oneWord }) => oneWord)) return { kind: "word" };
  if (asks(({ onlyNumber }) => onlyNumber)) return { kind: "number" };
  if (asks(({ commas }) => commas)) return { kind: "commas" };
  if (asks(({ lines }) => lines)) return { kind: "lines" };
  if (asks(({ numberedList }) => numberedList)) return { kind: "numbered" };
  if (asks(({ list }) => list)) return { kind: "list" };
  if (asks(({ table }) => table)) return { kind: "table" };
  return asks(({ onlyName }) => onlyName) ? { kind: "name" } : undefined;
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

function jsonShape(question: string): JsonShape {
  const sketch = nestedSketch(question);
  if (sketch !== undefined) return { kind: "json", names: [], layout: { sketch } };
  if (KEYED_JSON.test(question)) return { kind: "json", names: [], layout: "keyed" };
  return { kind: "json", names: jsonKeys(question) };
}

/** What the question shows of the JSON, where it is more than a flat object: a value may stand there as dots or a word. */
function nestedSketch(question: string): Json | undefined {
  const [start, end] = [question.search(/[[{]/), Math.max(question.lastIndexOf("}"), question.lastIndexOf("]"))];
  if (start < 0 || end < start) return undefined;
  const written = question.slice(start, end + 1).replace(PLACEHOLDER, "$1null");
  try {
    const sketch = JSON.parse(written) as Json; // as: what JSON.parse gives
    const isNested =
      Array.isArray(sketch) || Object.values(sketch ?? {}).some((value) => typeof value === "object" && value !== null);
    return isNested ? sketch : undefined;
  } catch {
    return undefined;
  }
}

function jsonKeys(question: string): string[] {
  const sketch = JSON_SKETCH.exec(question)?.[0];
  if (sketch !== undefined) return [...sketch.matchAll(/"([^"]+)"\s*:/g)].map(([, name]) => name!);
  const [, latin, han] = JSON_KEYS.exec(question) ?? KEYS_OF_JSON.exec(question) ?? [];
  return listedNames((latin ?? han ?? "").replace(/^(?:the|named|called|namens|llamad[oa]s|nommée?s)\s+/i, ""));
}

/** "a, b and c, rounded to 2 decimals" -> a, b, c: a name without quotes is one word. */
function listedNames(text: string): string[] {
  const names: string[] = [];
  let rest = text;
  for (let isLast = false; ; ) {
    const found = QUOTED.exec(rest) ?? BARE.exec(rest);
    const name = found?.[1] ?? found?.[0];
    const behind = rest.slice(found?.[0].length ?? 0).replace(EXPLAINED, "");
    const isQuoted = found?.[1] !== undefined;
    // Behind a comma may follow what is no name: "..., rounded to 2 decimals".
    const isName =
      isQuoted || isLast || names.length === 0 || /^\s*$/.test(behind) || COMMA.test(behind) || LAST.test(behind);
    if (name === undefined || !isName) return names;
    names.push(name);
    if (isLast && !isQuoted) return names;
    const separator = COMMA.exec(behind)?.[0] ?? LAST.exec(behind)?.[0];
    if (separator === undefined) return names;
    isLast = /[\p{L}&]/u.test(separator);
    rest = behind.slice(separator.length);
  }
}

function decimalsOf(question: string): number | undefined {
  if (saysInAnyLanguage(question, ({ noDecimals }) => noDecimals)) return 0;
  for (const { decimals, numerals } of LANGUAGES) {
    const count = decimals.exec(question)?.[1]?.toLowerCase();
    if (count !== undefined) return numerals[count] ?? Number(count);
  }
  return undefined;
}

/** At the end of the question: elsewhere it is what is looked for. */
function currencyOf(question: string): Currency | undefined {
  const end = /(?:\bin|\ben)\s+([\p{L}$€£¥ -]{1,15}?)[\s.?!)]*$/iu.exec(question)?.[1];
  return end === undefined ? undefined : CURRENCIES.find(({ written }) => written.exec(end)?.[0].length === end.length);
}
