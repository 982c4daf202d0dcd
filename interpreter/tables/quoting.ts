// What stands around the fields of a text, where that is not the quotes of RFC 4180: programs write \" for a quote within
// quotes, and some put single or printed quotes around texts. Taken where the whole file agrees.
import { isMissingWord } from "./column-reading.ts";
import { type Quoting, STANDARD_QUOTING, textField } from "./delimited-text.ts";
import { isValue } from "./header.ts";

const BACKSLASH: Quoting = { ...STANDARD_QUOTING, before: "\\" };
const OTHERS: readonly Quoting[] = [
  ...["'", "`"].flatMap((sign) => [sign, "\\"].map((before) => ({ open: sign, close: sign, before }))),
  ...["“”", "„“", "„”", "«»", "‘’"].map(([open, close]) => ({ open: open!, close: close!, before: close! })),
];

/** Whether some of a text's fields may be quoted otherwise than RFC 4180 has it. */
export function mayBeQuotedOtherwise(text: string): boolean {
  return text.includes('\\"') || /(?:^|[^\p{L}\p{N}\s]\s?)['`“„«‘]/mu.test(text);
}

/** @param text all of a file, or what is looked at of one that is too large */
export function quotingOf(
  text: string,
  separatorOf: (quoting: Quoting) => string,
  { isWhole }: { isWhole: boolean },
): { quoting: Quoting; note?: string } {
  const fieldsOf = (quoting: Quoting) => lookAt(text, { separator: separatorOf(quoting), quoting, isWhole });
  if (text.includes('\\"')) return backslashed(fieldsOf);
  let note: string | undefined;
  for (const quoting of OTHERS) {
    if (!text.includes(quoting.open)) continue;
    const { records, width, odd } = fieldsOf(quoting);
    const marks = `${quoting.open}${quoting.close}`;
    const isNeeded = records.some((fields) => fields.some(hasSeparator));
    if (!isNeeded && quoting.open !== "'") continue; // a text may be printed so
    const agree = odd === 0 && records.every((fields) => fields.length === width) && areWholeColumnsQuoted(records);
    if (agree) return { quoting, note: `its texts stand in ${marks}, which are left out` };
    if (isNeeded)
      note ??= `some texts stand in ${marks} with separators between, and not all do: quotes are read as they stand`;
  }
  return { quoting: STANDARD_QUOTING, ...(note !== undefined && { note }) };
}

function hasSeparator({ value, isQuoted }: SeenField): boolean {
  return isQuoted && /[,;|\t\r\n]/.test(value);
}

function backslashed(fieldsOf: (quoting: Quoting) => LookedAt): { quoting: Quoting; note?: string } {
  const [standard, escaped] = [fieldsOf(STANDARD_QUOTING), fieldsOf(BACKSLASH)];
  if (standard.odd === 0) return { quoting: STANDARD_QUOTING };
  const isSame = escaped.records.every((fields) => fields.length === escaped.width);
  if (escaped.odd === 0 && isSame) return { quoting: BACKSLASH, note: 'quotes within texts are written \\"' };
  const note = `some texts have \\" within quotes, and not all of the file agrees: quotes and backslashes of ${standard.odd} fields are read as they stand`;
  return { quoting: STANDARD_QUOTING, note };
}

interface SeenField {
  readonly value: string;
  readonly isQuoted: boolean;
}

interface LookedAt {
  readonly records: readonly (readonly SeenField[])[];
  readonly width: number; // of the first that is no title
  readonly odd: number; // fields that begin with a quote and do not end with one
}

/** Records of several fields, as far as they are whole. */
function lookAt(
  text: string,
  { separator, quoting, isWhole }: { separator: string; quoting: Quoting; isWhole: boolean },
): LookedAt {
  const records: SeenField[][] = [];
  let fields: SeenField[] = [];
  let odd = 0;
  let oddOfRecord = 0;
  for (let at = 0; at < text.length; ) {
    const { value, end, isQuoted, isOdd } = textField(text, at, { separator, quoting });
    fields.push({ value, isQuoted });
    if (isOdd) oddOfRecord++;
    const isBetween = text.startsWith(separator, end);
    at = end + (isBetween ? separator.length : text.startsWith("\r\n", end) ? 2 : 1);
    if (isBetween && at < text.length) continue;
    if (isBetween) fields.push({ value: "", isQuoted: false });
    if (at >= text.length && !isWhole) break;
    if (fields.length > 1 || isQuoted) records.push(fields);
    odd += oddOfRecord;
    [fields, oddOfRecord] = [[], 0];
  }
  return { records, width: records[0]?.length ?? 0, odd };
}

/** Of each column all texts or none, below its name: 'tis and the '90s among texts are signs of their own. */
function areWholeColumnsQuoted(records: readonly (readonly SeenField[])[]): boolean {
  const [names, ...rows] = records;
  if (names === undefined || rows.length === 0) return false;
  const columns = names.map((_, i) => {
    const texts = rows
      .map((fields) => fields[i]!)
      .filter(
        ({ value, isQuoted }) => isQuoted || !(value.trim() === "" || isMissingWord(value.trim()) || isValue(value)),
      );
    const quoted = texts.filter(({ isQuoted }) => isQuoted).length;
    return { isMixed: quoted > 0 && quoted < texts.length, isQuoted: quoted > 0 };
  });
  return columns.some(({ isQuoted }) => isQuoted) && !columns.some(({ isMixed }) => isMixed);
}
