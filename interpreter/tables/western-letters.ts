// Bytes above 127 in texts of Western Europe: those of DOS and of the old Mac, which TextDecoder knows in part, and where
// such letters stand. A detector by frequencies needs more text than a table has.

const CP850 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0";
const CP437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

/** Their letters from 0x80 on, by the name of the encoding. */
export const DOS_LETTERS: ReadonlyMap<string, string> = new Map([
  ["cp850", CP850],
  ["cp437", CP437],
]);

const MIN_FIT = 0.9; // of the letters stand where such letters do
const MAX_OTHER_FIT = 0.5; // in windows-1252, which is by far the most frequent
const COMMON = /[éèêàâçñáóíúãõäöüßåøæÄÖÜÉÅØÆÁÇÑ]/g; // the others, as û and ù, are seldom: of two readings the one with these is right

type Decode = (bytes: Buffer, encoding: string) => string;

/** @returns the encoding in which the bytes are words, where they are none in windows-1252 */
export function oldWesternEncoding(bytes: Buffer, decode: Decode): string | undefined {
  if (fitOf(decode(bytes, "windows-1252")) > MAX_OTHER_FIT) return undefined;
  const fitting = ["cp850", "cp437", "macintosh"].flatMap((encoding) => {
    const text = decode(bytes, encoding);
    return fitOf(text) < MIN_FIT ? [] : [{ encoding, common: text.match(COMMON)?.length ?? 0 }];
  });
  const best = fitting.sort((a, b) => b.common - a.common)[0];
  return best?.encoding;
}

/** The share of a text's signs above 127 that stand where they do in words and sentences. */
function fitOf(text: string): number {
  let all = 0;
  let fitting = 0;
  for (const { 0: sign, index } of text.matchAll(/[^\p{ASCII}]/gu)) {
    all++;
    if (isFitting(sign, text[index - 1] ?? " ", text[index + 1] ?? " ")) fitting++;
  }
  return all === 0 ? 1 : fitting / all;
}

/** A letter stands in a word of its case, beside one of ASCII: in another alphabet there is none. */
function isFitting(sign: string, before: string, after: string): boolean {
  const isLetter = (one: string) => /\p{L}/u.test(one);
  if (isLetter(sign)) {
    const isWestern = /[\u00c0-\u00ffœŒšŠžŽŸ]/.test(sign) && /[a-zA-Z]/.test(before + after);
    const isLower = /\p{Ll}/u.test(sign);
    if (isLower) return isWestern && !/\p{Lu}/u.test(after);
    return isWestern && (isLetter(before) ? /\p{Lu}/u.test(before) && !/\p{Ll}/u.test(after) : isLetter(after));
  }
  if (sign === "’") return isLetter(before);
  return /[€£°§«»“”„–—…½²³µ®©·\u00a0¿¡]/.test(sign) && !(isLetter(before) && isLetter(after));
}
