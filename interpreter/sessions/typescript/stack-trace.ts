// Error stacks in the cells' own lines: a frame in a compiled cell is shown where it is in the cell as written, and
// our frames and Node's are left out.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import type { CellError } from "../session.ts";
import { excerpt } from "./excerpt.ts";
import { nameAsWritten } from "./module-scope.ts";
import { readable } from "./shown-size.ts";
import { type Compiled, sourcePlaces } from "./source-places.ts";

const OURS = dirname(dirname(fileURLToPath(import.meta.url)));

const MAX_FRAMES = 20;
const STACK_LIMIT = 30; // ours and Node's frames are among them
const MAX_LINE_CHARACTERS = 1_000; // of a name, a frame, a line of a cell

export interface Script extends Compiled {
  readonly label: string; // "In [3]", "lib/rows.ts"
  readonly source: string; // as written
}

interface Frame {
  readonly text: string;
  readonly cell?: { readonly source: string; readonly line: number; readonly column: number }; // 1-based
}

const scripts = new Map<string, Script>();
/** What a file calls by this name that it imports. */
type ImportGetter = (name: string) => (() => unknown) | undefined;

const imports = new Map<string, ImportGetter>(); // by file; for a debugger: the compiled code has other names for them
const framesOf = new WeakMap<object, readonly Frame[]>();

/** Remembers a cell, or a local file, under the file name that its script runs by. */
export function rememberScript(fileName: string, script: Script): void {
  scripts.set(fileName, script);
}

export function rememberImports(fileName: string, getter: ImportGetter): void {
  imports.set(fileName, getter);
}

export function rememberedImport(fileName: string, name: string): (() => unknown) | undefined {
  return imports.get(fileName)?.(name);
}

export function rememberedScripts(): string[] {
  return [...scripts.keys()];
}

export function rememberedScript(fileName: string): Script | undefined {
  return scripts.get(fileName);
}

type PrepareStackTrace = NonNullable<typeof Error.prepareStackTrace>;

/** A cell, or a library of its, may prepare stacks its own way: what is told of errors is known all the same. */
export function installStackTraces(): void {
  const own = knowingFrames((error, _sites, frames) => {
    const head = error instanceof Error ? headline(error) : readable(Error.prototype.toString.call(error)); // console.trace()
    return stackOf(head, frames);
  });
  const prepared = new WeakSet<PrepareStackTrace>([own]);
  let current = own;
  Object.defineProperty(Error, "prepareStackTrace", {
    get: () => current,
    set(given: unknown) {
      if (typeof given !== "function") current = own;
      else if (prepared.has(given as PrepareStackTrace)) current = given as PrepareStackTrace;
      else current = knowingFrames((error, sites) => given.call(Error, error, sites));
      prepared.add(current);
    },
    configurable: true,
    enumerable: true,
  });
  keepStackTraces();
}

/** Before each cell: an earlier one may have asked for shorter stacks, which would take the places out of its errors. */
export function keepStackTraces(): void {
  if (!(Error.stackTraceLimit >= STACK_LIMIT)) Reflect.set(Error, "stackTraceLimit", STACK_LIMIT); // it may be frozen
}

function knowingFrames(
  prepare: (error: Error, sites: NodeJS.CallSite[], frames: readonly Frame[]) => unknown,
): PrepareStackTrace {
  return (error, sites) => {
    const frames = sites.flatMap(toFrame).slice(0, MAX_FRAMES);
    framesOf.set(error, frames);
    return prepare(error, sites, frames);
  };
}

function stackOf(head: string, frames: readonly Frame[]): string {
  return [head, ...frames.map(({ text }) => `    at ${text}`)].join("\n");
}

const SYNTAX_PLACE = /^:(\d+)\n.*\n(\s*)\^/;

/** Node writes the place of a syntax error before its stack, in the compiled code's lines; the stack gets the cell's. */
export function tellSyntaxError(error: SyntaxError, fileName: string): void {
  const script = scripts.get(fileName);
  const stack = error.stack ?? "";
  const [, line, indent = ""] = (stack.startsWith(fileName) && SYNTAX_PLACE.exec(stack.slice(fileName.length))) || [];
  if (script === undefined || line === undefined) return;
  const frame = frameIn(script, Number(line), indent.length + 1);
  if (frame === undefined) return;
  const frames = [frame, ...(framesOf.get(error) ?? [])];
  framesOf.set(error, frames);
  error.stack = stackOf(headline(error), frames);
}

/** What the front end shows of something thrown by a cell. */
export function cellError(thrown: unknown): CellError {
  try {
    return thrown instanceof Error ? toldError(thrown) : toldValue(thrown);
  } catch (error) {
    return toldValue(`[what was thrown cannot be shown: ${error instanceof Error ? messageOf(error) : typeof error}]`);
  }
}

