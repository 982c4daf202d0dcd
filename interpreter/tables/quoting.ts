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
/** At the beginning of a line, or behind what may part fields. */
const MAY_BEGIN = /(?:^|[^\p{L}\p{N}\s]\s?)['`“„«‘]/mu;

export interface ChosenQuoting {
  readonly quoting: Quoting;
  readonly note?: string;
}

export interface QuotedText {
  readonly head: string;
  /** All of the file, where it is more than the head and may be held. */
  readonly whole: string | undefined;
  readonly isHeadWhole: boolean;
}

/** Whether some of a text's fields may be quoted otherwise than RFC 4180 has it. */
export function mayBeQuotedOtherwise(head: string): boolean {
  return head.includes('\\"') || MAY_BEGIN.test(head);
}

export function quotingOf(text: QuotedText, separatorOf: (quoting: Quoting) => string): ChosenQuoting {
  const { head, whole, isHeadWhole } = text;
  const look = (quoting: Quoting, part = head, isWhole = isHeadWhole) =>
    lookAt(part, { separator: separatorOf(quoting), quoting, isWhole });
  const lookAtAll = (quoting: Quoting) => (whole === undefined ? look(quoting) : look(quoting, whole, true));
  if ((whole ?? head).includes('\\"')) return backslashed(lookAtAll);
  let note: string | undefined;
  for (const quoting of OTHERS) {
    if (!head.includes(quoting.open)) continue;
    const marks = `${quoting.open}${quoting.close}`;
    const first = look(quoting);
    if (!first.isNeeded && quoting.open !== "'") continue; // a text may be printed so
    if (first.agrees && lookAtAll(quoting).agrees)
      return { quoting, note: `its texts stand in ${marks}, which are left out` };
    if (first.isNeeded)
      note ??= `some texts stand in ${marks} with separators between, and not all do: quotes are read as they stand`;
  }
  return { quoting: STANDARD_QUOTING, ...(note !== undefined && { note }) };
}

function backslashed(lookAtAll: (quoting: Quoting) => LookedAt): ChosenQuoting {
  const standard = lookAtAll(STANDARD_QUOTING);
  if (standard.odd === 0) return { quoting: STANDARD_QUOTING };
  const escaped = lookAtAll(BACKSLASH);
  if (escaped.odd === 0 && escaped.isEven) return { quoting: BACKSLASH, note: 'quotes within texts are written \\"' };
  const note = `some texts have \\" within quotes, and not all of the file agrees: quotes and backslashes of ${standard.odd} fields are read as they stand`;
  return { quoting: STANDARD_QUOTING, note };
}

interface LookedAt {
  readonly odd: number; // fields that begin with a quote and do not end with one
  readonly isEven: boolean; // all records of several fields have as many
  readonly isNeeded: boolean; // a separator stands within quotes
  readonly agrees: boolean; // of each column all texts are quoted or none, below its name: 'tis is a sign of its own
}

/** Of the records that are whole. Nothing of them is kept: there may be millions. */
function lookAt(
  text: string,
  { separator, quoting, isWhole }: { separator: string; quoting: Quoting; isWhole: boolean },
): LookedAt {
  let [odd, records, width, isEven, isNeeded] = [0, 0, 0, true, false];
  const columns: { quoted: number; plain: number }[] = [];
  let fields: ReturnType<typeof textField>[] = [];
  const close = () => {
    if (fields.length > 1 || fields[0]?.isQuoted) {
      records++;
      width ||= fields.length;
      isEven &&= fields.length === width;
      for (const [i, { value, isQuoted, isOdd }] of fields.entries()) {
        if (isOdd) odd++;
        isNeeded ||= isQuoted && /[,;|\t\r\n]/.test(value);
        columns[i] ??= { quoted: 0, plain: 0 };
        if (records === 1) continue; // names
        if (isQuoted) columns[i].quoted++;
        else if (isText(value)) columns[i].plain++;
      }
    }
    fields = [];
  };
  for (let at = 0; at < text.length; ) {
    const field = textField(text, at, { separator, quoting });
    fields.push(field);
    const isBetween = text.startsWith(separator, field.end);
    at = field.end + (isBetween ? separator.length : text.startsWith("\r\n", field.end) ? 2 : 1);
    if (isBetween && at < text.length) continue;
    if (at < text.length || isWhole) close();
  }
  const areWhole = columns.every(({ quoted, plain }) => quoted === 0 || plain === 0);
  const agrees = odd === 0 && isEven && areWhole && columns.some(({ quoted }) => quoted > 0);
  return { odd, isEven, isNeeded, agrees };
}

function isText(value: string): boolean {
  const text = value.trim();
  return text !== "" && !isMissingWord(text) && !isValue(text);
}
