// Text of confined code: letters, lines and colours. Other control sequences are left out: a terminal's links, titles,
// questions and cursor would be read by a terminal front end.

const MAX_CHARACTERS = 1_000_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const STRINGS = /\u001b[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)/g; // OSC, DCS, SOS, PM, APC
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const SEQUENCES = /\u001b\[([0-?]*)[ -/]*([@-~])|\u001b[^\n]?|\u009b[0-?]*[@-~]?/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f-\u009f]/g;

export function plainText(text: unknown): string {
  if (typeof text !== "string") return "";
  const short = text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)}…`;
  return short
    .replace(STRINGS, "")
    .replace(SEQUENCES, (whole, colours, end) => (end === "m" && /^[0-9;]*$/.test(colours) ? whole : ""))
    .replace(CONTROLS, "");
}

/** One line of a question: no line break, nothing that reorders or hides. */
export function questionText(text: unknown, maxLength: number): string {
  const line = plainText(text)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours, here
    .replace(/\u001b\[[0-9;]*m/g, "")
    .replace(/[\p{Cf}\p{Zl}\p{Zp}]/gu, "")
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength)}…`;
}
