// How a value looks in a notebook. Never text/html beside a chart and never application/json beside anything: a front
// end shows the richest type that it knows, and would show those instead.
import { inspect } from "node:util";
import type { MimeBundle } from "../session.ts";
import { SHOWN_ROWS, TABLE_TYPE, tableData } from "./html-table.ts";
import { fitting } from "./shown-size.ts";
import { rowCountOf, rowsOf } from "./table-rows.ts";

export interface RichResult {
  readonly data: MimeBundle;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly refused?: string; // what is too large to be shown, and the way out
}

const JUPYTER_DISPLAY = Symbol.for("Jupyter.display"); // Deno's, and jupyter-helper packages'
const VEGA_LITE_TYPE = "application/vnd.vegalite.v5+json";
const VEGA_TYPE = "application/vnd.vega.v5+json";
const MAX_TEXT_CHARACTERS = 100_000;

/** The result of a cell; `undefined` is nothing to show. May run code of the value (its display method). */
export async function richResult(value: unknown): Promise<RichResult | undefined> {
  const own = ownDisplay(value);
  if (own === undefined) return mimeBundle(value);
  const data = await own();
  return isRecord(data) ? { ...fitting(data), metadata: {} } : mimeBundle(data);
}

export function mimeBundle(value: unknown): RichResult | undefined {
  if (value === undefined) return undefined;
  return { ...fitting({ ...richType(value), "text/plain": plainText(value) }), metadata: {} };
}

function plainText(value: unknown): string {
  const text = inspect(value, { maxArrayLength: 100, maxStringLength: 10_000, depth: 3 });
  return text.length <= MAX_TEXT_CHARACTERS ? text : `${text.slice(0, MAX_TEXT_CHARACTERS)}…`;
}

function richType(value: unknown): MimeBundle | undefined {
  if (value instanceof Uint8Array) return image(value);
  const rowCount = rowCountOf(value);
  if (rowCount !== undefined) return { [TABLE_TYPE]: tableData(rowsOf(value, SHOWN_ROWS) ?? [], rowCount) };
  if (!isRecord(value)) return undefined;
  const schema = value.$schema;
  if (typeof schema === "string" && schema.includes("/vega-lite/")) return { [VEGA_LITE_TYPE]: value };
  if (typeof schema === "string" && schema.includes("/vega/")) return { [VEGA_TYPE]: value };
  const html = callIfMethod(value, "_repr_html_") ?? callIfMethod(value, "toHTML");
  return typeof html === "string" ? { "text/html": html } : undefined;
}

function ownDisplay(value: unknown): (() => unknown) | undefined {
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return undefined;
  const method: unknown = Reflect.get(value, JUPYTER_DISPLAY);
  return typeof method === "function" ? () => Reflect.apply(method, value, []) : undefined;
}

function image(bytes: Uint8Array): MimeBundle | undefined {
  const startsWith = (...signature: number[]) => signature.every((byte, i) => bytes[i] === byte);
  const type = startsWith(0x89, 0x50, 0x4e, 0x47)
    ? "image/png"
    : startsWith(0xff, 0xd8, 0xff)
      ? "image/jpeg"
      : undefined;
  return type === undefined ? undefined : { [type]: bytes };
}

function callIfMethod(value: object, name: string): unknown {
  const method: unknown = Reflect.get(value, name);
  return typeof method === "function" ? Reflect.apply(method, value, []) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
