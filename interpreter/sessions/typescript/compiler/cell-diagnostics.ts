// What TypeScript says of a cell, at the places that the user sees.
import { relative } from "node:path";
import type { Diagnostic } from "../../session.ts";
import ts from "../typescript.cjs";

const NO_TYPES_OF_MODULE = 7016; // under noImplicitAny; in a notebook such a module is `any`
const FLAG_NEWER_THAN_TARGET = 1501; // of a regular expression; every Node that we run on knows all flags that TypeScript knows
const CELL_MODULE = /(?:typeof )?import\("[^"]*\/__cell_(?:\d+_)?_"\)\.?/g;
const CELL_TYPE = /import\("([^"]*\/__cell_(?:\d+_)?_)"\)\.(\w+)/g;

export interface Shown {
  readonly code: string; // the cell as the user wrote it
  readonly prefixLength: number; // of what was put before it
  readonly cwd: string;
}

export function isShown({ code }: ts.Diagnostic): boolean {
  return code !== NO_TYPES_OF_MODULE && code !== FLAG_NEWER_THAN_TARGET;
}

/** Of the cell's own file. What is said of our text behind it is said of its end. */
export function ofCell(diagnostics: readonly ts.Diagnostic[], { code, prefixLength }: Shown): Diagnostic[] {
  return diagnostics.map((diagnostic) => {
    const at = Math.min(Math.max(0, (diagnostic.start ?? 0) - prefixLength), code.length);
    return { message: messageOf(diagnostic), code: diagnostic.code, ...placeOf(code, at) };
  });
}

/** Of a file that the cell imports; `at` is where in the cell. */
export function ofFile(diagnostic: ts.Diagnostic, at: number, { code, cwd }: Shown): Diagnostic {
  const { file, start = 0 } = diagnostic;
  const { line, character } = file?.getLineAndCharacterOfPosition(start) ?? { line: 0, character: 0 };
  const where = file === undefined ? "" : `${relative(cwd, file.fileName)}:${line + 1}:${character + 1}: `;
  return { message: `${where}${messageOf(diagnostic)}`, code: diagnostic.code, ...placeOf(code, at) };
}

function messageOf({ messageText }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, "\n");
  const told = asWritten(text).replace(NEWER_LIBRARY, ` Node ${process.versions.node} does not have it.`);
  const notes = declaredTwice(text).map(
    (name) =>
      `${name} was declared again: what was made before has the earlier ${name}. Run the cell that made it again.`,
  );
  return [told, ...notes].join("\n");
}

/** The types that a message names of two cells: without the cells they read as one. */
function declaredTwice(text: string): string[] {
  const modules = new Map<string, string>();
  const twice = new Set<string>();
  for (const [, module = "", name = ""] of text.matchAll(CELL_TYPE)) {
    if ((modules.get(name) ?? module) !== module) twice.add(name);
    modules.set(name, module);
  }
  return [...twice];
}

/** TypeScript would have another `lib` in the options; here it is what the running Node has. */
const NEWER_LIBRARY = / Do you need to change your target library\?.*/;

/** Without the modules that earlier cells are to the compiler. */
export function asWritten(text: string): string {
  return text.replace(CELL_MODULE, "");
}

function placeOf(code: string, at: number): { line: number; column: number } {
  const before = code.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
