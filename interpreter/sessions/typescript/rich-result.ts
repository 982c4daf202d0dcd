// How a value looks in a notebook. Never text/html beside a chart and never application/json beside anything: a front
// end shows the richest type that it knows, and would show those instead. Looking runs code of the value (its display
// method, getters, a proxy's traps), which may throw, or never end: then the value is text, and a word says why.
import { inspect, types } from "node:util";
import type { MimeBundle } from "../session.ts";
import { isDebugged } from "./debugger/debugged.ts";
import { tableText } from "./draw-table.ts";
import { pictureOfBlob, pictureOfBytes, pictureOfDataUrl, pictureOfMarkup } from "./picture.ts";
import { type Fitting, fitting, readable } from "./shown-size.ts";
import { isPlainObject, SHOWN_ROWS, TABLE_TYPE, tableData } from "./table-data.ts";
import { rowCountOf, rowsOf } from "./table-rows.ts";
import { withinTime } from "./within-time.ts";

export interface RichResult {
  readonly data: MimeBundle;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly refused?: string; // what is not shown, or not as it says itself, and why
}

const JUPYTER_DISPLAY = Symbol.for("Jupyter.display"); // Deno's, and jupyter-helper packages'
const VEGA_LITE_TYPE = "application/vnd.vegalite.v5+json";
const VEGA_TYPE = "application/vnd.vega.v5+json";
const MAX_TEXT_CHARACTERS = 100_000;
const LOOK_MS = 2_000; // most values take microseconds
const DISPLAY_MS = 5_000; // of a display method that awaits

/** How a value is shown; `undefined` is nothing to show. At once, unless its display method awaits. */
export function shownResult(value: unknown): RichResult | undefined | Promise<RichResult | undefined> {
  try {
    const own = look(value, () => ownDisplay(value));
    if (own === undefined) return value instanceof Blob ? orText(blobBundle(value), value) : mimeBundle(value);
    const { started } = own;
    const isLater = look(started, () => isObject(started) && typeof member(started, "then") === "function");
    return isLater ? orText(inTime(started).then(ofOwnDisplay), value) : ofOwnDisplay(started);
  } catch (error) {
    return asText(value, error);
  }
}

/** The result of a cell. */
export async function richResult(value: unknown): Promise<RichResult | undefined> {
  return shownResult(value);
}

/** The same for a session that stands still: what a display method promises does not come. */
export function richResultNow(value: unknown): RichResult | undefined {
  try {
    const data = look(value, () => ownDisplay(value))?.started;
    return isRecord(data) && !types.isPromise(data) ? ofOwnDisplay(data) : mimeBundle(value);
  } catch (error) {
    return asText(value, error);
  }
}

function orText(bundle: Promise<RichResult | undefined>, value: unknown): Promise<RichResult | undefined> {
  return bundle.catch((error: unknown) => asText(value, error));
}

function ofOwnDisplay(data: unknown): RichResult | undefined {
  return isRecord(data) ? { ...look(data, () => fitting(data)), metadata: {} } : mimeBundle(data);
}

export function mimeBundle(value: unknown): RichResult | undefined {
  if (value === undefined) return undefined;
  try {
    const fitted = look(value, (): Fitting => fitting(formsOf(value)));
    return { ...fitted, metadata: {} };
  } catch (error) {
    return asText(value, error);
  }
}

/** What a value's code may take for ever; a number has none. */
function look<T>(value: unknown, body: () => T): T {
  return isObject(value) ? withinTime(LOOK_MS, body) : body();
}

async function inTime<T>(awaited: T): Promise<Awaited<T>> {
  if (isDebugged()) return await awaited;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${DISPLAY_MS / 1000} s`)), DISPLAY_MS);
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}

function asText(value: unknown, error: unknown): RichResult {
  const refused = `[shown as plain text: what the value says of its display failed: ${reasonOf(error)}]\n`;
  for (const customInspect of [true, false]) {
    try {
      const text = withinTime(LOOK_MS, () => plainText(value, customInspect));
      return { data: { "text/plain": text }, metadata: {}, refused };
    } catch {
      // the next one asks the value less
    }
  }
  return { data: { "text/plain": `[${typeof value} that cannot be looked at]` }, metadata: {}, refused };
}

/** Also of a thrown value that cannot be made text. */
function reasonOf(thrown: unknown): string {
  try {
    return readable(withinTime(LOOK_MS, () => (thrown instanceof Error ? thrown.message : inspect(thrown))));
  } catch {
    return "what it threw cannot be shown";
  }
}

function plainText(value: unknown, customInspect = true): string {
  const text = inspect(value, { maxArrayLength: 100, maxStringLength: 10_000, depth: 3, customInspect });
  return text.length <= MAX_TEXT_CHARACTERS ? text : `${text.slice(0, MAX_TEXT_CHARACTERS)}…`;
}

function formsOf(value: unknown): MimeBundle {
  const rowCount = rowCountOf(value);
  if (rowCount === undefined) return { ...richType(value), "text/plain": plainText(value) };
  const table = tableData(rowsOf(value, SHOWN_ROWS) ?? [], rowCount);
  return { [TABLE_TYPE]: table, "text/plain": tableText(table) };
}

function richType(value: unknown): MimeBundle | undefined {
  if (typeof value === "string") return pictureOfDataUrl(value);
  if (value instanceof Uint8Array) return pictureOfBytes(value);
  if (value instanceof ArrayBuffer) return pictureOfBytes(new Uint8Array(value));
  if (!isRecord(value)) return undefined;
  const schema = member(value, "$schema");
  if (typeof schema === "string" && schema.includes("/vega-lite/")) return { [VEGA_LITE_TYPE]: value };
  if (typeof schema === "string" && schema.includes("/vega/")) return { [VEGA_TYPE]: value };
  const markup = isPlainObject(value) ? undefined : member(value, "outerHTML"); // of an element
  if (typeof markup === "string") return pictureOfMarkup(markup);
  const url = callIfMethod(value, "toDataURL"); // of a canvas
  if (typeof url === "string") return pictureOfDataUrl(url);
  const html = callIfMethod(value, "_repr_html_") ?? callIfMethod(value, "toHTML");
  return typeof html === "string" ? { "text/html": html } : undefined;
}

async function blobBundle(blob: Blob): Promise<RichResult> {
  const picture = await inTime(pictureOfBlob(blob));
  return { ...fitting({ ...picture, "text/plain": plainText(blob) }), metadata: {} };
}

/** Calls the value's display method; what it gives may be a promise. */
function ownDisplay(value: unknown): { readonly started: unknown } | undefined {
  if (!isObject(value)) return undefined;
  const method = member(value, JUPYTER_DISPLAY);
  return typeof method === "function" ? { started: Reflect.apply(method, value, []) } : undefined;
}

function callIfMethod(value: object, name: string): unknown {
  const method = member(value, name);
  return typeof method === "function" ? Reflect.apply(method, value, []) : undefined;
}

/** Of what the value has, not of what a proxy gives for any name. */
function member(value: object, name: string | symbol): unknown {
  return name in value ? Reflect.get(value, name) : undefined;
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
