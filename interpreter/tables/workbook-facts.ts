// What the library that reads workbooks does not tell: where days are counted from, merged cells, formulas without values.
import { unpack, type ZipEntry, zipEntries } from "../sessions/sql/excel-bounds.ts";
import { type NumberFormats, numberFormats, type ShownNumbers, shownNumbers } from "./number-formats.ts";

/** Rows and columns from 0, the ends within. */
export interface CellRange {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export interface SheetFacts {
  readonly merged: readonly CellRange[];
  readonly unknownFormulas: readonly string[]; // cells, such as C2, whose value the file does not keep
  readonly errors: readonly string[]; // cells with what they show: "C2 #DIV/0!"
  readonly hiddenRows: number;
  readonly shown: ReadonlyMap<string, ShownNumbers>; // by the letters of the column
}

export interface WorkbookFacts {
  readonly countsFrom1904: "1" | "true" | undefined; // as the file writes it
  readonly sheets: readonly SheetFacts[]; // in the workbook's order
}

const MAX_RANGES = 10_000; // of a sheet

/** Of a file whose bounds were checked. */
export function workbookFacts(bytes: Buffer): WorkbookFacts {
  const entries = zipEntries(bytes);
  const part = (name: string) => {
    const entry = entries.find((one: ZipEntry) => one.name.toLowerCase() === name.toLowerCase());
    return entry === undefined ? "" : unpack({ name }, bytes, entry);
  };
  const workbook = part("xl/workbook.xml");
  const targets = new Map(
    [...part("xl/_rels/workbook.xml.rels").matchAll(/<(?:\w+:)?Relationship\b([^>]*)>/g)].map(([, attributes = ""]) => [
      attribute(attributes, "Id"),
      attribute(attributes, "Target"),
    ]),
  );
  const ids = [...workbook.matchAll(/<(?:\w+:)?sheet\b([^>]*)>/g)].map(([, attributes = ""]) =>
    attribute(attributes, "r:id"),
  );
  const formats = numberFormats(Buffer.from(part("xl/styles.xml"), "latin1").toString()); // a currency may be €
  const dates = /\bdate1904\s*=\s*["'](1|true)["']/i.exec(workbook)?.[1]?.toLowerCase();
  return {
    countsFrom1904: dates === "1" || dates === "true" ? dates : undefined,
    sheets: ids.map((id) => {
      const target = targets.get(id) ?? "";
      return sheetFacts(part(target.startsWith("/") ? target.slice(1) : `xl/${target}`), formats);
    }),
  };
}

function attribute(attributes: string, name: string): string {
  return new RegExp(`(?:^|\\s)${name}\\s*=\\s*["']([^"']*)["']`).exec(attributes)?.[1] ?? "";
}

/** Of the text of a sheet. */
export function sheetFacts(xml: string, formats: NumberFormats): SheetFacts {
  const merged: CellRange[] = [];
  for (const [, range = ""] of xml.matchAll(/<(?:\w+:)?mergeCell\b[^>]*\bref\s*=\s*["']([^"']*)["']/g)) {
    const found = /^([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})$/.exec(range);
    if (!found || merged.length >= MAX_RANGES) continue;
    const [, left = "", top, right = "", bottom] = found;
    merged.push({
      ...{ top: Number(top) - 1, left: columnIndex(left) },
      ...{ bottom: Number(bottom) - 1, right: columnIndex(right) },
    });
  }
  const formulas = xml.matchAll(
    /<(?:\w+:)?c\b([^>]*[^/>])>\s*<(?:\w+:)?f\b(?:[^>]*\/>|[^>]*>[^<]*<\/(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*\/>|<(?:\w+:)?v>\s*<\/(?:\w+:)?v>)?\s*<\/(?:\w+:)?c>/g,
  );
  const errors = xml.matchAll(
    /<(?:\w+:)?c\b([^>]*\bt\s*=\s*["']e["'][^>]*)>(?:(?!<\/(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)</gs,
  );
  return {
    merged,
    unknownFormulas: [...formulas].map(([, attributes = ""]) => attribute(attributes, "r")),
    errors: [...errors].map(([, attributes = "", value = ""]) => `${attribute(attributes, "r")} ${value}`),
    hiddenRows: [...xml.matchAll(/<(?:\w+:)?row\b[^>]*\bhidden\s*=\s*["'](?:1|true)["']/g)].length,
    shown: shownNumbers(xml, formats),
  };
}

/** A is 0, Z 25, AA 26. */
function columnIndex(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}
