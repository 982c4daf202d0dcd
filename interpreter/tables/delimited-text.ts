// Records of delimited text (RFC 4180), as lenient as people's files are: any end of line, quotes that stand in the
// midst of a field or have no end are part of it, records of any length.

export interface TextRecord {
  readonly fields: readonly string[];
  readonly line: number; // ends of lines before it, but for those inside of quotes: as DuckDB counts what it skips
}

/** Between fields that are parted by any number of blanks, and by two and more: as separators of `textRecords`. */
export const BLANKS = " ";
export const WIDE_BLANKS = "  ";

const PLACES = "at ";

/** Of fields that begin at these places of each line, as another separator of `textRecords`. */
export function atPlaces(places: readonly number[]): string {
  return `${PLACES}${places.join(" ")}`;
}

/** Whether lines are taken apart by blanks or places, which DuckDB does not do. */
export function isAligned(separator: string): boolean {
  return separator === BLANKS || separator === WIDE_BLANKS || separator.startsWith(PLACES);
}

/** Empty lines are no records. `isWhole`: the text ends where the file does, and not in the midst of a record. */
export function* textRecords(text: string, separator: string, { isWhole = true } = {}): Generator<TextRecord> {
  if (isAligned(separator)) {
    yield* alignedRecords(text, separator);
    return;
  }
  let fields: string[] = [];
  let line = 0;
  let begins = 0;
  let at = 0;
  const close = (): TextRecord | undefined => {
    const record = { fields, line: begins };
    fields = [];
    begins = line;
    return record.fields.length === 1 && record.fields[0] === "" ? undefined : record;
  };
  while (at < text.length) {
    const { value, end } = field(text, at, separator);
    fields.push(value);
    at = end;
    if (text.startsWith(separator, at)) {
      at += separator.length;
      if (at < text.length) continue;
      fields.push("");
    } else if (at < text.length) {
      at += text[at] === "\r" && text[at + 1] === "\n" ? 2 : 1;
      line++;
    }
    if (at >= text.length && !isWhole) return;
    const record = close();
    if (record) yield record;
  }
}

function* alignedRecords(text: string, separator: string): Generator<TextRecord> {
  for (const [line, own] of text.split(/\r\n|\r|\n/).entries()) {
    if (own.trim() === "") continue;
    if (separator.startsWith(PLACES)) {
      const places = separator
        .slice(PLACES.length)
        .split(" ")
        .map((place) => wordStart(own, Number(place)));
      yield { fields: places.map((place, i) => own.slice(place, places[i + 1]).trim()), line };
      continue;
    }
    const words = separator === BLANKS ? own.match(/"(?:[^"]|"")*"|[^\s]+/g)! : own.trim().split(/\s{2,}/);
    yield { fields: words.map((word) => word.replace(/^"(.*)"$/, "$1").replaceAll('""', '"')), line };
  }
}

/** A number that is longer than those above it begins farther left than they do. */
function wordStart(line: string, place: number): number {
  let start = place;
  while (start > 0 && start <= line.length && !/\s/.test(line[start - 1]!)) start--;
  return start;
}

interface Field {
  readonly value: string;
  readonly end: number; // of its text: at a separator, an end of line, or the end
}

function field(text: string, start: number, separator: string): Field {
  const plain = (from: number): Field => {
    const end = plainEnd(text, from, separator);
    return { value: text.slice(start, end), end };
  };
  if (text[start] !== '"') return plain(start);
  let value = "";
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    // A quote without its end is a sign like others, or the rest of the file would be one field.
    if (quote < 0) return plain(start);
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') {
      const end = plainEnd(text, quote + 1, separator);
      if (text.slice(quote + 1, end).trim() === "") return { value, end };
      return plain(/[\r\n]/.test(value) ? start : quote + 1); // over lines: the second quote belongs to another field
    }
    value += '"';
    at = quote + 2;
  }
}

function plainEnd(text: string, start: number, separator: string): number {
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (sign === "\n" || sign === "\r" || sign === separator) return at;
  }
  return text.length;
}
