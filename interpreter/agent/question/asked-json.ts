// JSON as the form of an answer: its keys, or the sketch that the question gives.
import { headerNames, listedNames } from "./listed-names.ts";

/** An object with these keys, or with none whatever the result has; by the rows' keys; or as the question sketches it. */
export interface JsonShape {
  readonly kind: "json";
  readonly names: readonly string[];
  readonly layout?: "keyed" | "array" | { readonly sketch: Json };
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

const JSON_WORD = String.raw`(?<![.\w])JSON(?!\.?\w)(?![ -]?(?:file|column|field|table|Datei|Spalte|Feld|文件|列|ファイル))`;
/** JSON as a form, and not as a file or a column's type. */
const JSON_FORM = new RegExp(
  String.raw`(?<![.\w])(?:as|in|return|give|output|answer|reply|respond|format\w*|als|im|como|en|dans|au|comme|sous forme de|formato|devuelve\w*|renvoie\w*|gib)\b[^.?!\n]{0,40}${JSON_WORD}|(?:以|用|返回|输出|写成|转成|给出|生成)\s*[^。？?]{0,6}${JSON_WORD}|${JSON_WORD}[ -]?(?:格式|形式|数组|对象|で|に|を|配列|オブジェクト|output|please|bitte|only|Format\b|[.!]?\s*$)`,
  "i",
);
const KEYS = "(?:keys?|fields?|properties|Schlüsseln?|Feldern?|claves?|campos?|clés?|champs?)";
const JSON_KEYS = new RegExp(
  `JSON[^.?!\\n]*?\\b${KEYS}[:\\s]+([^.?!\\n]+)|JSON[^?!\\n]*?(?:键名?|字段名?|キー|フィールド)(?:分别)?[为是はがを:：\\s]+([^.?!。\\n]+)|(?:包含|含有?|有)\\s*([^.?!。？，\\n]+?)\\s*(?:[两二三四五]个)?(?:字段|键)`,
  "iu",
);
const KEYS_OF_JSON = new RegExp(`\\b${KEYS}[:\\s]+([^.?!\\n]+?)\\s+(?:as|in|als|en|como|comme)\\s+JSON\\b`, "iu");
const KEYED =
  /\b(?:keyed by|as (?:the )?keys?|als Schlüsseln?|como claves?|comme clés?)(?!\p{L})|(?:为|作为)键|をキー|JSON[^.?!\n]*\(\s*\p{L}+\s*(?::|→|->|=>)\s*\p{L}+\s*\)/iu;
const ARRAY =
  /\b(?:array|list|Array|Liste|lista|arreglo|tableau|liste) (?:of|von|mit|de|d['’]) ?(?:JSON )?(?:objects?|Objekten|objetos|objets|records)\b|JSON[- ](?:array|list|Array|Liste)\b|数组|配列/i;
const FLAT_SKETCH = /\{[^{}]*"[^"]+"\s*:[^{}]*\}/;
const PLACEHOLDER = /([:[]\s*)(?:\.{2,}|…|<[^<>]*>|(?!true|false|null)[\p{L}_]+)(?=\s*[,}\]])/gu;

/** undefined where the question asks for no JSON. */
export function jsonShape(question: string): JsonShape | undefined {
  const hasSketch = FLAT_SKETCH.test(question);
  if (!hasSketch && !JSON_FORM.test(question)) return undefined;
  const sketch = nestedSketch(question);
  if (sketch !== undefined) return { kind: "json", names: [], layout: { sketch } };
  if (!hasSketch && KEYED.test(question)) return { kind: "json", names: [], layout: "keyed" };
  return { kind: "json", names: jsonKeys(question), ...(ARRAY.test(question) && { layout: "array" }) };
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
  const sketch = FLAT_SKETCH.exec(question)?.[0];
  if (sketch !== undefined) return [...sketch.matchAll(/"([^"]+)"\s*:/g)].map(([, name]) => name!);
  const [, latin, han, contained] = JSON_KEYS.exec(question) ?? KEYS_OF_JSON.exec(question) ?? [];
  if (contained !== undefined) return headerNames(contained);
  return listedNames((latin ?? han ?? "").replace(/^(?:the|named|called|namens|llamad[oa]s|nommée?s)\s+/i, ""));
}
