// TypeScript's language service over a notebook: the cell that is looked at, the modules that earlier cells became, which
// exist for the compiler only, and the files of the folder and its packages.
import { statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { isOwnSource, isPath } from "../resolve-local.ts";
import ts from "../typescript.cjs";
import { type FolderOptions, readFolderOptions } from "./folder-options.ts";
import {
  globalFiles,
  HERE,
  INSTALLED,
  isLibrary,
  type KnownFile,
  libraryFile,
  registry,
  resolveOfLibrary,
} from "./library-files.ts";

const INSTALLATIONS = [".package-lock.json", ".modules.yaml", ".yarn-state.yml", ".yarn-integrity"].map(
  (name) => `node_modules/${name}`, // npm, pnpm and yarn write them whenever they change something, also in a terminal
);
let count = 0; // a version is of one text only, whichever program it is of

export interface NotebookProgram {
  readonly service: ts.LanguageService;
  readonly options: ts.CompilerOptions;
  readonly folder: FolderOptions;
  readonly cellPath: string; // of the cell that is looked at
  /** The module of an earlier cell, which is there from now on. */
  addFile(path: string, text: string): void;
  /** Looks at a cell; files of the folder that changed meanwhile are read anew. */
  look(cell: LookedAtCell): ts.Program;
  /** The same files, read with all strictness: what may be null says so. */
  strictly(program: ts.Program): ts.Program;
  resolve(specifier: string, from: string): ts.ResolvedModuleFull | undefined;
  /** The file that a specifier leads to which is no path: by the options' `paths`, or package.json's `imports`. */
  localFile(specifier: string, from: string): string | undefined;
  isLocal(file: ts.SourceFile): boolean; // a file of the folder, written by the user
  version(path: string): string;
  /** Whether the folder's configuration was edited, or its packages changed: then another program is needed. */
  isOutdated(): boolean;
  /** What of packages was not there may be there by now. */
  forgetMissing(): void;
  /** Reads a package's file before a program asks for it. @returns the paths that it imports */
  readInstalled(path: string): readonly string[];
}

export interface LookedAtCell {
  readonly text: string;
  readonly kind: ts.ScriptKind;
  readonly ambient: string | undefined; // a script beside it
  readonly roots: readonly string[];
}

export function createNotebookProgram(cwd: string): NotebookProgram {
  const folder = readFolderOptions(cwd);
  const { options } = folder;
  const cellPath = join(cwd, "__cell__.ts");
  const ambientPath = join(cwd, "__ambient__.d.ts");
  const ours = new Map(globalFiles()); // of the compiler only
  const installed = new Map<string, KnownFile | undefined>();
  const local = new Map<string, KnownFile>();
  const lookedAt = new Set<string>(); // local files, since the last look
  const installedFiles = new Map<string, boolean>(); // whether they are there
  const installedFolders = new Map<string, boolean>();
  const resolutions = ts.createModuleResolutionCache(cwd, (path) => path, options); // of what is no path
  const ofProject = ["tsconfig.json", "package.json", ...INSTALLATIONS].map((name) => join(cwd, name));
  const configuration = [...folder.files, ...ofProject];
  const configured = versionsOf(configuration);
  let roots: readonly string[] = [];
  let kind = ts.ScriptKind.TS;
  let resolvesAnew = false;

  function known(path: string): KnownFile | undefined {
    const own = ours.get(path);
    if (own !== undefined) return own;
    if (!isInstalled(path)) return folderFile(path);
    const read = () => readKnown(path, versionOf(path));
    if (isLibrary(path)) return libraryFile(path, read);
    if (!installed.has(path)) installed.set(path, read());
    return installed.get(path);
  }

  function folderFile(path: string): KnownFile | undefined {
    const before = local.get(path);
    if (before !== undefined && lookedAt.has(path)) return before;
    lookedAt.add(path);
    const version = versionOf(path);
    const now = before?.version === version ? before : readKnown(path, version);
    if (now === undefined) local.delete(path);
    else local.set(path, now);
    return now;
  }

  const onceInstalled = (asked: Map<string, boolean>, ask: (path: string) => boolean) => (path: string) => {
    if (ours.has(path)) return true;
    if (!isInstalled(path)) return ask(path);
    const before = asked.get(path);
    if (before !== undefined) return before;
    const now = ask(path);
    asked.set(path, now);
    return now;
  };

  /** Paths of the folder are looked up each time: the file may be there by now. */
  function resolve(
    specifier: string,
    from: string,
    mode?: ts.ResolutionMode,
  ): ts.ResolvedModuleWithFailedLookupLocations {
    if (isLibrary(from)) return resolveOfLibrary(specifier, from, mode);
    const cache = isPath(specifier) && !isInstalled(from) ? undefined : resolutions;
    return ts.resolveModuleName(specifier, from, options, resolutionHost, cache, undefined, mode);
  }

  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => options,
    getScriptFileNames: () => [...globalFiles().keys(), ...roots, cellPath],
    getScriptVersion: (path) => known(path)?.version ?? "none",
    getScriptSnapshot: (path) => known(path)?.snapshot,
    getScriptKind: (path) => (path === cellPath ? kind : ts.ScriptKind.Unknown), // unknown: by the extension
    getCurrentDirectory: () => cwd,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: onceInstalled(installedFiles, ts.sys.fileExists),
    readFile: (path) => textOf(known(path)),
    directoryExists: onceInstalled(installedFolders, ts.sys.directoryExists),
    getDirectories: ts.sys.getDirectories,
    readDirectory: ts.sys.readDirectory, // of paths that are completed
    ...(ts.sys.realpath && { realpath: ts.sys.realpath }),
    hasInvalidatedResolutions: () => resolvesAnew,
    getModuleResolutionCache: () => resolutions,
    resolveModuleNameLiterals: (literals, from, _redirected, _options, file) =>
      literals.map((literal) => resolve(literal.text, from, ts.getModeForUsageLocation(file, literal, options))),
  } as ts.LanguageServiceHost; // as: two of these members are not in the public type
  const resolutionHost = host as ts.ModuleResolutionHost; // as: it has what is asked for
  const service = ts.createLanguageService(host, registry);

  /** As programs read it, so that they find it in the registry; alone, so that it takes no longer than it must. */
  function readInstalled(path: string): readonly string[] {
    const imported: string[] = [];
    const alone: ts.LanguageServiceHost = {
      ...host,
      getCompilationSettings: () => ({ ...options, noLib: true, types: [] }),
      getScriptFileNames: () => [path],
      resolveTypeReferenceDirectiveReferences: (references) =>
        references.map(() => ({ resolvedTypeReferenceDirective: undefined })),
      resolveModuleNameLiterals(literals, from, _redirected, _options, file) {
        for (const literal of literals) {
          const found = resolve(literal.text, from, ts.getModeForUsageLocation(file, literal, options)).resolvedModule;
          if (found !== undefined) imported.push(found.resolvedFileName);
        }
        return literals.map(() => ({ resolvedModule: undefined }));
      },
    };
    ts.createLanguageService(alone, registry).getProgram(); // which binds as well
    return imported;
  }

  function addFile(path: string, text: string): void {
    if (textOf(ours.get(path)) === text) return;
    ours.set(path, { snapshot: ts.ScriptSnapshot.fromString(text), version: String(++count) });
  }

  function forgetMissing(): void {
    resolvesAnew = true;
    resolutions.clear();
    for (const [path, file] of installed) if (file === undefined) installed.delete(path);
    for (const asked of [installedFiles, installedFolders]) {
      for (const [path, isThere] of asked) if (!isThere) asked.delete(path);
    }
  }

  return {
    ...{ service, options, folder, cellPath, addFile },
    look(cell) {
      lookedAt.clear();
      kind = cell.kind;
      roots = cell.ambient === undefined ? cell.roots : [...cell.roots, ambientPath];
      addFile(cellPath, cell.text);
      if (cell.ambient !== undefined) addFile(ambientPath, cell.ambient);
      const program = service.getProgram();
      resolvesAnew = false;
      if (program === undefined) throw new Error("the language service has no program");
      return program;
    },
    strictly(program) {
      const own = ts.createCompilerHost(options);
      const files = { ...own, getSourceFile: (path: string) => program.getSourceFile(path) };
      const strictHost = { ...files, fileExists: host.fileExists, directoryExists: host.directoryExists! }; // it has one
      const strict = { ...options, strict: true, noEmit: true };
      return ts.createProgram(program.getRootFileNames(), strict, { ...strictHost, getCurrentDirectory: () => cwd });
    },
    localFile: (specifier, from) => localFile(specifier, () => resolve(specifier, from).resolvedModule),
    isLocal: ({ fileName, isDeclarationFile }) => !isDeclarationFile && !isInstalled(fileName) && !ours.has(fileName),
    version: (path) => known(path)?.version ?? "none",
    forgetMissing,
    readInstalled,
    isOutdated: () => versionsOf(configuration) !== configured,
    resolve: (specifier, from) => resolve(specifier, from).resolvedModule,
  };
}

/** Of a package, of TypeScript, or of ours. */
export function isInstalled(path: string): boolean {
  return INSTALLED.test(path) || path.startsWith(HERE);
}

/** The source file of the folder that a specifier leads to; `undefined` where Node finds it by itself. */
export function localFile(specifier: string, resolve: () => ts.ResolvedModule | undefined): string | undefined {
  if (isPath(specifier) || isBuiltin(specifier)) return undefined;
  const path = resolve()?.resolvedFileName;
  return path !== undefined && isOwnSource(path) ? path : undefined;
}

function versionOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.mtimeMs}:${stat.size}` : "none";
}

function versionsOf(paths: readonly string[]): string {
  return paths.map(versionOf).join();
}

function readKnown(path: string, version: string): KnownFile | undefined {
  const text = ts.sys.readFile(path);
  return text === undefined ? undefined : { snapshot: ts.ScriptSnapshot.fromString(text), version };
}

function textOf(file: KnownFile | undefined): string | undefined {
  return file?.snapshot.getText(0, file.snapshot.getLength());
}
