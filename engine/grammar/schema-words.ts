// How one walks through a JSON schema: which of its words hold schemas, and which any JSON.
import { isSchema } from "../chat/dialects/schema-types.ts";

const DATA = new Set(["enum", "const", "default", "examples"]); // any JSON stands there, and no schema
const NAMED = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]); // schemas by name

/** What stands behind a word of a schema, with each schema there, or list of them, changed. */
export function mapWord(word: string, value: unknown, change: (schema: unknown) => unknown): unknown {
  if (DATA.has(word)) return value;
  if (!NAMED.has(word) || !isSchema(value)) return change(value);
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, change(entry)]));
}
