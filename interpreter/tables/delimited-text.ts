// Records of delimited text (RFC 4180), as lenient as people's files are: any end of line, quotes that stand in the
// midst of a field or have no end are part of it, records of any length.

export interface TextRecord {
  readonly fields: readonly string[];
  readonly line: number; // ends of lines before it, but for those inside of quotes: as DuckDB counts what it skips
}

/** What stands around a field, and before a closing sign within it. */
export interface Quoting {
  readonly open: string;
  readonly close: string;
  readonly before: string; // the closing sign itself where it is written twice
}

export const STANDARD_QUOTING: Quoting = { open: '"', close: '"', before: '"' };

/** Between fields that are parted by any number of blanks, and by two and more: as separators of `textRecords`. */
export const BLANKS = " ";
export const WIDE_BLANKS = "  ";

const PLACES = "at ";

/** Between a name and its value, which may have a colon as well: as another separator of `textRecords`. */
export const NAMED_VALUES = ": ";

/** Of fields that begin at these places of each line, as another separator of `textRecords`. */
export function atPlaces(places: readonly number[]): string {
  return `${PLACES}${places.join(" ")}`;
}

/** Whether lines are taken apart by blanks, places or their first colon, which DuckDB does not do. */
export function isAligned(separator: string): boolean {
  return [BLANKS, WIDE_BLANKS, NAMED_VALUES].includes(separator) || separator.startsWith(PLACES);
}

/** Empty lines are no records. `isWhole`: the text ends where the file does, and not in the midst of a record. */
export function* textRecords(
  text: string,
  separator: string,
  { isWhole = true, quoting = STANDARD_QUOTING }: { isWhole?: boolean; quoting?: Quoting } = {},
): Generator<TextRecord> {
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
    const { value, end } = textField(text, at, { separator, quoting });
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
    if (separator === NAMED_VALUES) {
      const colon = own.indexOf(":");
      const parts = colon < 0 ? [own] : [own.slice(0, colon), own.slice(colon + 1)]; // a line far below may have none
      yield { fields: parts.map((part) => part.trim()), line };
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
  readonly isQuoted: boolean;
  readonly isOdd: boolean; // begins with a quote, and does not end with one
}

/** The field that begins at a place of a text. */
export function textField(
  text: string,
  start: number,
  { separator, quoting }: { separator: string; quoting: Quoting },
): Field {
  const { open, close, before } = quoting;
  const plain = (from: number, isOdd: boolean): Field => {
    const end = plainEnd(text, from, separator);
    return { value: text.slice(start, end), end, isQuoted: false, isOdd };
  };
  let begin = start;
  if (quoting !== STANDARD_QUOTING) while (text[begin] === " ") begin++; // 1, 'a': as DuckDB reads standard quotes
  if (text[begin] !== open) return plain(start, false);
  let value = "";
  let at = begin + 1;
  for (;;) {
    const quote = nextQuote(text, at, quoting);
    // A quote without its end is a sign like others, or the rest of the file would be one field.
    if (quote < 0) return plain(start, true);
    value += text.slice(at, quote);
    const next = text[quote + 1] ?? "";
    const isEscape = text[quote] === before && (next === close || (next === before && before !== close));
    if (!isEscape && text[quote] === close) {
      const end = plainEnd(text, quote + 1, separator);
      if (text.slice(quote + 1, end).trim() === "") return { value, end, isQuoted: true, isOdd: false };
      return plain(/[\r\n]/.test(value) ? start : quote + 1, true); // over lines: the second quote belongs to another field
    }
    value += isEscape ? next : text[quote]!;
    at = quote + (isEscape ? 2 : 1);
  }
}

function nextQuote(text: string, from: number, { close, before }: Quoting): number {
  if (before === close) return text.indexOf(close, from);
  for (let at = from; at < text.length; at++) if (text[at] === close || text[at] === before) return at;
  return -1;
}

function plainEnd(text: string, start: number, separator: string): number {
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (sign === "\n" || sign === "\r" || sign === separator) return at;
  }
  return text.length;
}
