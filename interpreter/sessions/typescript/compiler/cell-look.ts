// A cell as the compiler sees it after the earlier ones: its program, and what is wrong with it.
import { isBuiltin } from "node:module";
import type { Diagnostic } from "../../session.ts";
import type { CellReading } from "../cell-compiler.ts";
import { missingMembers } from "../missing-members.ts";
import ts from "../typescript.cjs";
import { isShown, ofCell, ofFile, type Shown } from "./cell-diagnostics.ts";
import { type CellText, cellText, likeNames, writtenText } from "./cell-text.ts";
import type { NotebookState } from "./notebook-names.ts";
import type { NotebookProgram } from "./notebook-program.ts";
import { holdsJsx, type ParsedCell, parseCell } from "./parse-cell.ts";

/** A comment before the first statement, as TypeScript has it for files. */
const UNCHECKED = /^(?:\s*(?:\/\/[^\n]*\n|\/\*[\s\S]*?\*\/))*?\s*(?:\/\/|\/\*)\s*@(ts-)?nocheck\b/;
const NO_SUCH_NAME = new Set([2304, 2552, 2662, 2663]);
const NO_SUCH_MODULE = 2307;
const UNFIT = new Set([2322, 2339, 2345, 2551]); // a type that cannot be assigned, a property that is not there
const CONFLICTS = new Set([2440, 2865]); // an import and a local declaration
const JSX_PRAGMA = /@jsx(?:Frag)?\s+([\w$]+)/g;

export interface CellLook {
  readonly parsed: ParsedCell;
  readonly text: CellText;
  readonly program: ts.Program;
  readonly file: ts.SourceFile;
  readonly roots: readonly string[];
  readonly implied: readonly string[];
}

export interface CellLooks {
  /** A global that the cell declares otherwise than an earlier one takes that one's place among the roots. */
  look(code: string, state: NotebookState, reading?: CellReading): CellLook;
  /** For what the names in it are, not for what is wrong with it: it may be half written. */
  read(code: string, state: NotebookState): CellLook;
  /** @param isGenerated such code is told of missing members, too */
  problems(
    code: string,
    state: NotebookState,
    look: CellLook,
    about?: { readonly isUnchecked?: boolean; readonly isGenerated?: boolean },
  ): readonly Diagnostic[];
}