function toldValue(thrown: unknown): CellError {
  const text = readable(typeof thrown === "string" ? thrown : inspect(thrown));
  return { ename: "Thrown", evalue: text, traceback: [`Thrown: ${text}`] };
}

function toldError(thrown: Error): CellError {
  const lines = [headline(thrown)];
  void thrown.stack; // fills framesOf, if nobody has read it yet
  const frames = framesOf.get(thrown) ?? [];
  const place = frames.find(({ cell }) => cell !== undefined)?.cell;
  if (place !== undefined) lines.push(...excerpt(place.source, place.line, place.column).map(shortLine));
  lines.push(...frames.map(({ text }) => shortLine(`    at ${text}`)));
  lines.push(...propertiesOf(thrown), ...causesOf(thrown), ...partsOf(thrown));
  return { ename: nameOf(thrown), evalue: messageOf(thrown), traceback: lines };
}

const MAX_CAUSES = 20;
const MAX_PARTS = 10;

function causesOf(thrown: Error): string[] {
  const told = new Set<unknown>([thrown]);
  let error: unknown = thrown;
  while (error instanceof Error && "cause" in error && !told.has(error.cause) && told.size <= MAX_CAUSES) {
    error = error.cause;
    told.add(error);
  }
  return [...told].slice(1).flatMap((cause) => [`Caused by: ${headline(cause)}`, ...propertiesOf(cause)]);
}

const TOLD_ELSEWHERE = new Set([
  ...["name", "message", "stack", "cause", "errors", "error", "suppressed", "errno"],
  ...["generatedMessage", "operator", "actual", "expected", "requireStack"], // of assertions, and of require()
]);
const MAX_PROPERTIES_CHARACTERS = 1_000; // a failed request may hold its client and all its sockets

/** What an error carries besides its message, as a status or a list of issues; not what its message says as well. */
function propertiesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const message = messageOf(error);
  const carried = Object.entries(Object.getOwnPropertyDescriptors(error)).filter(([name, { enumerable, value }]) => {
    const isSaid = value === undefined || (typeof value === "string" && message.includes(value));
    return enumerable === true && !TOLD_ELSEWHERE.has(name) && !isSaid;
  });
  if (carried.length === 0) return [];
  // No deeper: a request's headers, which hold its password, lie below its client.
  const shown = inspect(Object.defineProperties({}, Object.fromEntries(carried)), { depth: 1, maxArrayLength: 20 });
  return [readable(`  ${shown.replaceAll("\n", "\n  ")}`, MAX_PROPERTIES_CHARACTERS)];
}

/** The errors that an AggregateError, or a SuppressedError of `using`, is made of. */
function partsOf(thrown: Error): string[] {
  if (thrown instanceof AggregateError) {
    const more = thrown.errors.length - MAX_PARTS;
    const first = thrown.errors.slice(0, MAX_PARTS).map((error) => `  - ${headline(error)}`);
    return more > 0 ? [...first, `  … and ${more} more`] : first;
  }
  if (nameOf(thrown) !== "SuppressedError") return []; // a class that not every Node has
  const { error, suppressed } = thrown as { readonly error?: unknown; readonly suppressed?: unknown };
  return [`  - ${headline(error)}`, `  - before it: ${headline(suppressed)}`];
}

function toFrame(site: NodeJS.CallSite): Frame[] {
  const file = site.getFileName() ?? "";
  const script = scripts.get(file);
  if (script === undefined) {
    const path = file.startsWith("file:") ? fileURLToPath(file) : file;
    return path === "" || path.startsWith("node:") || path.startsWith(OURS) ? [] : [{ text: String(site) }];
  }
  const frame = frameIn(script, site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1, site.getFunctionName());
  return frame === undefined ? [] : [frame];
}

/** `undefined` for code that nobody wrote: a function that TypeScript adds, as for `using`. */
function frameIn(
  script: Script,
  compiledLine: number,
  compiledColumn: number,
  name?: string | null,
): Frame | undefined {
  const { line, column, isKnown } = sourcePlaces(script)(compiledLine, compiledColumn);
  if (!isKnown) return undefined;
  const place = `${script.label}:${line}:${column}`;
  return { text: name ? `${name} (${place})` : place, cell: { source: script.source, line, column } };
}

function headline(error: unknown): string {
  if (!(error instanceof Error)) return readable(inspect(error));
  const message = messageOf(error);
  return message === "" ? nameOf(error) : `${nameOf(error)}: ${message}`;
}

// A thrown object may have getters that throw, or a name that is no text.
function nameOf(error: Error): string {
  return typeof error.name === "string" && error.name !== "" ? shortLine(error.name) : "Error";
}

function messageOf(error: Error): string {
  nameAsWritten(error);
  return readable(typeof error.message === "string" ? error.message : inspect(error.message));
}

function shortLine(text: string): string {
  return readable(text, MAX_LINE_CHARACTERS);
}
