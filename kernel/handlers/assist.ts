import { completeQuery } from "../../interpreter/cells.ts";
import type { Completion, PythonSession, TypeScriptSession } from "../../interpreter/index.ts";
import type { CellMode } from "../cells/cell-mode.ts";
import { type ParsedCell, parseCell } from "../cells/parse-cell.ts";
import { signed } from "../magics/find-magic.ts";
import { magicHelp } from "../magics/help.ts";
import type { Magic } from "../magics/magic.ts";
import type { Completer } from "./complete.ts";
import type { Inspector } from "./inspect.ts";
import type { CompletenessChecker } from "./is-complete.ts";

type Language = Pick<TypeScriptSession, "complete" | "inspect" | "isComplete" | "tables">;

export type Assist = Completer & Inspector & CompletenessChecker;

const UNKNOWN = "any"; // what the compiler says of a name that there is not; of a variable it says "let x: any"

interface Magics {
  readonly all: readonly Magic[];
  readonly python: Pick<PythonSession, "complete">;
}

/** Help while a cell is written: the magics' own on their lines, the compiler's in TypeScript. */
export function createAssist(session: Language, magics: () => Promise<Magics>, mode: CellMode): Assist {
  /** Text for the model: the compiler has nothing to say of it. */
  const isPrompt = (cell: ParsedCell) =>
    mode.current !== "code" && cell.kind === "code" && !cell.as && cell.code.trim() !== "";
  return {
    async complete(code, offset) {
      const line = lineAt(code, offset);
      const cell = parseCell(code);
      if (isMagicLine(code, line))
        return completeMagic(code.slice(line.start, offset), line.start, (await magics()).all);
      if (cell.kind === "magic" && cell.magic.name === "python") {
        const start = code.indexOf("\n", code.indexOf("%%python")) + 1;
        const { python } = await magics();
        const { start: from, end, ...found } = await python.complete(code.slice(start), offset - start);
        return { ...found, start: start + from, end: start + end };
      }
      if (cell.kind === "magic" && cell.magic.name === "sql")
        return completeQuery(code, offset, await session.tables());
      if (cell.kind === "magic" || isPrompt(cell)) return { matches: [], types: [], start: offset, end: offset };
      return session.complete(cell.kind === "code" ? cell.code : code, offset);
    },

    async inspect(code, offset) {
      const line = lineAt(code, offset);
      if (isMagicLine(code, line)) return inspectMagic(line.text, (await magics()).all);
      const cell = parseCell(code);
      if (cell.kind === "question" && cell.about.startsWith("%")) return inspectMagic(cell.about, (await magics()).all);
      if (cell.kind === "magic" || isPrompt(cell)) return undefined;
      const found = await session.inspect(cell.kind === "code" ? cell.code : code, offset);
      return found?.plain === UNKNOWN ? undefined : found;
    },

    async isComplete(code) {
      const cell = parseCell(code);
      if (cell.kind === "question" || isPrompt(cell)) return { status: "complete", indent: "" };
      if (cell.kind === "code") return session.isComplete(cell.code);
      // In a console a magic's text ends with a blank line.
      const isClosed = cell.magic.text.trim() !== "" && /\n[^\S\n]*$/.test(code);
      return { status: isClosed ? "complete" : "incomplete", indent: "" };
    },
  };
}

interface Line {
  readonly start: number; // UTF-16 offset
  readonly text: string;
}

function lineAt(code: string, offset: number): Line {
  const start = code.lastIndexOf("\n", offset - 1) + 1;
  const end = code.indexOf("\n", offset);
  return { start, text: code.slice(start, end < 0 ? code.length : end) };
}

/** Whether the line is a magic's: begins with %, and only magics stand above it. */
function isMagicLine(code: string, { start, text }: Line): boolean {
  if (!text.trimStart().startsWith("%")) return false;
  const above = parseCell(code.slice(0, start));
  return above.kind === "code" && above.code.trim() === "";
}

function completeMagic(before: string, lineStart: number, magics: readonly Magic[]): Completion {
  const word = /\S*$/.exec(before)![0];
  const [name = ""] = before.trim().split(/\s+/);
  const range = { start: lineStart + before.length - word.length, end: lineStart + before.length };
  const isName = before.trimStart() === word;
  const magic = magics.find((one) => signed(one) === name);
  const words = isName ? magics.map(signed) : optionsOf(magic?.usage ?? "");
  const matches = words.filter((candidate) => candidate.startsWith(word));
  return { matches, types: matches.map(() => (isName ? "magic" : "keyword")), ...range };
}

/** The words of a usage line that are written as they stand: `--out`, and those of `[ask|auto]`. */
function optionsOf(usage: string): string[] {
  const options = usage.match(/--[\w-]+/g) ?? [];
  const choices = [...usage.matchAll(/\[([\w|]+\|[\w|]+)\]/g)].flatMap(([, group]) => group!.split("|"));
  return [...options, ...choices.filter((choice) => choice !== choice.toUpperCase())];
}

function inspectMagic(line: string, magics: readonly Magic[]) {
  const [written, name] = /%+([\w-]*)/.exec(line) ?? [];
  const magic = magics.find((one) => signed(one) === written) ?? magics.find((one) => one.name === name);
  return magic && { plain: magicHelp(magic), markdown: `\`${magic.usage}\`\n\n${magic.help}` };
}
