// The second compiler of cells, on tslab's converter: runs in a process of its own (serve-compiler.ts), synchronously. `declarations` is a .d.ts text.
import { join } from "node:path";
import type { Completion, Diagnostic, FunctionSchema } from "../../session.ts";
import type { CellReading, CompiledCell, CompileResult, DeclaredVariable } from "../cell-compiler.ts";
import { withValueShown } from "../compiler/silencing.ts";
import type { Compiler } from "../compiler-messages.ts";
import { isComplete } from "../is-complete.ts";
import {
  type Converter,
  type ConverterDiagnostic,
  createConverter,
  FIRST_SEMANTIC_CODE,
  typescript,
} from "./converter.ts";
import { declaredFunction } from "./declared-function.ts";
import { declaredVariables } from "./declared-variables.ts";
import type { EmittedScript } from "./emit-script.ts";

const MAX_MATCHES = 500; // a front end shows a screenful; the globals alone are over 1,000
const CANNOT_FIND_MODULE = 2307;

export function createCompiler(cwd: string): Compiler {
  let converter: Converter | undefined;

  function withConverter<T>(use: (converter: Converter) => T): T {
    converter ??= createConverter(cwd);
    try {
      return use(converter);
    } catch (error) {
      converter = undefined; // tslab #97: one exception poisons the instance
      throw error;
    }
  }

  function convert(code: string, declarations: string, about: Parameters<Converter["convert"]>[2] = {}) {
    const conversion = withConverter((c) => c.convert(declarations, code, about));
    const appeared = conversion.diagnostics.some(
      ({ code: number, start }) => number === CANNOT_FIND_MODULE && isThere(code, start),
    );
    if (!appeared) return conversion;
    converter = undefined; // it remembers what was not there; the file or package is there by now
    return withConverter((c) => c.convert(declarations, code, about));
  }

  /** Whether the module that is named at `start` can be found now. */
  function isThere(code: string, { line, character }: { line: number; character: number }): boolean {
    const specifier = /^["'`](.+?)["'`]/.exec(code.split("\n")[line]?.slice(character) ?? "")?.[1];
    if (specifier === undefined) return false;
    const { resolvedModule } = typescript.resolveModuleName(
      specifier,
      join(cwd, "__tslab__.ts"),
      { moduleResolution: typescript.ModuleResolutionKind.Bundler },
      typescript.sys,
    );
    return resolvedModule !== undefined;
  }

  return {
    warmUp() {
      withConverter((c) => c.convert("", "1"));
    },
    compile(code: string, declarations: string, reading: CellReading = {}): CompileResult {
      const isUnchecked = reading.isUnchecked === true || reading.isJavaScript === true;
      const conversion = convert(code, declarations, { isUnchecked });
      const { diagnostics, declOutput, lastExpressionVar, emitted } = conversion;
      if (diagnostics.length > 0) return { ok: false, diagnostics: readable(diagnostics, code) };
      const isShown = reading.showsAlways === true || withValueShown(code) === code;
      const cell = compiledCell(emitted, lastExpressionVar, isShown);
      return { ok: true, cell, declarations: declOutput ?? "" };
    },
    check: (code: string, declarations: string): readonly Diagnostic[] =>
      readable(convert(code, declarations, { isGenerated: true }).diagnostics, code),
    complete(code: string, offset: number, declarations: string): Completion {
      const { start, end, candidates, original } = withConverter((c) => c.complete(declarations, code, offset));
      const matches = matching(candidates, code.slice(start, offset)).slice(0, MAX_MATCHES);
      const kinds = new Map(original?.entries.map(({ name, kind }) => [name, String(kind)]));
      return { matches, types: matches.map((name) => kinds.get(name) ?? ""), start, end };
    },
    inspect(code: string, offset: number, declarations: string) {
      const info = withConverter(
        (c) =>
          c.inspect(declarations, code, offset) ?? (offset > 0 ? c.inspect(declarations, code, offset - 1) : undefined),
      );
      if (info === undefined) return undefined;
      const type = typescript.displayPartsToString(info.displayParts ?? []);
      const text = typescript.displayPartsToString(info.documentation ?? []);
      const tags = (info.tags ?? []).map(({ name, text }) => `@${name} ${typescript.displayPartsToString(text ?? [])}`);
      const about = [text, ...tags].filter((part) => part !== "").join("\n\n");
      return {
        plain: about === "" ? type : `${type}\n\n${about}`,
        markdown: `\`\`\`typescript\n${type}\n\`\`\`${about === "" ? "" : `\n\n${about}`}`,
      };
    },
    isComplete,
    withValueShown,
    functionSchema(name: string, declarations: string): FunctionSchema | { readonly problem: string } {
      return declaredFunction(name, declarations, cwd);
    },
    declaredVariables: (declarations: string): readonly DeclaredVariable[] => declaredVariables(declarations),
    withoutNames: (declarations: string): string => declarations, // what a failed cell would have declared stays known
    forgetPackages(): void {
      converter = undefined;
    },
    takeRemembered: () => [], // declarations hold all
  };
}

/** What begins with the typed text; else what does in another case; else what the compiler proposed. */
function matching(candidates: readonly string[], typed: string): readonly string[] {
  const exact = candidates.filter((name) => name.startsWith(typed));
  if (exact.length > 0) return exact;
  const folded = candidates.filter((name) => name.toLowerCase().startsWith(typed.toLowerCase()));
  return folded.length > 0 ? folded : candidates;
}

/** Syntax first: what the checker says of a text that it could not read is noise. All within the cell's own lines. */
function readable(diagnostics: readonly ConverterDiagnostic[], code: string): Diagnostic[] {
  const syntax = diagnostics.filter(({ code: number }) => number < FIRST_SEMANTIC_CODE);
  const lines = code.split("\n");
  return mergeChains(syntax.length > 0 ? syntax : diagnostics).map((diagnostic) =>
    diagnostic.line <= lines.length
      ? diagnostic
      : { ...diagnostic, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 },
  );
}

/** tslab gives each line of a chained message as a diagnostic of its own, all at one place. */
function mergeChains(diagnostics: readonly ConverterDiagnostic[]): Diagnostic[] {
  const merged: Diagnostic[] = [];
  for (const { start, messageText, code, fileName } of diagnostics) {
    const line = start.line + 1;
    const column = start.character + 1;
    const message = fileName === undefined ? messageText : `${fileName}: ${messageText}`;
    const last = merged.at(-1);
    if (last?.line === line && last.column === column) {
      merged[merged.length - 1] = { ...last, message: `${last.message}\n  ${message}` };
    } else {
      merged.push({ message, code, line, column });
    }
  }
  return merged;
}

const PREFIX_LINES = 1; // the converter puts a line of its own before the cell
// TypeScript empties all exports first; without this line a cell that fails early leaves older variables as they were.
const EMPTIED_EXPORTS = /^exports\.[^;\n]* = void 0;$/m;

/** The converter's CommonJS as a function of a ModuleScope: see commonjs-scope.ts. */
function compiledCell(
  emitted: EmittedScript | undefined,
  lastExpression: string | undefined,
  isShown: boolean,
): CompiledCell {
  const { code, imports, sourceMaps } = emitted ?? { code: "", imports: [], sourceMaps: [] };
  const head = `const { exports, require } = scope.commonJs(${JSON.stringify(imports)});`;
  const last = `exports.${lastExpression}`;
  const shown = isShown ? `const shown = [${last}]; delete ${last}; return shown;` : `delete ${last};`;
  const end = lastExpression === undefined ? "" : `{ ${shown} }`;
  return {
    code: `(async function (scope) { ${head} ${code.replace(EMPTIED_EXPORTS, "")}\n${end} })`,
    imports: imports.map((specifier) => ({ specifier, names: [] })),
    sourceMaps,
    lineOffset: PREFIX_LINES,
  };
}
