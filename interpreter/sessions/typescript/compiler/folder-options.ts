// The options that cells are compiled with: those of the folder's tsconfig.json, as far as a notebook leaves a choice.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "../typescript.cjs";
import { NODE_LIBRARIES } from "./libraries.ts";

export interface FolderOptions {
  readonly options: ts.CompilerOptions;
  readonly files: readonly string[]; // the configuration was read from these
  readonly problems: readonly ts.Diagnostic[]; // of the configuration
}

const HERE = dirname(dirname(fileURLToPath(import.meta.url)));
const { resolve } = createRequire(import.meta.url);
export const NODE_TYPES = dirname(resolve("@types/node/package.json")); // the folder
const NO_INPUTS = new Set([18002, 18003]); // it says which files are the project's; a notebook is none of them

/** What a folder without a tsconfig.json gets; one that has it may say otherwise. */
const DEFAULTS: ts.CompilerOptions = {
  strict: false, // generated code and quick code leave types away; TypeScript 6 would be strict unasked
  jsx: ts.JsxEmit.React,
};

/** How modules are found. */
export const RESOLUTION: ts.CompilerOptions = {
  module: ts.ModuleKind.Preserve, // `import x = require()` and `export =` beside ES modules
  moduleResolution: ts.ModuleResolutionKind.Bundler, // reads `exports` of packages, takes "./x.ts" and "./x"
  moduleDetection: ts.ModuleDetectionKind.Auto,
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
};

/** What a cell needs to be compiled and run as one, whatever the folder's project is built into. */
const FIXED: ts.CompilerOptions = {
  ...RESOLUTION,
  target: ts.ScriptTarget.ES2022, // of Node 20; newer syntax is rewritten
  esModuleInterop: true,
  allowJs: true,
  preserveConstEnums: true, // a later cell may look one up
  declaration: true,
  sourceMap: true,
  skipLibCheck: true,
  allowUnreachableCode: true,
  allowUnusedLabels: true,
  ignoreDeprecations: "6.0",
  ...{ noEmit: false, noEmitOnError: false, emitDeclarationOnly: false, declarationMap: false, inlineSourceMap: false },
  ...{ composite: false, incremental: false, isolatedModules: false, isolatedDeclarations: false, noLib: false },
  ...{ verbatimModuleSyntax: false, importHelpers: false, noUnusedLocals: false, noUnusedParameters: false },
  ...{ removeComments: false, stripInternal: false, rewriteRelativeImportExtensions: false, erasableSyntaxOnly: false },
};
const OF_A_BUILD = ["outDir", "outFile", "rootDir", "rootDirs", "declarationDir", "tsBuildInfoFile", "mapRoot"];

export function readFolderOptions(cwd: string): FolderOptions {
  const path = ts.findConfigFile(cwd, ts.sys.fileExists, "tsconfig.json");
  const files: string[] = [];
  const host: ts.ParseConfigFileHost = {
    ...ts.sys,
    getCurrentDirectory: () => cwd,
    readFile(file) {
      files.push(file);
      return ts.sys.readFile(file);
    },
    readDirectory: () => [], // the project's own files are read when a cell imports them
    onUnRecoverableConfigFileDiagnostic() {},
  };
  const parsed = path === undefined ? undefined : ts.getParsedCommandLineOfConfigFile(path, {}, host);
  const own: ts.CompilerOptions = { ...parsed?.options };
  for (const name of OF_A_BUILD) delete own[name];
  const problems = (parsed?.errors ?? []).filter(({ code }) => !NO_INPUTS.has(code));
  return { options: { ...DEFAULTS, ...own, ...FIXED, ...libraries(own, cwd) }, files, problems };
}

/** Node's types in any folder, those of the folder's own packages, and of ours. */
function libraries(own: ts.CompilerOptions, cwd: string): ts.CompilerOptions {
  const roots = ts.getEffectiveTypeRoots(own, { getCurrentDirectory: () => cwd }) ?? [];
  const automatic = ts.getAutomaticTypeDirectiveNames({ typeRoots: roots, types: own.types ?? ["*"] }, ts.sys);
  return {
    lib: [...new Set([...NODE_LIBRARIES, ...(own.lib ?? [])])],
    typeRoots: [...roots, dirname(NODE_TYPES)],
    types: [...new Set(["node", ...automatic])],
    paths: {
      ...own.paths,
      tslab: [resolve("tslab").replace(/\.js$/, ".d.ts")],
      qwenlab: [join(HERE, "../../index.d.ts")],
    },
  };
}
