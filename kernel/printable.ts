/**
 * Text from a file that somebody else wrote, for the eyes of the user: control, invisible and bidirectional characters
 * and unusual spaces are shown as escapes, so that what is read is what is there.
 */
export function printable(text: string): string {
  return text.replace(HIDDEN, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** U+2800 is a blank that counts as a symbol. */
const HIDDEN = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Z}/gu;

/** In quotes, so that its ends and its spaces are seen: "a b", "line\nbreak". */
export function quoted(text: string): string {
  return printable(JSON.stringify(text));
}
