// What a schema may ask of the compiler of grammars, looked at before it compiles: it takes 0.1 s for each character
// that it has to count, and its stack ends at 50 objects within each other.
import { isSchema } from "../chat/dialects/schema-types.ts";
import { badField, type EngineError } from "../errors.ts";
import { measure } from "../measure.ts";
import { patternSize } from "./pattern-length.ts";
import { mapWord } from "./schema-words.ts";

export const MAX_SCHEMA_BYTES = 2 ** 18; // of all schemas of a request, as JSON
const MAX_DEPTH = 64; // of objects and arrays (an object within an object takes two), and of groups of a pattern
const MAX_VALUES = 20_000;
const MAX_PATTERN_CHARACTERS = 2_000; // with its repetitions written out
const COUNTED_CHARACTERS = 48; // of all strings whose length has a bound; the bounds of further ones are not held

/**
 * The schema as it is compiled: without the bounds of lengths that would take too long to count.
 * @throws EngineError `bad-request` that names the field and the limit
 */
export function boundedSchema<T>(schema: T, field: string): T {
  checkSize(schema, field);
  let left = COUNTED_CHARACTERS;

  const bounded = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(bounded);
    if (node === false) throw nothingFits(field);
    if (typeof node !== "object" || node === null) return node;
    const { minLength, maxLength } = node as { minLength?: unknown; maxLength?: unknown };
    const counted = Math.max(...[minLength, maxLength].filter((length) => typeof length === "number"), 0);
    const isHeld = counted <= left;
    if (isHeld) left -= counted;
    return Object.fromEntries(
      Object.entries(node).flatMap(([key, value]) => {
        if ((key === "minLength" || key === "maxLength") && !isHeld) return [];
        return [[key, boundedEntry(key, value)]];
      }),
    );
  };
  const boundedEntry = (key: string, value: unknown): unknown => {
    if (key === "enum" && Array.isArray(value) && value.length === 0) throw nothingFits(field);
    if (key === "pattern" && typeof value === "string") checkPattern(value, field);
    if (typeof value !== "object" || value === null) return value;
    if (key === "patternProperties" && isSchema(value))
      for (const pattern of Object.keys(value)) checkPattern(pattern, field);
    return mapWord(key, value, bounded);
  };
  return bounded(schema) as T; // the same shape with fewer entries
}

export function nothingFits(field: string): EngineError {
  return badField(field, `nothing fits this JSON schema, so that there is no answer to it`);
}

/** @throws EngineError `bad-request` that names the field and the limit */
export function checkSize(schema: unknown, field: string): void {
  const { depth, values } = measure(schema, MAX_DEPTH);
  if (depth > MAX_DEPTH) throw tooMuch(field, `is nested more than ${MAX_DEPTH} deep`);
  if (values > MAX_VALUES) throw tooMuch(field, `has more than ${MAX_VALUES} values`);
  const bytes = Buffer.byteLength(JSON.stringify(schema));
  if (bytes > MAX_SCHEMA_BYTES) throw tooMuch(field, `has ${bytes} bytes, and ${MAX_SCHEMA_BYTES} are the most`);
}

function checkPattern(pattern: string, field: string): void {
  const { length, depth } = patternSize(pattern);
  const shown = JSON.stringify(pattern.length > 60 ? `${pattern.slice(0, 60)}...` : pattern);
  if (length > MAX_PATTERN_CHARACTERS) {
    const problem = `which written out is longer than ${MAX_PATTERN_CHARACTERS} characters`;
    throw tooMuch(field, `has the pattern ${shown}, ${problem}`);
  }
  if (depth > MAX_DEPTH) {
    throw tooMuch(field, `has the pattern ${shown}, whose groups are nested more than ${MAX_DEPTH} deep`);
  }
}

function tooMuch(field: string, problem: string): EngineError {
  return badField(field, `the JSON schema ${problem}; make it smaller`);
}
