// What every session (a language's process that runs code) gives: typescript/, sql/, later python/.

import type { ChartOptions } from "./charts/chart-types.ts";
import type { Confinement } from "./confinement/confinement.ts";
import type { StatisticsOptions, StatisticsResults, StatisticsTest } from "./statistics/statistics-types.ts";

/** MIME type -> data: text as a string, JSON types as objects, binary as base64. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/**
 * One message of a comm, whichever side sends it. A comm links an object of the session with one of a front end:
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages
 */
export interface CommMessage {
  readonly kind: "open" | "message" | "close";
  readonly commId: string;
  readonly targetName?: string; // of one that opens
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly buffers: readonly string[]; // base64
}

/** What code prints and shows while it runs, or later: `cellId` says which cell it belongs to. */
export type SessionEvent =
  | { readonly type: "stream"; readonly cellId: string; readonly name: "stdout" | "stderr"; readonly text: string }
  | {
      readonly type: "display";
      readonly cellId: string;
      readonly data: MimeBundle;
      readonly metadata: Readonly<Record<string, unknown>>;
      readonly displayId?: string;
      readonly update: boolean; // changes an earlier display of the same id
    }
  | { readonly type: "clear-output"; readonly cellId: string; readonly wait: boolean }
  | {
      readonly type: "input-request";
      readonly cellId: string;
      readonly prompt: string;
      readonly password: boolean;
      /** `undefined`: no input is possible here, and the code gets an error that says so, and `why`. */
      readonly answer: (value: string | undefined, why?: string) => void;
    }
  | {
      readonly type: "model-request"; // qwen.chat(), qwen.agent() or qwen.tool() of a cell
      readonly cellId: string;
      readonly kind: "chat" | "agent" | "tool";
      readonly request: string; // the text; of a tool the function's name
      readonly options: Readonly<Record<string, unknown>>; // unchecked
      readonly answer: (answer: ModelAnswer) => void;
    }
  | {
      readonly type: "comm"; // to every front end
      readonly cellId: string;
      readonly message: CommMessage;
      readonly answers?: string; // the front end's message, by the id that comm() was given, that was being handled
    }
  | {
      readonly type: "session-ended"; // the process died; a new one is started by the next execute()
      readonly cellId: string | undefined; // the cell that ran, if one did
      readonly reason: string; // "exit code 3", "out of memory", "signal SIGSEGV"
    };

/** Of what code asked of the model: its value, or what went wrong. */
export interface ModelAnswer {
  readonly value?: unknown;
  readonly error?: string;
}

/** How a cell ended. Everything that it printed was delivered as events before the promise resolves. */
export type CellOutcome = { readonly time?: CellTime } & (
  | {
      readonly status: "ok";
      readonly result: { readonly data: MimeBundle; readonly metadata: Readonly<Record<string, unknown>> } | undefined;
    }
  | { readonly status: "error"; readonly error: CellError }
);

/** Milliseconds that a cell's run took; compiling it is not counted. */
export interface CellTime {
  readonly wall: number;
  readonly user: number; // of the processor, as `system`
  readonly system: number;
}

export interface CellError {
  readonly ename: string; // "TypeError", "CompileError", "KeyboardInterrupt", "SessionEnded"
  readonly evalue: string;
  readonly traceback: readonly string[]; // the cell's own lines only, ready to print
}

/** A message of the type checker. */
export interface Diagnostic {
  readonly message: string;
  readonly code: number; // TypeScript's, e.g. 2322
  readonly line: number; // 1-based, in the cell
  readonly column: number; // 1-based, UTF-16
}

/** A variable of the session, as the model and `%context` are told of it. */
export interface Variable {
  readonly name: string;
  readonly type: string; // TypeScript's: "number[]", "{ name: string; horsepower: number }[]"
  readonly summary: string; // one line: "406 rows", "\"abc\"", "function"
  readonly columns?: readonly { readonly name: string; readonly type: string }[]; // of an array of objects
}

