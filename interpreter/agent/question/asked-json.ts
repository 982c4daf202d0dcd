// JSON as the form of an answer: its keys, or the sketch that the question gives.
import { headerNames, listedNames } from "./listed-names.ts";

/**
 * An object with these keys, or with none whatever the result has; by the rows' keys; an array of one column's values, or
 * an array a row; or as the question sketches it.
 */
export interface JsonShape {
  readonly kind: "json";
  readonly names: readonly string[];
  readonly layout?: "keyed" | "array" | "values" | "pairs" | { readonly sketch: Json };
  readonly isPython?: true; // written as Python writes lists, tuples and dictionaries
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** As a form, and not as a file, a column's type or something the question speaks of. */
const JSON_WORD = String.raw`(?<![.\w])(?<!(?<!\p{L})(?:the|this|that|these|from|der|die|das|dem|den|el|la|los|del|le|les|cette?|du|この|その|这个|该)\s*)JSON(?!\.?\w)(?![ -]?(?:files?|columns?|fields?|table|data|logs?|Dateien|Datei|Spalte|Feld|archivo|fichier|文件|列|ファイル|(?:is|are|has|contains?)\b))`;
export const JSON_FORM = new RegExp(JSON_WORD, "iu");
const PYTHON_NAMES = String.raw`python[- ]?(?:list\w*|dict\w*|tuples?|tupel|wörterbuch)(?: of tuples)?|(?:lista|liste|diccionario|dictionnaire|tupla)s? (?:de )?python`;
export const PYTHON = new RegExp(
  String.raw`(?<!\p{L})(?:${PYTHON_NAMES}|(?:as|in|als|como|en|comme) (?:an? |einen? |un )?(?:dict(?:ionary)?|diccionario|dictionnaire))(?!\p{L})|python\s?の?(?:列表|字典|元组|リスト|辞書|タプル)`,
  "iu",
);
const DICTIONARY = /dict|dicc|Wörterbuch|字典|辞書/iu;
const PAIR_NAMES =
  "(?:lists?|arrays?) of (?:pairs|tuples|lists|arrays)|(?:Liste|Array) (?:von|aus|mit) (?:Paaren|Tupeln)|lista de (?:pares|tuplas)|liste de (?:paires|couples|tuples)";
const PAIRS = new RegExp(
  String.raw`(?<!\p{L})(?:${PAIR_NAMES})(?!\p{L})|(?:元组|数对)(?:的)?(?:列表|数组)|(?:ペア|タプル)の(?:配列|リスト)`,
  "iu",
);
const VALUES =
  /(?<!\p{L})(?:list|array|liste|lista|arreglo|tableau)(?: JSON)? (?:of|with|von|mit|aus|de|con|avec|d['’]) ?(?:only )?(?:the |all |den |der |los |las |les )?(?:\p{L}+ )?(?:strings?|names?|numbers?|values?|namen|zeichenketten|zahlen|werten?|cadenas|nombres|números|valores|chaînes|noms|valeurs)(?!\p{L})|字符串(?:的)?(?:列表|数组)|(?:文字列|数値|名前)の(?:配列|リスト)/iu;
const KEYS = "(?:keys?|fields?|properties|Schlüsseln?|Feldern?|claves?|campos?|clés?|champs?)";
const JSON_KEYS = new RegExp(
  `JSON[^.?!\\n]*?\\b${KEYS}[:\\s]+([^.?!\\n]+)|JSON[^?!\\n]*?(?:键名?|字段名?|キー|フィールド)(?:分别)?[为是はがを:：\\s]+([^.?!。\\n]+)|(?:包含|含有?|有)\\s*([^.?!。？，\\n]+?)\\s*(?:[两二三四五]个)?(?:字段|键)|JSON[^。？！\\n]*?(?:包含|包括)\\s*((?:(?!字段|键)[^.?!。？，\\n])+)(?=$|[.?!。？，])`,
  "iu",
);
const KEYS_OF_JSON = new RegExp(`\\b${KEYS}[:\\s]+([^.?!\\n]+?)\\s+(?:as|in|als|en|como|comme)\\s+JSON\\b`, "iu");
const KEYED =
  /\b(?:keyed by|as (?:the )?keys?|als Schlüsseln?|como claves?|comme clés?)(?!\p{L})|(?:为|作为)键|をキー|JSON[^.?!\n]*\(\s*\p{L}+\s*(?::|→|->|=>)\s*\p{L}+\s*\)/iu;
const ARRAY =
  /\b(?:array|list|Array|Liste|lista|arreglo|tableau|liste) (?:of|von|mit|de|d['’]) ?(?:JSON )?(?:objects?|Objekten|objetos|objets|records)\b|JSON[- ](?:array|list|Array|Liste)\b|数组|配列/i;
const FLAT_SKETCH = /\{[^{}]*"[^"]+"\s*:[^{}]*\}/;
const PLACEHOLDER = /([:[,]\s*)(?:\.{2,}|…|<[^<>]*>|(?!true|false|null)[\p{L}_]+)(?=\s*[,}\]])/gu;

/** undefined where the question asks for no JSON, and none that Python would write. */
export function jsonShape(question: string): JsonShape | undefined {
  const sketch = sketchIn(question);
  const isPython =
    PYTHON.test(question) || (PAIRS.test(question) && /tup/i.test(question) && !JSON_FORM.test(question));
  const isJson = sketch !== undefined || JSON_FORM.test(question) || PAIRS.test(question);
  if (!isPython && !isJson) return undefined;
  const layout = layoutOf(question, sketch, isPython);
  const names = layout === undefined || layout === "array" ? jsonKeys(question) : [];
  return { kind: "json", names, ...(layout && { layout }), ...(isPython && { isPython }) };
}

/** By what the question shows, else by its words. */
function layoutOf(question: string, sketch: Json | undefined, isPython: boolean): JsonShape["layout"] {
  if (Array.isArray(sketch)) {
    const [first = null] = sketch as readonly Json[]; // as: Array.isArray tells no more
    if (Array.isArray(first)) return "pairs";
    return typeof first === "object" && first !== null ? { sketch } : "values";
  }
  if (sketch !== undefined && Object.values(sketch ?? {}).some((inner) => typeof inner === "object" && inner !== null))
    return { sketch };
  if (sketch !== undefined) return undefined; // flat: its keys are the names
  if (PAIRS.test(question)) return "pairs";
  if (KEYED.test(question) || (isPython && DICTIONARY.test(question))) return "keyed";
  if (VALUES.test(question) || (isPython && jsonKeys(question).length === 0)) return "values";
  return ARRAY.test(question) ? "array" : undefined;
}

/** Where a question names the format, with the words that lead to it: "as nested JSON", "als JSON-Array", "as a Python list". */
export const JSON_PHRASE = new RegExp(
  String.raw`(?:^|\s+)(?:as|in|into|als|im|en|comme|como|sous (?:la )?forme (?:de |d['’])|au format|en formato)\s*(?:\p{L}+[ -]){0,2}?(?:JSON(?:[ -](?:format|array|object|list|objekt|liste))?|${PYTHON_NAMES}|${PAIR_NAMES})(?:\s*\([^()]*\))?(?!\.?[\p{L}\d])(?! (?:file|column|field))`,
  "iu",
);

/** Whether a text asks for JSON, or what Python would write. */
export function namesJson(text: string): boolean {
  return [JSON_FORM, PYTHON, PAIRS].some((words) => words.test(text));
}

/** Where the question shows it. */
export function jsonSpan(question: string): readonly [number, number] | undefined {
  const [start, end] = bracketsIn(question);
  return start < 0 || end < start ? undefined : [start, end + 1];
}

function bracketsIn(question: string): [number, number] {
  return [question.search(/\{\s*"|\[\s*["[{]/), Math.max(question.lastIndexOf("}"), question.lastIndexOf("]"))];
}

/** What the question shows of the JSON: a value may stand there as dots or a word. */
function sketchIn(question: string): Json | undefined {
  const [start, end] = bracketsIn(question);
  if (start < 0 || end < start) return undefined;
  const written = question
    .slice(start, end + 1)
    .replace(/,\s*(?:\.{3}|…)(?=\s*[\]}])/g, "") // and so on
    .replace(PLACEHOLDER, "$1null");
  try {
    return JSON.parse(written) as Json; // as: what JSON.parse gives
  } catch {
    return FLAT_SKETCH.test(question) ? {} : undefined;
  }
}

function jsonKeys(question: string): string[] {
  const sketch = FLAT_SKETCH.exec(question)?.[0];
  if (sketch !== undefined) return [...sketch.matchAll(/"([^"]+)"\s*:/g)].map(([, name]) => name!);
  const [, latin, han, contained = undefined, bare] = JSON_KEYS.exec(question) ?? KEYS_OF_JSON.exec(question) ?? [];
  if ((contained ?? bare) !== undefined) return headerNames(contained ?? bare ?? "");
  return listedNames(
    (latin ?? han ?? "").replace(
      /^(?:(?:the|named|called|namens|llamad[oa]s|nommée?s)\s+|(?:in English|auf Englisch|en inglés|en anglais)\s*:?\s*)/i,
      "",
    ),
  );
}
