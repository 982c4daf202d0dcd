// Which encoding a text file has, by its bytes. UTF-8 shows itself; of the others the one is taken whose letters make
// sense, and that is told.
import { isUtf8 } from "node:buffer";
import { DOS_LETTERS, oldWesternEncoding } from "./western-letters.ts";

export interface Encoding {
  readonly name: string; // for decode()
  readonly isAssumed: boolean;
}

const UTF8: Encoding = { name: "utf-8", isAssumed: false };
const MIN_UTF16_ZEROS = 0.2; // of the bytes, in text of mostly Latin letters
const MIN_KEPT = 3; // letters of UTF-8 for each byte that is none: fewer, and the file is no UTF-8
/** Of another encoding than windows-1252, the most frequent one, where a file is taken for it: 0.02 for four Czech words. */
const MIN_CONFIDENCE = 0.015;
const MIN_LEAD = 1.4; // times the confidence in windows-1252
const MIN_HIGH_BYTES = 4; // above 127: one "ü" is a letter of all of them

const WINDOWS_1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"; // of the bytes from 0x80 to 0x9f

/** Those that are looked for, as jschardet calls them and as TextDecoder does. */
const FOUND: ReadonlyMap<string, string> = new Map([
  ...[
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1257",
    "koi8-r",
    "ibm866",
    "iso-8859-5",
  ].map((name) => [name, name] as const),
  ...["gb18030", "big5", "euc-jp"].map((name) => [name, name] as const),
  ["cp932", "shift_jis"],
  ["cp949", "euc-kr"],
]);

/** By the first bytes of the file, as far as they go; `isUtf8Whole`: all of its bytes are UTF-8. */
export async function encodingOf(head: Buffer, isUtf8Whole: boolean): Promise<Encoding> {
  if (head[0] === 0xff && head[1] === 0xfe) return { name: "utf-16le", isAssumed: false };
  if (head[0] === 0xfe && head[1] === 0xff) return { name: "utf-16be", isAssumed: false };
  const zeros = zerosOf(head);
  if (zeros.odd > MIN_UTF16_ZEROS * head.length && zeros.even === 0) return { name: "utf-16le", isAssumed: true };
  if (zeros.even > MIN_UTF16_ZEROS * head.length && zeros.odd === 0) return { name: "utf-16be", isAssumed: true };
  if (isUtf8Whole) return UTF8;
  if (isMostlyUtf8(head)) return { name: "utf-8", isAssumed: true };
  const old = oldWesternEncoding(head, decode);
  if (old !== undefined) return { name: old, isAssumed: true };
  const { detectAll } = await import("jschardet"); // its model takes a tenth of a second
  const known = detectAll(head).flatMap(({ encoding, confidence }) => {
    const name = FOUND.get(encoding?.toLowerCase() ?? "");
    return name === undefined ? [] : [{ name, confidence }];
  });
  const western = known.find(({ name }) => name === "windows-1252")?.confidence ?? 0;
  const [best] = known.sort((a, b) => b.confidence - a.confidence);
  const isOther =
    best !== undefined &&
    best.confidence >= Math.max(MIN_CONFIDENCE, MIN_LEAD * western) &&
    head.filter((byte) => byte > 0x7f).length >= MIN_HIGH_BYTES;
  return { name: isOther ? best.name : "windows-1252", isAssumed: true };
}

/** A file of UTF-8 to which something else was added has a few bytes that are none. */
function isMostlyUtf8(head: Buffer): boolean {
  const letters = new TextDecoder().decode(head, { stream: true }).match(/[^\p{ASCII}]/gu) ?? [];
  const broken = letters.filter((letter) => letter === "\ufffd").length;
  return broken > 0 && letters.length - broken >= MIN_KEPT * broken;
}

/** Without the byte order mark. */
export function decode(bytes: Uint8Array, encoding: string): string {
  const letters = DOS_LETTERS.get(encoding);
  if (letters !== undefined)
    return Buffer.from(bytes)
      .toString("latin1")
      .replace(/[\x80-\xff]/g, (sign) => letters[sign.charCodeAt(0) - 0x80]!);
  const text = new TextDecoder(encoding).decode(bytes);
  if (encoding !== "windows-1252") return text;
  // Node's decoder leaves these bytes as control characters.
  return text.replace(/[\x80-\x9f]/g, (sign) => WINDOWS_1252[sign.charCodeAt(0) - 0x80]!);
}

/** Bytes may end in the midst of a letter. */
export function isUtf8Part(bytes: Buffer): boolean {
  return isUtf8(bytes.subarray(0, bytes.length - openLetter(bytes)));
}

/** How many bytes at the end begin a letter that goes on. */
export function openLetter(bytes: Buffer): number {
  for (let back = 1; back <= 3; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte >= 0xc0) return back;
    if (byte < 0x80) return 0;
  }
  return 0;
}

function zerosOf(head: Buffer): { odd: number; even: number } {
  const counts = { odd: 0, even: 0 };
  for (let i = 0; i < head.length; i++) if (head[i] === 0) counts[i % 2 === 1 ? "odd" : "even"]++;
  return counts;
}