/** A function of the session, as a model may call it. */
export interface FunctionSchema {
  readonly name: string;
  readonly description: string; // of its JSDoc
  readonly parameters: readonly string[]; // in their order
  readonly schema: Readonly<Record<string, unknown>>; // JSON schema of an object with these fields
}

/** A variable's value as JSON carries it. */
export interface SessionValue {
  readonly name: string;
  readonly json?: unknown;
  readonly dates?: readonly string[]; // an array of objects; the columns that hold dates, here as ISO text
  readonly error?: string; // why it has no form in JSON
}

export interface Completion {
  readonly matches: readonly string[];
  readonly types: readonly string[]; // kind of each match: "function", "property", ...
  readonly start: number; // UTF-16 offsets of the text that a match replaces
  readonly end: number;
}

/** The Debug Adapter Protocol's words: https://microsoft.github.io/debug-adapter-protocol/specification */
export interface DebuggerOptions {
  /** The file that a cell's text is dumped to: what the front end knows the cell by. */
  readonly cellPath: (source: string) => string;
  readonly onEvent: (event: string, body: object) => void;
}

export interface SessionDebugger {
  /** @returns the response's body. @throws InterpreterError that says why it failed */
  request(command: string, args: unknown): Promise<object | undefined>;
  state(): {
    readonly isStarted: boolean;
    readonly isStopped: boolean;
    readonly breakpoints: readonly { readonly source: string; readonly breakpoints: readonly object[] }[];
  };
}

export interface TypeScriptSessionOptions {
  readonly cwd: string; // the notebook's folder: imports, files and SQL start here
  readonly onEvent: (event: SessionEvent) => void;
  /** Hears what was assumed when files were read, when a query reads them first. */
  readonly onTableNotes?: (tables: readonly TableInfo[]) => void;
  readonly confine?: () => Confinement | undefined; // asked whenever a process starts
  readonly compiler?: "own" | "tslab"; // of the cells
  readonly snapshotFolder?: string | undefined; // where a warm compiler is kept when the build has left none
  readonly debugger?: DebuggerOptions;
  readonly heapMegabytes?: number; // of the process's JavaScript heap; half of the machine's memory, at most 4096
}

export interface ExecuteOptions {
  readonly cellId: string;
  readonly label?: string; // names the cell in stack traces: "In [3]"
  /** The cell as its author sees it, with lines that are no TypeScript, which are empty in the code. */
  readonly source?: string;
  /** The model wrote it: where it is confined it asks the user nothing, and a `;` silences nothing. */
  readonly byModel?: boolean;
  readonly isJavaScript?: boolean; // nothing is told about its types
  readonly isUnchecked?: boolean; // TypeScript; nothing is told about its types
}

/**
 * The notebook's TypeScript: compiled in one child process, run in another. None of these calls blocks the
 * event loop; execute() calls queue, the others answer while a cell runs.
 */
