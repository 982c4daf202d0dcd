// The compiler of cells, on TypeScript's own language service: runs in a process of its own (serve-compiler.ts), synchronously.
// docs/decisions/0024-compiler.md says why it is as it is.
import { join } from "node:path";
import type { Completion, Diagnostic, FunctionSchema } from "../../session.ts";
import type { CellReading, CompileResult, DeclaredVariable } from "../cell-compiler.ts";
import type { Compiler } from "../compiler-messages.ts";
import { functionSchema } from "../function-schema.ts";
import { isComplete } from "../is-complete.ts";
import ts from "../typescript.cjs";
import { type CellLook, type CellLooks, createCellLooks } from "./cell-look.ts";
import { narrowedNames } from "./cell-text.ts";
import { completeCell, wordAt } from "./complete-cell.ts";
import { importedValues } from "./imported-values.ts";
import { inspectCell } from "./inspect-cell.ts";
import { type ModuleBody, moduleBody } from "./module-body.ts";
import { importIdentifiers } from "./module-imports.ts";
import { type NotebookName, type NotebookState, type NotebookStep, withMeantBeside } from "./notebook-names.ts";
import { createNotebookProgram, type NotebookProgram } from "./notebook-program.ts";
import { createNotebookStates } from "./notebook-states.ts";
import { readsAhead } from "./read-ahead.ts";
import { shownTypes } from "./shown-types.ts";
import { withValueShown } from "./silencing.ts";

const EXTENSIONS = { [ts.ScriptKind.TS]: ".ts", [ts.ScriptKind.TSX]: ".tsx", [ts.ScriptKind.JS]: ".js" } as const;

interface Opened {
  readonly notebook: NotebookProgram;
  readonly looks: CellLooks;
  readonly readAhead: () => boolean;
}

export function createCompiler(cwd: string, remembered: readonly NotebookStep[]): Compiler {
  const states = createNotebookStates(remembered);
  let opened: Opened | undefined;

  function open(): Opened {
    const notebook = createNotebookProgram(cwd);
    for (const { path, text } of states.files()) notebook.addFile(path, text);
    return { notebook, looks: createCellLooks(notebook, cwd), readAhead: readsAhead(notebook, cwd) };
  }

  /** An exception in the language service may leave it half changed, and the folder's options may have been edited. */
  function use<T>(body: (opened: Opened) => T): T {
    if (opened?.notebook.isOutdated()) opened = undefined;
    opened ??= open();
    try {
      return body(opened);
    } catch (error) {
      opened = undefined;
      throw error;
    }
  }

  function compile(code: string, declarations: string, reading: CellReading = {}): CompileResult {
    return use(({ notebook, looks }) => {
      const state = states.at(declarations);
      const look = looks.look(code, state, reading);
      const diagnostics = looks.problems(code, state, look, reading);
      if (diagnostics.length > 0) return { ok: false, diagnostics };
      const body = bodyOf(notebook, look, reading);
      const step = states.add(stepOf({ cwd, before: declarations, state, look, body, index: states.nextIndex() }));
      for (const { path, text } of step.files) notebook.addFile(path, text);
      const { code: text, imports, sourceMap } = body;
      const cell = { code: text, imports, sourceMaps: [sourceMap], lineOffset: 0 };
      return { ok: true, cell, declarations: step.key };
    });
  }

  return {
    warmUp: () => void compile("1", ""),
    readAhead: () => use(({ readAhead }) => readAhead()),
    compile,
    check: (code: string, declarations: string): readonly Diagnostic[] =>
      use(({ looks }) => {
        const state = states.at(declarations);
        return looks.problems(code, state, looks.look(code, state), { isGenerated: true });
      }),
    complete: (code: string, offset: number, declarations: string): Completion =>
      use(({ notebook, looks }) => {
        const state = states.at(declarations);
        return completeCell(notebook, looks.read(code, state), code, offset, state);
      }),
    inspect: (code: string, offset: number, declarations: string) =>
      use(({ notebook, looks }) => {
        const state = states.at(declarations);
        const found = inspectCell(notebook, looks.read(code, state), offset);
        if (found !== undefined) return found;
        const name = wordAt(code, offset); // of a type, where a value should stand: it is looked up all the same
        const isType = state.names.get(name.text)?.value === "none";
        const typed = `type __ = ${name.text}`;
        return isType ? inspectCell(notebook, looks.read(typed, state), typed.length) : undefined;
      }),
    isComplete,
    withValueShown,
    functionSchema(name: string, declarations: string): FunctionSchema | { readonly problem: string } {
      return use(({ notebook, looks }) => {
        const { program, file, text } = looks.read(`${name};`, states.at(declarations));
        const checker = notebook.strictly(program).getTypeChecker();
        const statement = file.statements.find((one) => one.getStart(file) >= text.ownStart);
        const isName = statement && ts.isExpressionStatement(statement) && ts.isIdentifier(statement.expression);
        const symbol = isName ? checker.getSymbolAtLocation(statement.expression) : undefined;
        const isAlias = ((symbol?.flags ?? 0) & ts.SymbolFlags.Alias) !== 0;
        return functionSchema(name, symbol && isAlias ? checker.getAliasedSymbol(symbol) : undefined, checker);
      });
    },
    declaredVariables: (declarations: string): readonly DeclaredVariable[] =>
      [...states.at(declarations).names].flatMap(([name, { listed }]) =>
        listed === undefined ? [] : [{ name, type: listed }],
      ),
    withoutNames: (declarations: string, before: string, names: readonly string[]): string =>
      states.restore(declarations, before, names),
    forgetPackages(): void {
      opened = undefined;
    },
    takeRemembered: states.takeNew,
  };
}

