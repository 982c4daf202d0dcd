// Compiles a file of the folder by itself, in the session's process: its types were checked with the cell that imports it.
import { extname } from "node:path";
import ts from "../typescript.cjs";
import { readFolderOptions } from "./folder-options.ts";
import { type ModuleBody, moduleBody } from "./module-body.ts";
import { localFile } from "./notebook-program.ts";
import { syntaxErrorsOf } from "./parse-cell.ts";
import { reservedNames } from "./reserved-names.ts";

export interface LocalCode extends ModuleBody {
  readonly isCommonJs: boolean; // what it gives is its `module.exports`
}

export interface LocalCompiler {
  /** @throws SyntaxError that names the line and the column, where `name` is the file's */
  compile(path: string, text: string, name: string): LocalCode;
  /** The file that the options' `paths` lead to. */
  resolve(specifier: string, from: string): string | undefined;
}

export function createLocalCompiler(cwd: string): LocalCompiler {
  const { options } = readFolderOptions(cwd);
  const resolve = (specifier: string, from: string) =>
    localFile(specifier, () => ts.resolveModuleName(specifier, from, options, ts.sys).resolvedModule);
  return {
    resolve,
    compile(path, text, name) {
      const file = parse(path, text);
      const [error] = [...syntaxErrorsOf(file), ...reservedNames(file)];
      if (error !== undefined) {
        const { line, character } = file.getLineAndCharacterOfPosition(error.start);
        const message = ts.flattenDiagnosticMessageText(error.messageText, "\n");
        throw new SyntaxError(`${name}:${line + 1}:${character + 1}: ${message}`);
      }
      const program = programOf(file, options);
      const body = moduleBody(program, file, {
        isValue: () => true, // alone, a file does not tell types from values: what is used is looked up when it is
        isConstant: () => false,
        resolve: (specifier) => resolve(specifier, path),
      });
      const exportsEquals = file.statements.some((node) => ts.isExportAssignment(node) && node.isExportEquals);
      const imports = body.imports.map((one) => ({ ...one, names: [] }));
      return { ...body, imports, isCommonJs: !ts.isExternalModule(file) || exportsEquals };
    },
  };
}

function parse(path: string, text: string): ts.SourceFile {
  const isModule = /^\.m[jt]s$/.test(extname(path));
  return ts.createSourceFile(
    path,
    text,
    {
      languageVersion: ts.ScriptTarget.Latest,
      ...(isModule && {
        setExternalModuleIndicator: (file: ts.SourceFile) => {
          (file as { externalModuleIndicator?: unknown }).externalModuleIndicator = true;
        },
      }),
    },
    true,
  );
}

function programOf(file: ts.SourceFile, options: ts.CompilerOptions): ts.Program {
  const host: ts.CompilerHost = {
    getSourceFile: (name) => (name === file.fileName ? file : undefined),
    writeFile() {},
    getDefaultLibFileName: () => "",
    useCaseSensitiveFileNames: () => true,
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => "",
    getNewLine: () => "\n",
    fileExists: (name) => name === file.fileName,
    readFile: () => undefined,
  };
  const alone = { noLib: true, noResolve: true, types: [], declaration: false, suppressOutputPathCheck: true };
  return ts.createProgram([file.fileName], { ...options, ...alone }, host);
}
