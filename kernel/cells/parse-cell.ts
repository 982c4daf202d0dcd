// Which lines of a cell are magics and which are code.

export interface MagicCall {
  readonly kind: "line" | "cell";
  readonly name: string; // without % or %%
  readonly args: string; // the rest of its line
  readonly text: string; // below a cell magic
}

export type ParsedCell =
  | { readonly kind: "question"; readonly about: string } // `name?`: a name of the notebook, or a magic with its %
  | { readonly kind: "magic"; readonly magic: MagicCall } // a %%cell
  | CodeCell;

/** TypeScript, unless %mode says otherwise and no %% line says how its code is to be run. */
export interface CodeCell {
  readonly kind: "code";
  readonly magics: readonly MagicCall[];
  readonly code: string;
  readonly as?: CodeMagic;
}

/** The %% lines that are followed by code: its lines keep their numbers and offsets. */
export const CODE_MAGICS = ["ts", "typescript", "js", "javascript", "time"] as const;
export type CodeMagic = (typeof CODE_MAGICS)[number];

const QUESTION = /^\s*(?:\?{1,2}\s*(%{0,2}[\w$.]+)|(%{0,2}[\w$.]+)\s*\?{1,2})\s*;?\s*$/;
const MAGIC_LINE = /^\s*(%%?)([\w-]*)[^\S\n]*([^\n]*)$/; // ends in \r where the file's lines do

const ASKING = ["agent", "chat"];
const OTHER_MODEL = /(^|\s)--model\b/;

/**
 * A cell whose first line begins with %% is that magic's, wholly. Else the lines at its top that begin with % are
 * magics, and the rest is TypeScript, whose lines keep their numbers and offsets: magics become blanks. So do CODE_MAGICS.
 */
export function parseCell(source: string): ParsedCell {
  const question = QUESTION.exec(source);
  if (question) return { kind: "question", about: (question[1] ?? question[2])! };

  const lines = source.split("\n");
  const top = lines.findIndex((line) => line.trim() !== "");
  const first = readMagic(lines[top] ?? "");
  const as = first?.kind === "cell" && first.args === "" && CODE_MAGICS.find((name) => name === first.name);
  if (as) {
    const code = lines.map((line, i) => (i <= top ? " ".repeat(line.length) : line)).join("\n");
    return { kind: "code", magics: [], code, as };
  }
  if (first?.kind === "cell") {
    return { kind: "magic", magic: { ...first, text: unixLines(lines.slice(top + 1).join("\n")) } };
  }
  const magics: MagicCall[] = [];
  const code = lines.slice();
  for (const [i, line] of lines.entries()) {
    const magic = readMagic(line);
    if (magic) {
      magics.push(magic);
      code[i] = " ".repeat(line.length);
    } else if (line.trim() !== "") break;
  }
  return { kind: "code", magics, code: code.join("\n") };
}

/** Whether a magic asks the model that the settings name, as far as its cell tells. */
export function asksModel({ kind, name, args, text }: MagicCall): boolean {
  return kind === "cell" && ASKING.includes(name) && !OTHER_MODEL.test(args) && `${args}${text}`.trim() !== "";
}

function readMagic(line: string): MagicCall | undefined {
  const [, sign, name, args] = MAGIC_LINE.exec(line) ?? [];
  if (sign === undefined || name === undefined || args === undefined) return undefined;
  return { kind: sign === "%%" ? "cell" : "line", name, args: args.trimEnd(), text: "" };
}

/** A query, a prompt, Python: nobody reads them by the offsets of the cell. */
function unixLines(text: string): string {
  return text.replaceAll("\r\n", "\n");
}