function bodyOf(
  notebook: NotebookProgram,
  { program, file, text, implied }: CellLook,
  { showsAlways = false }: CellReading,
): ModuleBody {
  const isOurs = (node: ts.Node) => node.getSourceFile() === file && node.end > text.ownEnd;
  const hasValue = (name: string) => (text.earlier.get(name)?.value ?? "none") !== "none";
  return moduleBody(program, file, {
    cell: {
      ownEnd: text.ownEnd,
      showsAlways,
      implied: [...new Set(implied)].filter(hasValue),
      isEarlier: (name, symbol) => hasValue(name) && (symbol?.declarations?.some(isOurs) ?? false),
    },
    ...importedValues(program.getTypeChecker()),
    resolve: (specifier) => notebook.localFile(specifier, notebook.cellPath),
  });
}

interface StepParts {
  readonly cwd: string;
  readonly before: string;
  readonly state: NotebookState;
  readonly look: CellLook;
  readonly body: ModuleBody;
  readonly index: number;
}

/** The cell becomes a module that later cells import: a declaration file where one can say all types, else its source. */
function stepOf({ cwd, before, state, look, body, index }: StepParts): NotebookStep {
  const { parsed, text, program, file } = look;
  const checker = program.getTypeChecker();
  const narrowed = new Set(narrowedNames(checker, file, text.ownEnd));
  const isSource = body.declarations === undefined || narrowed.size > 0;
  const extension = isSource ? EXTENSIONS[parsed.kind] : ".d.ts";
  const module = `./__cell_${index}__`;
  const path = join(cwd, `__cell_${index}__${extension}`);
  const isNeeded = parsed.declared.names.size > 0 || narrowed.size > 0 || parsed.isGlobal;
  const ambientPath = join(cwd, `__ambient_${index}__.d.ts`);
  const { names } = parsed.declared;
  const own = ownNames(look, module).map(
    ([name, entry]) => [name, withMeantBeside(names.get(name)!, entry, state.names.get(name))] as const, // it is one of them
  );
  const changed = [...text.earlier].filter(([name]) => narrowed.has(name) && !names.has(name));
  const dropped = state.roots.filter((root) => !look.roots.includes(root));
  return {
    key: String(index),
    before,
    files: [
      ...(isNeeded ? [{ path, text: isSource ? text.text : body.declarations! }] : []), // not source: it has them
      ...(parsed.ambient === undefined ? [] : [{ path: ambientPath, text: parsed.ambient }]),
    ],
    names: [...own, ...changed].map(([name, entry]) => [
      name,
      narrowed.has(name) ? { ...entry, narrowed: module } : entry,
    ]),
    removed: [],
    roots: [...(parsed.isGlobal ? [path] : []), ...(parsed.ambient === undefined ? [] : [ambientPath])],
    dropped,
  };
}

function ownNames({ parsed, program, file, text }: CellLook, module: string): (readonly [string, NotebookName])[] {
  const types = shownTypes(program.getTypeChecker(), file);
  const { isValue, isConstant } = importedValues(program.getTypeChecker());
  const identifiers = importIdentifiers(file.statements.filter(({ end }) => end <= text.ownEnd));
  return [...parsed.declared.names].map(([name, { declaredBy, value, isImported }]) => {
    const identifier = identifiers.get(name);
    if (isImported && identifier) {
      const imported = isValue(identifier) ? (isConstant(identifier) ? "constant" : "variable") : "none";
      return [name, { module, declaredBy, value: imported }];
    }
    const listed = value === "none" ? undefined : types.get(name);
    return [name, { module, declaredBy, value, ...(listed !== undefined && { listed }) }];
  });
}
