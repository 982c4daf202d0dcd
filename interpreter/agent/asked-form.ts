// The form that a question wants its answer in: "as JSON with keys a and b", "end with @mean[...]", "rounded to 1
// decimal", "in EUR", as a list, as a table, in one word, only the number.
import { LANGUAGES, type Language, saysInAnyLanguage } from "../languages/index.ts";

/** json: an object with these keys, or with none whatever the result has. marks: @name[value] for each name. */
export interface NamedShape {
  readonly kind: "json" | "marks";
  readonly names: readonly string[];
}

export type AnswerShape = NamedShape | { readonly kind: "word" | "number" | "list" | "table" };

export interface AskedForm {
  readonly shape: AnswerShape | undefined;
  readonly decimals: number | undefined;
  readonly currency: Currency | undefined;
}

export interface Currency {
  readonly code: string;
  readonly written: RegExp; // how an answer, or a column's name, says it
}

/** JSON as a form, and not as a file or a column's type. */
const JSON_FORM =
  /(?<![.\w])(?:as|in|return|give|output|answer|als|como|en|comme|sous forme de|formato)\b[^.?!\n]{0,40}(?<![.\w])JSON(?![.\w])(?! (?:file|column|field|table))|(?:以|用)\s*JSON|JSON\s*(?:格式|形式)/i;
const JSON_KEYS =
  /JSON[^.?!\n]*?\b(?:keys?|fields?|Schlüsseln?|Feldern?|claves?|clés?)[:\s]+([^.?!\n]+)|JSON[^.?!\n]*?(?:键|キー)[为はがを:：\s]*([^.?!。\n]+)/iu;
const JSON_SKETCH = /\{[^{}]*"[^"]+"\s*:[^{}]*\}/;
const BETWEEN_NAMES = /\s*(?:,|、|，|\b(?:and|und|y|et)\b|和|と)\s*/iu;
const NAME = /^["'`“”]?([\p{L}_][\p{L}\p{N}_ -]{0,40}?)["'`“”]?$/u;
const MARK = /@(\w+)\s*\[[^\]\n]*\]/g;
const WHOLE = /nearest (?:integer|whole number)|auf (?:die nächste )?ganze Zahlen?|à l'entier|al entero/i;
const CURRENCIES: readonly Currency[] = [
  { code: "EUR", written: /€|(?<![A-Za-z])(?:EUR|euros?)(?![A-Za-z])/i },
  { code: "USD", written: /\$|(?<![A-Za-z])(?:USD|US[- ]?dollars?|dollars?|dólares)(?![A-Za-z])/i },
  { code: "GBP", written: /£|(?<![A-Za-z])(?:GBP|pounds? sterling)(?![A-Za-z])/i },
  { code: "CHF", written: /(?<![A-Za-z])(?:CHF|Swiss francs?|Franken)(?![A-Za-z])/i },
  { code: "JPY", written: /¥|(?<![A-Za-z])(?:JPY|yen)(?![A-Za-z])|円/i },
];

export function askedForm(question: string): AskedForm {
  return { shape: shapeOf(question), decimals: decimalsOf(question), currency: currencyOf(question) };
}

/** Other currencies that a text names. */
export function otherCurrencies(text: string, { code }: Currency): string[] {
  return CURRENCIES.filter((one) => one.code !== code && one.written.test(text.replaceAll("_", " "))).map(
    (one) => one.code,
  );
}

function shapeOf(question: string): AnswerShape | undefined {
  const marks = [...new Set([...question.matchAll(MARK)].map(([, name]) => name!))];
  if (marks.length > 0) return { kind: "marks", names: marks };
  if (JSON_FORM.test(question)) return { kind: "json", names: jsonKeys(question) };
  const asks = (words: (language: Language) => RegExp) => saysInAnyLanguage(question, words);
  if (asks(({ oneWord }) => oneWord)) return { kind: "word" };
  if (asks(({ onlyNumber }) => onlyNumber)) return { kind: "number" };
  if (asks(({ list }) => list)) return { kind: "list" };
  return asks(({ table }) => table) ? { kind: "table" } : undefined;
}

function jsonKeys(question: string): string[] {
  const sketch = JSON_SKETCH.exec(question)?.[0];
  if (sketch !== undefined) return [...sketch.matchAll(/"([^"]+)"\s*:/g)].map(([, name]) => name!);
  const [, latin, han] = JSON_KEYS.exec(question) ?? [];
  const names = (latin ?? han ?? "").split(BETWEEN_NAMES).map((name) => NAME.exec(name.trim())?.[1]);
  return names.every((name) => name !== undefined) ? names : [];
}

function decimalsOf(question: string): number | undefined {
  if (WHOLE.test(question)) return 0;
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
