// The characters of text that came from a model, a file, a tool, a server or confined code. Where it is read, those that
// are no text are taken out; where it is asked about, every one that cannot be seen is written out.

// Control characters, lone surrogates, direction overrides, tags, fillers: all that shows nothing, or moves what is beside
// it, but tab and newline. What emoji and some scripts are joined with stays: U+200C, U+200D, U+FE0E, U+FE0F.
const HIDDEN =
  /(?!\t|\n|\u200c|\u200d|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's sequences, "\u001b[31m", begin with one
const SEQUENCE = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]/g;
// What some reader takes for the end of a line: an editor, a browser, JavaScript (U+2028, U+2029), Python.
const LINE_END = /\r\n?|[\v\f\u0085\u2028\u2029]/g;

// Beside those: blanks that are no space, private and unassigned characters, marks without a letter or piled up.
const UNSEEN =
  /(?![\n ])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\u{16fe4}]|\p{Me}|(?<![\p{L}\p{N}\p{M}])\p{M}|(?<=\p{M}{2})\p{M}/gu;
const TAB = "    ";

/** As it is read: what is no text is gone, and each line ends with a newline. */
export function cleanText(text: string): string {
  return text.replace(LINE_END, "\n").replace(SEQUENCE, "").replace(HIDDEN, "");
}

/** As it is asked about: every character can be seen, as itself or as \u{2028}, and a line ends wherever some reader ends it. */
export function visibleText(text: string): string {
  return text
    .replace(/\r\n/g, "\n")
    .replace(/\t/g, TAB)
    .replace(UNSEEN, (character) => `${written(character)}${character.match(LINE_END) ? "\n" : ""}`);
}

/** Code that is left for the user to run: what could hide a part of it is written out, on the same line. */
export function openText(code: string): string {
  return code.replace(/\r\n/g, "\n").replace(HIDDEN, written);
}

/** One line of it: a title, a name. */
export function lineOf(text: string): string {
  return cleanText(text).replace(/\s+/g, " ").trim();
}

/** For a terminal: colours, and returns to the line's start; no title, no clipboard, no way back up. */
export function terminalText(text: string): string {
  return text.replace(NOT_FOR_TERMINALS, (found) => (found === "\r" || COLOUR.test(found) ? found : ""));
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const COLOUR = /^\u001b\[[\d;:]*m$/; // "\u001b[?4m" is none: the terminal answers it, as if it were typed
const NOT_FOR_TERMINALS = new RegExp(`${SEQUENCE.source}|${HIDDEN.source}`, "gu");

function written(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
