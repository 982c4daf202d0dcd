// What is shown of what confined code shows: text, pictures that were unpacked and packed again, tables and charts that
// are drawn here from data. A front end trusts what a kernel sends and runs the scripts in it, outside the room: so
// nothing that confined code wrote as HTML, script, Markdown or SVG is sent.
import { z } from "zod";
import type { MimeBundle } from "../../session.ts";
import { tableForms } from "../../typescript/draw-table.ts";
import { MAX_COLUMNS, SHOWN_ROWS, TABLE_TYPE } from "../../typescript/table-data.ts";
import { remadeChart, VEGA_LITE_TYPE } from "./chart.ts";
import { remadeJpeg } from "./jpeg.ts";
import { plainText } from "./plain-text.ts";
import { remadePng } from "./png.ts";

const MAX_IMAGE_CHARACTERS = 32 * 2 ** 20; // of base64
const MAX_SHOWN_SIDE = 10_000; // pixels
const IMAGES = { "image/png": remadePng, "image/jpeg": remadeJpeg };
const SILENT = new Set(["text/plain", "image/svg+xml", TABLE_TYPE]); // left out without a word where something else is shown

const TABLE = z.object({
  columns: z.array(z.object({ name: z.string().max(1_000), isNumeric: z.boolean() })).max(MAX_COLUMNS),
  rows: z.array(z.array(z.string().max(1_000).nullable()).max(MAX_COLUMNS)).max(SHOWN_ROWS),
  columnCount: z.int().min(0),
  rowCount: z.int().min(0),
});

export interface Shown {
  readonly data: MimeBundle;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export function shownOfConfined({ data, metadata }: { data: unknown; metadata: unknown }): Shown {
  const given = recordOf(data);
  const shown: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [type, value] of Object.entries(given)) {
    if (type === "image/png" || type === "image/jpeg") {
      const image = remadeImage(value, IMAGES[type]);
      if (image === undefined) problems.push(`The ${type} is not shown: it is damaged, or larger than 10000 pixels.`);
      else shown[type] = image;
    } else if (type === TABLE_TYPE) {
      Object.assign(shown, drawn(value));
    } else if (type === VEGA_LITE_TYPE) {
      const chart = remadeChart(value);
      if ("spec" in chart) shown[type] = chart.spec;
      else problems.push(`The chart is not shown: the sandbox lets simple Vega-Lite through (${chart.problem}).`);
    }
  }
  const left = Object.keys(given).filter((type) => !SILENT.has(type) && !Object.hasOwn(shown, type));
  const isHidden = Object.keys(shown).length === 0 && (left.length > 0 || Object.hasOwn(given, "image/svg+xml"));
  if (isHidden && problems.length === 0) problems.push(notShown(left[0] ?? "image/svg+xml"));
  const text = [plainText(given["text/plain"]), ...problems].filter(Boolean).join("\n");
  return { data: { ...shown, "text/plain": text }, metadata: sizesOf(recordOf(metadata), shown) };
}

/** Outside the sandbox: as it is, and tables drawn. */
export function shownOfOwn<T extends { readonly data: MimeBundle }>(result: T): T {
  const { [TABLE_TYPE]: table, ...rest } = result.data;
  return table === undefined ? result : { ...result, data: { ...drawn(table), ...rest } };
}

function notShown(type: string): string {
  const name = /^[\w.+/-]{1,60}$/.test(type) ? type : "this type of output";
  const kind = name === "text/html" ? "HTML" : name;
  return (
    `[${kind} from the sandbox is not shown: it could run scripts outside of it. ` +
    "Tables, PNG and JPEG are; or let the code run outside: %sandbox off, %approve ask]"
  );
}

function remadeImage(value: unknown, remade: (bytes: Buffer) => Buffer | undefined): string | undefined {
  if (typeof value !== "string" || value.length > MAX_IMAGE_CHARACTERS) return undefined;
  const base64 = value.replaceAll("\n", "");
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined;
  return remade(Buffer.from(base64, "base64"))?.toString("base64");
}

/** Nothing for what is no table. */
function drawn(value: unknown): MimeBundle {
  const table = TABLE.safeParse(value);
  return table.success ? tableForms(table.data) : {};
}

/** Of all metadata only how large a picture is shown. */
function sizesOf(metadata: Readonly<Record<string, unknown>>, shown: Readonly<Record<string, unknown>>) {
  const entries = Object.keys(IMAGES).filter((type) => Object.hasOwn(shown, type) && Object.hasOwn(metadata, type));
  return Object.fromEntries(
    entries.map((type) => {
      const sides = Object.entries(recordOf(metadata[type])).filter(
        ([name, side]) =>
          (name === "width" || name === "height") && typeof side === "number" && side > 0 && side <= MAX_SHOWN_SIDE,
      );
      return [type, Object.fromEntries(sides)];
    }),
  );
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