export function createCellLooks(notebook: NotebookProgram, cwd: string): CellLooks {
  let wasMissing = false; // a module: it may have been installed or written since
  let cleanFiles = ""; // the versions of the local files that were last found right

  const isThere = (specifier: string) =>
    isBuiltin(specifier) || notebook.resolve(specifier, notebook.cellPath) !== undefined;

  function lookAt(
    code: string,
    state: NotebookState,
    { roots = state.roots, isRead = false, isJavaScript = false } = {},
  ): CellLook {
    if (wasMissing) notebook.forgetMissing();
    wasMissing = false;
    const parsed = parseCell(code, isThere, { isJavaScript });
    const implied = impliedNames(code, parsed, notebook.options);
    const text = (isRead ? writtenText : cellText)(parsed, state, implied);
    const program = notebook.look({ text: text.text, kind: parsed.kind, ambient: parsed.ambient, roots });
    return { parsed, text, program, file: program.getSourceFile(notebook.cellPath)!, roots, implied }; // it is a root
  }

  function problems(
    code: string,
    state: NotebookState,
    { parsed, text, program, file, roots }: CellLook,
    { isUnchecked = false, isGenerated = false } = {},
  ) {
    const shown: Shown = { code, prefixLength: parsed.prefix.length, cwd };
    if (parsed.syntaxErrors.length > 0) return ofCell(parsed.syntaxErrors, shown);
    if (isUnchecked || parsed.kind === ts.ScriptKind.JS || UNCHECKED.test(code)) return []; // V8 tells what it finds
    const own = program.getSemanticDiagnostics(file).filter((one) => isShown(one) && !isOfBoth(one, text.ownEnd));
    const found = confirmed(own, program, file);
    if (found.length === 0) {
      const missing = isGenerated ? missingMembers(ts, program, file) : [];
      return [...ofCell(missing, shown), ...ofLocalFiles(program, file, text.ownEnd, shown)];
    }
    const isMissing = found.some((diagnostic) => NO_SUCH_NAME.has(diagnostic.code)) && state.names.size > 0;
    const told = isMissing ? diagnosticsOf(likeNames(state, text, parsed), parsed, roots) : found;
    return [...ofCell(told, shown), ...ofCell(notebook.folder.problems, shown)];
  }

  /** Of what strict types would not find: without them `!r.ok` tells nothing about `{ ok: true } | { ok: false }`. */
  function confirmed(
    found: readonly ts.Diagnostic[],
    program: ts.Program,
    { fileName }: ts.SourceFile,
  ): readonly ts.Diagnostic[] {
    const { strict, strictNullChecks = strict } = notebook.options;
    if (strictNullChecks === true || !found.some(isOfUnion)) return found;
    const strictly = notebook.strictly(program);
    const wrong = strictly.getSemanticDiagnostics(strictly.getSourceFile(fileName)).map(({ start }) => start);
    return found.filter((one) => !isOfUnion(one) || wrong.includes(one.start));
  }

  function diagnosticsOf(
    text: string,
    { kind, ambient }: ParsedCell,
    roots: readonly string[],
  ): readonly ts.Diagnostic[] {
    const program = notebook.look({ text, kind, ambient, roots });
    return program.getSemanticDiagnostics(program.getSourceFile(notebook.cellPath)).filter(isShown);
  }

  /** Of the files of the folder that the cell imports, and those that they import. */
  function ofLocalFiles(program: ts.Program, cell: ts.SourceFile, ownEnd: number, shown: Shown): Diagnostic[] {
    const files = localFiles(program, cell, ownEnd);
    const versions = [...files.keys()].map(({ fileName }) => `${fileName}@${notebook.version(fileName)}`).join();
    if (versions === cleanFiles) return [];
    const found = [...files].flatMap(([file, at]) => {
      const semantic = confirmed(program.getSemanticDiagnostics(file), program, file);
      const own = [...program.getSyntacticDiagnostics(file), ...semantic].filter(isShown);
      noteMissing(own);
      return own.map((diagnostic) => ofFile(diagnostic, at, shown));
    });
    if (found.length === 0) cleanFiles = versions;
    return found;
  }

  function noteMissing(found: readonly ts.Diagnostic[]): void {
    wasMissing ||= found.some(({ code }) => code === NO_SUCH_MODULE);
  }

  /** Each with the place in the cell that leads to it. */
  function localFiles(program: ts.Program, cell: ts.SourceFile, ownEnd: number): Map<ts.SourceFile, number> {
    const found = new Map<ts.SourceFile, number>();
    const add = (from: ts.SourceFile, at?: number) => {
      for (const specifier of importsOf(from)) {
        if (from === cell && specifier.end > ownEnd) continue;
        const path = notebook.resolve(specifier.text, from.fileName)?.resolvedFileName;
        const file = path === undefined ? undefined : program.getSourceFile(path);
        if (file === undefined || found.has(file) || !notebook.isLocal(file)) continue;
        found.set(file, at ?? specifier.getStart(cell));
        add(file, found.get(file));
      }
    };
    add(cell);
    return found;
  }

  return {
    look(code, state, { isJavaScript = false } = {}) {
      const first = lookAt(code, state, { isJavaScript });
      if (first.parsed.syntaxErrors.length > 0) return first;
      const found = first.program.getSemanticDiagnostics(first.file);
      noteMissing(found);
      wasMissing ||= importsOf(first.file).some(({ text }) => !isThere(text)); // of which JavaScript tells nothing
      const inTheWay = new Set(found.flatMap(relatedFiles));
      const roots = state.roots.filter((root) => !inTheWay.has(root));
      return roots.length < state.roots.length ? lookAt(code, state, { roots, isJavaScript }) : first;
    },
    read: (code, state) => lookAt(code, state, { isRead: true }),
    problems,
  };
}

/** Of our import of a name beside the cell's own: it is there for what that one does not mean (notebook-names.ts). */
function isOfBoth({ code, start = 0 }: ts.Diagnostic, ownEnd: number): boolean {
  return start >= ownEnd && CONFLICTS.has(code);
}

/** A message that says which member of a union it is about. */
function isOfUnion({ code, messageText }: ts.Diagnostic): boolean {
  return UNFIT.has(code) && typeof messageText !== "string";
}

function relatedFiles({ relatedInformation = [] }: ts.Diagnostic): string[] {
  return relatedInformation.flatMap(({ file }) => (file === undefined ? [] : [file.fileName]));
}

function importsOf(file: ts.SourceFile): readonly ts.StringLiteralLike[] {
  return (file as { readonly imports?: readonly ts.StringLiteralLike[] }).imports ?? []; // not typed
}

/** JSX's factories, which no identifier of the cell names; the classes of decorators' metadata, which only types name. */
function impliedNames(code: string, { file, mentioned }: ParsedCell, options: ts.CompilerOptions): string[] {
  const ofTypes = options.emitDecoratorMetadata === true ? [...mentioned] : [];
  if (!holdsJsx(file)) return ofTypes;
  const { jsxFactory = options.reactNamespace ?? "React", jsxFragmentFactory = "React" } = options;
  const pragmas = [...code.matchAll(JSX_PRAGMA)].map(([, name = ""]) => name);
  return [...ofTypes, ...pragmas, jsxFactory.split(".")[0] ?? "", jsxFragmentFactory.split(".")[0] ?? ""];
}
