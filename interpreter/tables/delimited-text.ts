// Records of delimited text (RFC 4180), as lenient as people's files are: any end of line, quotes that stand in the
// midst of a field are part of it, records of any length.

export interface TextRecord {
  readonly fields: readonly string[];
  readonly line: number; // on which it begins, from 0
}

/** Empty lines are no records. `isWhole`: the text ends where the file does, and not in the midst of a record. */
export function* textRecords(text: string, separator: string, { isWhole = true } = {}): Generator<TextRecord> {
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
    const { value, end, lines } = field(text, at, separator);
    fields.push(value);
    line += lines;
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

interface Field {
  readonly value: string;
  readonly end: number; // of its text: at a separator, an end of line, or the end
  readonly lines: number; // that it spans beyond the first
}

function field(text: string, start: number, separator: string): Field {
  if (text[start] !== '"') {
    const end = plainEnd(text, start, separator);
    return { value: text.slice(start, end), end, lines: 0 };
  }
  let value = "";
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    // A quote without its end is a sign like others, or the rest of the file would be one field.
    if (quote < 0) {
      const end = plainEnd(text, start, separator);
      return { value: text.slice(start, end), end, lines: 0 };
    }
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') {
      const end = plainEnd(text, quote + 1, separator);
      const rest = text.slice(quote + 1, end);
      const lines = value.match(/\r\n|\r|\n/g)?.length ?? 0;
      return rest.trim() === "" ? { value, end, lines } : { value: text.slice(start, end), end, lines };
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
