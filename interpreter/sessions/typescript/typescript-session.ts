// The notebook's TypeScript session: the compiler and the process, and what ties them: the declarations so far.
import { realpathSync } from "node:fs";
import { InterpreterError } from "../../errors.ts";
import { shownOfOwn } from "../confinement/output/bundle.ts";
import { createConfinedOutput } from "../confinement/output/confined-output.ts";
import type {
  CellOutcome,
  SessionEvent,
  SessionValue,
  SqlResult,
  TableInfo,
  TypeScriptSession,
  TypeScriptSessionOptions,
  Variable,
} from "../session.ts";
import { createFolderTables } from "../sql/folder-tables.ts";
import type { SessionArrays } from "../sql/load-table.ts";
import { createModelSql } from "../sql/model-sql.ts";
import { createReaderProcess } from "../sql/reader/reader-process.ts";
import { familiesOf } from "../sql/table-families.ts";
import { typescriptType } from "../sql/values.ts";
import { type CellReading, type CompileResult, startCellCompiler } from "./cell-compiler.ts";
import { createCellQueue, type RunningCell } from "./cell-queue.ts";
import { compileError } from "./compile-error.ts";
import { createDebugger } from "./debugger/debugger.ts";
import { toCellEnd } from "./from-child.ts";
import type { ChildRequests } from "./messages.ts";
import { OUTPUT_STOPS, outputLimit } from "./output-limit.ts";
import { createSessionCommands } from "./session-commands.ts";
import { createSessionComms } from "./session-comms.ts";
import { SessionEndedError, type SessionProcess, startSessionProcess } from "./session-process.ts";
import type { VariableSummary } from "./summarize-variables.ts";

const DEFAULT_MAX_ROWS = 10_000;
const ARROW_TABLE = "Awaited<ReturnType<typeof sql.arrow>>";
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

const INTERRUPTED: CellOutcome = {
  status: "error",
  error: { ename: "KeyboardInterrupt", evalue: "interrupted", traceback: ["KeyboardInterrupt: interrupted"] },
};

type RunOptions = Omit<Parameters<TypeScriptSession["execute"]>[1], "cellId"> & CellReading;
const EXPRESSION: RunOptions = { label: "expression", showsAlways: true }; // of a front end

type SqlOptions = Parameters<TypeScriptSession["sql"]>[1];

