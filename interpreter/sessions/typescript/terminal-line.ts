// A terminal moves its cursor within a line and clears parts of it; an output area of a notebook knows "\r" alone. The
// sequences for the rest become what looks the same there: the line written anew, and spaces.

// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what is looked for
const SEQUENCE = /\u001b\[(\d*)([CDGJK])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no place in a line
const COLOUR = /\u001b\[[\d;]*m/g;
const MAX_LINE_CHARACTERS = 1_000; // of a longer line the rest is not written anew

/** Rewrites what is written to one stream, in its order. */
export function createTerminalLine(): (text: string) => string {
  let line = ""; // as it stands on the screen
  let column = 0;

  function follow(text: string): string {
    const lineStart = text.lastIndexOf("\n") + 1;
    if (lineStart > 0) [line, column] = ["", 0];
    if (lineStart < text.length) followLine(text.slice(lineStart));
    return text;
  }

  function followLine(text: string): void {
    for (const [index, part] of text.replace(COLOUR, "").split("\r").entries()) {
      if (index > 0) column = 0;
      if (column >= MAX_LINE_CHARACTERS) continue;
      const written = line.slice(0, column).padEnd(column) + part + line.slice(column + part.length);
      line = written.slice(0, MAX_LINE_CHARACTERS);
      column = Math.min(column + part.length, MAX_LINE_CHARACTERS);
    }
  }

  function moveTo(wanted: number): string {
    const to = Math.min(Math.max(0, wanted), MAX_LINE_CHARACTERS);
    return follow(`\r${line.slice(0, to).padEnd(to)}`);
  }

  function clear(from: number, to: number): string {
    if (line.slice(from, to).trim() === "") return ""; // nothing stands there
    const [before, old] = [column, line];
    line = (old.slice(0, from) + " ".repeat(Math.max(0, to - from)) + old.slice(to)).trimEnd();
    const written = follow(`\r${line.padEnd(old.length)}`) + moveTo(before);
    line = line.trimEnd();
    return written;
  }

  function act(parameter: string, command: string): string {
    const count = parameter === "" ? 1 : Number(parameter);
    if (command === "G") return moveTo(count - 1);
    if (command === "C") return moveTo(column + count);
    if (command === "D") return moveTo(column - count);
    if (parameter === "1") return clear(0, column);
    return clear(parameter === "2" ? 0 : column, line.length);
  }

  return (text) => {
    let written = "";
    let at = 0;
    for (const { 0: sequence, 1: parameter = "", 2: command = "", index } of text.matchAll(SEQUENCE)) {
      written += follow(text.slice(at, index)) + act(parameter, command);
      at = index + sequence.length;
    }
    return written + follow(text.slice(at));
  };
}
