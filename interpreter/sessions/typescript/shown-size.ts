// Keeps what is too large for a notebook from being made text, base64 or JSON at all: the session would run out of
// memory over it, and no front end could show it.
import type { MimeBundle } from "../session.ts";

const MEGABYTE = 2 ** 20;
const MAX_SHOWN_CHARACTERS = 32 * MEGABYTE; // of one display or result, in all its forms; as many as a cell may show
const MAX_TEXT_CHARACTERS = 100_000; // of a message or a question
const ITEM_CHARACTERS = 4; // of a number, a bracket and a comma; texts and names are counted by themselves

class TooLargeError extends Error {}

export interface Fitting {
  readonly data: MimeBundle;
  readonly refused?: string; // a word to the user: what is left out, and the way out
}

/** The forms of a value that a notebook can hold, the first ones first: texts, base64, and copies that JSON can carry. */
export function fitting(forms: Readonly<Record<string, unknown>>): Fitting {
  const data: Record<string, unknown> = {};
  const refused: string[] = [];
  let left = MAX_SHOWN_CHARACTERS;
  for (const [type, value] of Object.entries(forms)) {
    const form = formOf(value, left);
    if (form.size > left) {
      const size = Number.isFinite(form.size) ? ` of ${Math.ceil(form.size / MEGABYTE)} MB` : "";
      refused.push(`${type}${size}`);
    } else {
      left -= form.size;
      data[type] = form.make();
    }
  }
  if (refused.length === 0) return { data };
  const limit = `over the ${MAX_SHOWN_CHARACTERS / MEGABYTE} MB that a cell shows`;
  return { data, refused: `[not shown: ${refused.join(", ")}, ${limit}; write it to a file, or show a part of it]\n` };
}

/** A text that somebody reads: its beginning. */
export function readable(text: string, limit = MAX_TEXT_CHARACTERS): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length} characters)`;
}

interface Form {
  readonly size: number; // characters in a notebook's file; infinite where only that it is too large is known
  make(): unknown;
}

function formOf(value: unknown, limit: number): Form {
  if (typeof value === "string") return { size: value.length, make: () => value };
  if (value instanceof Uint8Array) {
    return { size: Math.ceil(value.length / 3) * 4, make: () => Buffer.from(value).toString("base64") };
  }
  return jsonForm(value, limit);
}

function jsonForm(value: unknown, limit: number): Form {
  let size = 0;
  const count = (name: string, item: unknown): unknown => {
    size += name.length + ITEM_CHARACTERS + (typeof item === "string" ? item.length : 0);
    // Bytes would be an array of numbers before they came here: they are counted with what holds them.
    if (typeof item === "object" && item !== null)
      for (const inner of Object.values(item)) if (ArrayBuffer.isView(inner)) size += inner.byteLength;
    if (size > limit) throw new TooLargeError();
    return typeof item === "bigint" ? jsonNumber(item) : item; // DuckDB and others put them into the data of a chart
  };
  try {
    const text = JSON.stringify({ value }, count);
    return { size, make: () => JSON.parse(text).value };
  } catch (error) {
    if (error instanceof TooLargeError) return { size: Number.POSITIVE_INFINITY, make: () => undefined };
    throw error; // a circle: the cell's mistake
  }
}

/** A number that JSON's readers would round is a text. */
function jsonNumber(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}