/** Starts the session's process and its compiler; both get ready in the background, and calls wait for them. */
export async function startTypeScriptSession(options: TypeScriptSessionOptions): Promise<TypeScriptSession> {
  const { cwd } = options;
  const confined = createConfinedOutput(options.onEvent);
  const limited = outputLimit();
  let isConfined = false;
  const reader = createReaderProcess(realpathSync(cwd));
  const folder = createFolderTables(realpathSync(cwd), reader, options.onTableNotes);
  const modelSql = createModelSql(reader, folder, async (names) => {
    return (await process().request("arrays", { names })) as SessionArrays;
  });
  let session: SessionProcess | undefined;
  try {
    session = startProcess();
  } catch {
    // it may not start as it should, confined: the first call tries again, and says why
  }
  const compiler = startCellCompiler(cwd, { name: options.compiler, snapshotFolder: options.snapshotFolder });
  let declarations = "";
  const cells = createCellQueue();
  let latestCell = "";
  const comms = createSessionComms(options.onEvent);
  const debug = createDebugger({
    cellPath: String,
    onEvent() {},
    ...options.debugger,
    ...{ process, shown },
    async declare(name) {
      declarations = await withDeclared(name, "any");
    },
  });

  function onEvent(event: SessionEvent): void {
    if (isConfined)
      confined.event(event); // which lets no comm out
    else if (event.type === "comm") comms.event(event);
    else options.onEvent(event.type === "display" ? shownOfOwn(event) : event);
  }

  function shown(outcome: CellOutcome): CellOutcome {
    if (isConfined) return confined.outcome(outcome);
    return outcome.status === "ok" && outcome.result ? { ...outcome, result: shownOfOwn(outcome.result) } : outcome;
  }

  function startProcess(): SessionProcess {
    const confinement = options.confine?.();
    isConfined = confinement !== undefined;
    const own = startSessionProcess({
      cwd,
      confinement,
      ...(options.heapMegabytes === undefined ? {} : { heapMegabytes: options.heapMegabytes }),
      onEvent,
      onDebugOutput: debug.output,
      describeFile: (name) => folder.useNamed(name),
      onNativeOutput(name, text) {
        const cellId = latestCell;
        const { kept, stops } = limited(cellId, text);
        if (kept !== "") onEvent({ type: "stream", cellId, name, text: kept });
        if (stops) onEvent({ type: "stream", cellId, name: "stderr", text: OUTPUT_STOPS });
      },
      onEnd(reason) {
        if (session !== own) return; // ended by restart() or dispose
        session = undefined;
        declarations = "";
        comms.closeAll();
        onEvent({ type: "session-ended", cellId: cells.current, reason });
      },
    });
    debug.follow(own);
    return own;
  }

  function process(): SessionProcess {
    session ??= startProcess();
    return session;
  }

  async function runCell(code: string, cell: RunningCell, options: RunOptions): Promise<CellOutcome> {
    const {
      label = "cell",
      source = code,
      byModel = false,
      showsAlways = byModel,
      isJavaScript = false,
      isUnchecked = false,
    } = options;
    latestCell = cell.cellId;
    const end = confined.begins(cell.cellId, byModel);
    try {
      const compiled = await compiler.compile(code, declarations, { isJavaScript, isUnchecked, showsAlways });
      if (cell.interrupted) return INTERRUPTED;
      if (!compiled.ok) return { status: "error", error: compileError(code, compiled.diagnostics) };
      return await runCompiled(compiled, cell, { cellId: cell.cellId, label, source, byModel });
    } catch (error) {
      if (!(error instanceof InterpreterError)) throw error; // ours
      if (cell.interrupted) return INTERRUPTED;
      return { status: "error", error: { ename: error.name, evalue: error.message, traceback: [error.message] } };
    } finally {
      end();
    }
  }

  async function runCompiled(
    { cell, declarations: after }: Extract<CompileResult, { ok: true }>,
    running: RunningCell,
    about: Omit<ChildRequests["execute"], "cell">,
  ): Promise<CellOutcome> {
    try {
      const own = process();
      if (debug.ready) await debug.ready;
      const before = declarations;
      declarations = after; // from its start on: what runs inside it sees what it declares
      const { outcome, unreached, time } = toCellEnd(await own.request("execute", { cell, ...about }));
      if (unreached.length > 0 && declarations === after)
        declarations = await compiler.withoutNames(after, before, unreached);
      // A program that an interrupted cell waited for has ended, too: then the cell fails by that.
      const told = running.interrupted && outcome.status === "error" ? INTERRUPTED : shown(outcome);
      return { ...told, ...(time && { time }) };
    } catch (error) {
      return { status: "error", error: sessionEnded(error) };
    }
  }

  async function evaluateAll(expressions: Readonly<Record<string, string>>, cell: RunningCell) {
    const before = declarations;
    const outcomes: Record<string, CellOutcome> = {};
    for (const [name, expression] of Object.entries(expressions)) {
      outcomes[name] = cell.interrupted ? INTERRUPTED : await runCell(expression, cell, EXPRESSION);
      if (session !== undefined) declarations = before;
    }
    return outcomes;
  }

  async function variables(): Promise<readonly Variable[]> {
    const declared = await compiler.declaredVariables(declarations);
    const names = declared.map(({ name }) => name);
    const summaries = (await process().request("variables", { names })) as VariableSummary[];
    const types = new Map(declared.map(({ name, type }) => [name, type]));
    return summaries.map((summary) => ({ ...summary, type: types.get(summary.name) ?? "unknown" }));
  }

  async function sql(query: string, options: SqlOptions): Promise<SqlResult> {
    const { locked, out, arrow = false, signal, maxRows = DEFAULT_MAX_ROWS, isQuiet = false } = options;
    if (out !== undefined && !IDENTIFIER.test(out)) throw new InterpreterError(`${out} is not a variable's name`);
    if (locked && out !== undefined) throw new InterpreterError("a locked query leaves no variable");
    if (locked) return modelSql.query(query, { maxRows, signal, isQuiet });
    const params = { query, maxRows, arrow, ...(out === undefined ? {} : { out }) };
    const result = await process()
      .request("sql", params, signal)
      .catch((error: Error) => {
        signal?.throwIfAborted();
        throw error;
      });
    if (out !== undefined) declarations = await withDeclared(out, arrow ? ARROW_TABLE : rowsType(result as SqlResult));
    return result as SqlResult;
  }

  async function withDeclared(name: string, type: string): Promise<string> {
    const compiled = await compiler.compile(`let ${name} = undefined as unknown as ${type}`, declarations);
    return compiled.ok ? compiled.declarations : declarations;
  }

  async function tables(): Promise<readonly TableInfo[]> {
    const declared = await compiler.declaredVariables(declarations);
    const [files, arrays] = await Promise.all([
      folder.tables(),
      process().request("tables", { names: declared.map(({ name }) => name) }) as Promise<TableInfo[]>,
    ]);
    return [...files, ...familiesOf(files), ...arrays];
  }

  async function stop(reason: string): Promise<void> {
    const own = session;
    session = undefined;
    declarations = "";
    comms.closeAll();
    await own?.kill(reason);
  }

  const commands = createSessionCommands(
    (method, params, signal) => process().request(method, params, signal),
    async (cellId, task) => {
      latestCell = cellId;
      const end = confined.begins(cellId, false);
      return task().finally(end);
    },
  );

  return {
    commands,
    execute: (code, { cellId, ...options }) =>
      cells.queued(() => cells.run(cellId, (cell) => runCell(code, cell, options)), cellId),
    evaluate: (expressions) => cells.queued(() => cells.run(latestCell, (cell) => evaluateAll(expressions, cell))),
    check: (code) => compiler.check(code, declarations),
    complete: (code, offset) => compiler.complete(code, offset, declarations),
    inspect: (code, offset) => compiler.inspect(code, offset, declarations),
    isComplete: (code) => compiler.isComplete(code),
    withValueShown: (code) => compiler.withValueShown(code),
    variables,
    functionSchema: (name) => compiler.functionSchema(name, declarations),
    values: async (names) => (await process().request("values", { names })) as readonly SessionValue[],
    sql: (query, options) =>
      options.out === undefined ? sql(query, options) : cells.queued(() => sql(query, options)),
    tables,
    unmet: modelSql.unmet,
    chart: modelSql.chart,
    statistics: modelSql.statistics,
    comm: (message, id) => comms.deliver(message, id, isConfined ? undefined : session),
    interrupt() {
      compiler.interrupt();
      const stopped = cells.interrupt() ?? comms.interrupt();
      // What stands still is ended first: ended twice, it would take what comes next along.
      debug.endPause(() => stopped && session?.interrupt(stopped));
    },
    get isConfined() {
      return isConfined;
    },
    forgetPackages: () => compiler.forgetPackages(),
    debugger: debug,
    async restart() {
      await stop("restarted");
      session = startProcess();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([stop("closed"), compiler[Symbol.asyncDispose](), reader.close()]);
    },
  };
}

function rowsType({ columns }: SqlResult): string {
  const fields = columns.map((column) => `${JSON.stringify(column.name)}: ${typescriptType(column.type)}`);
  return `{ ${fields.join("; ")} }[]`;
}

function sessionEnded(error: unknown) {
  if (!(error instanceof SessionEndedError)) throw error;
  const evalue = `${error.message}; variables are lost, the next cell starts a new session`;
  return { ename: "SessionEnded", evalue, traceback: [`SessionEnded: ${evalue}`] };
}