export interface TypeScriptSession extends AsyncDisposable {
  /**
   * Its last expression is its result, unless a `;` stands behind it. Settles always: a cell that dies with its process,
   * too.
   */
  execute(code: string, options: ExecuteOptions): Promise<CellOutcome>;
  /** Type-checks generated code against the live session, runs nothing; stricter than a cell: row["missing"] is an error. */
  check(code: string): Promise<readonly Diagnostic[]>;
  complete(code: string, offset: number): Promise<Completion>;
  /** Markdown and plain text about the name at `offset`: its type and documentation. */
  inspect(code: string, offset: number): Promise<{ readonly plain: string; readonly markdown: string } | undefined>;
  isComplete(
    code: string,
  ): Promise<{ readonly status: "complete" | "incomplete" | "invalid"; readonly indent: string }>;
  /** Evaluates expressions after a cell, for Jupyter's user_expressions. */
  evaluate(expressions: Readonly<Record<string, string>>): Promise<Readonly<Record<string, CellOutcome>>>;
  /** The code without the `;` that would silence it. */
  withValueShown(code: string): Promise<string>;
  variables(): Promise<readonly Variable[]>;
  /** @throws InterpreterError where there is no such function, or its parameters have no form in JSON */
  functionSchema(name: string): Promise<FunctionSchema>;
  /** Copies of variables, for another session; those that there are not are left out. */
  values(names: readonly string[]): Promise<readonly SessionValue[]>;
  /**
   * SQL over files of the folder and arrays of the session. `locked`: reads only, nothing outside the folder. `out`: the
   * variable that gets all rows, with `arrow` as an Arrow table. `isQuiet`: of a locked query, onTableNotes hears nothing.
   */
  sql(
    query: string,
    options: {
      locked: boolean;
      out?: string;
      arrow?: boolean;
      signal?: AbortSignal;
      maxRows?: number;
      isQuiet?: boolean;
    },
  ): Promise<SqlResult>;
  /** The conditions of a locked query that no row fulfils, each asked alone; none where it cannot be told. */
  unmet(query: string, signal?: AbortSignal): Promise<readonly UnmetCondition[]>;
  /** A chart of what locked SQL may read, as it is shown. */
  chart(options: ChartOptions, signal?: AbortSignal): Promise<MimeBundle>;
  /** A statistical test over what locked SQL may read. */
  statistics<Test extends StatisticsTest>(
    options: StatisticsOptions<Test>,
    signal?: AbortSignal,
  ): Promise<StatisticsResults[Test]>;
  /** Data files and tables that SQL can name, with their columns. */
  tables(): Promise<readonly TableInfo[]>;
  /**
   * Gives the session what a front end says to a comm, at once: also while a cell runs. Resolves when the code that
   * listens has run. @returns whether anybody listens
   */
  comm(message: CommMessage, id: string): Promise<boolean>;
  /** Stops the running cell, keeps variables; kills and replaces the process if that does not work in 2 s. */
  interrupt(): void;
  readonly isConfined: boolean;
  readonly commands: SessionCommands;
  /** Packages of the folder were installed or removed: the next cell sees the types that are there now. */
  forgetPackages(): Promise<void>;
  readonly debugger: SessionDebugger;
  restart(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What the session's process does beside running code; confined as that is. Each fails with an InterpreterError. */
export interface SessionCommands {
  /** What the script prints is the cell's. @returns its exit status */
  bash(script: string, options: { cellId: string; signal: AbortSignal }): Promise<number>;
  /** @returns whether the file was there before */
  writeFile(path: string, text: string, options?: { isAppended?: boolean }): Promise<boolean>;
  /** The environment and the working folder of the process, after they were changed. */
  environment(change?: { set?: Readonly<Record<string, string>>; folder?: string }): Promise<{
    readonly variables: Readonly<Record<string, string>>;
    readonly folder: string;
  }>;
  show(cellId: string, data: MimeBundle): Promise<void>;
}

export interface SqlResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Readonly<Record<string, unknown>>[]; // at most maxRows, values safe for JSON
  readonly rowCount: number; // of the whole result
}

/** A condition that no row fulfils, whatever else a query asks for. */
export interface UnmetCondition {
  readonly text: string; // in SQL
  /** Of rows; of groups, as HAVING is; of rows of two tables that are joined. */
  readonly of: "rows" | "groups" | "pairs";
  readonly constants: readonly string[]; // that it compares with
  readonly held: readonly HeldValues[]; // by what it is about instead
}

export interface HeldValues {
  readonly name: string; // of the column
  readonly values: readonly string[]; // of texts: all, or those nearest to what is looked for
  readonly isMore?: boolean;
  readonly isSeldom?: boolean; // of those that are more: they hardly come twice, as names do
  readonly range?: readonly [least: string, most: string]; // of numbers and times
}

export interface TableInfo {
  readonly name: string; // as SQL writes it: 'cars.csv' in quotes, or the variable's name
  readonly kind: "file" | "variable" | "table";
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rowCount: number | undefined;
  readonly problem?: string; // of a file that cannot be read: why
  readonly notes?: readonly string[]; // of a file: what was assumed when it was read, and what was left out
  readonly files?: readonly string[]; // of several files that are read as one table: their names
  readonly fileColumn?: string; // of those: the column that says from which file a row is, where the files have none such
}
