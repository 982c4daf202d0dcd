import type {
  PythonSession,
  SessionEvent,
  SqlResult,
  TableInfo,
  TypeScriptSession,
  Variable,
} from "../../interpreter/index.ts";
import type {
  StatisticsResult,
  StatisticsResults,
  StatisticsTest,
} from "../../interpreter/sessions/statistics/statistics-types.ts";

export const CARS: TableInfo = {
  name: "'cars.csv'",
  kind: "file",
  rowCount: 406,
  columns: [
    { name: "name", type: "VARCHAR" },
    { name: "horsepower", type: "BIGINT" },
    { name: "origin", type: "VARCHAR" },
  ],
};

export interface FakeSession extends TypeScriptSession {
  readonly queries: { query: string; locked: boolean; out?: string }[];
  /** Queries that look something up beside, of which the user is not told. */
  readonly quietQueries: { query: string; locked: boolean; out?: string }[];
  readonly executed: string[];
  readonly interrupts: number;
  /** As the kernel routes the session's events to whoever listens. */
  readonly onSessionEvent: (listener: (event: SessionEvent) => void) => () => void;
}

/** A session without a process: SQL and TypeScript are answered by the functions given. */
export function fakeSession(
  given: {
    sql?: (query: string, signal?: AbortSignal) => SqlResult | Promise<SqlResult>;
    execute?: TypeScriptSession["execute"];
    check?: TypeScriptSession["check"];
    prints?: string;
    chart?: TypeScriptSession["chart"];
    tables?: readonly TableInfo[];
    variables?: readonly Variable[];
    statistics?: StatisticsResult;
    unmet?: TypeScriptSession["unmet"];
  } = {},
): FakeSession {
  const queries: FakeSession["queries"] = [];
  const quietQueries: FakeSession["quietQueries"] = [];
  const executed: string[] = [];
  const listeners = new Set<(event: SessionEvent) => void>();
  let interrupts = 0;
  const unused = () => Promise.reject(new Error("not used in this test"));
  return {
    queries,
    quietQueries,
    executed,
    get interrupts() {
      return interrupts;
    },
    onSessionEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async sql(query, { locked, out, arrow, signal, isQuiet }) {
      const list = isQuiet ? quietQueries : queries;
      list.push({ query, locked, ...(out !== undefined && { out }), ...(arrow && { arrow }) });
      return given.sql?.(query, signal) ?? oneCell("n", 1);
    },
    async execute(code, options) {
      executed.push(code);
      for (const listener of listeners) {
        if (given.prints) listener({ type: "stream", cellId: options.cellId, name: "stdout", text: given.prints });
      }
      return given.execute?.(code, options) ?? { status: "ok", result: undefined };
    },
    check: async (code) => given.check?.(code) ?? [],
    tables: async () => given.tables ?? [CARS],
    variables: async () => given.variables ?? [],
    interrupt() {
      interrupts++;
    },
    functionSchema: unused,
    values: unused,
    isConfined: false,
    commands: { bash: unused, writeFile: unused, environment: unused, show: unused },
    forgetPackages: async () => {},
    statistics: async <Test extends StatisticsTest>() =>
      (given.statistics ?? (await unused())) as StatisticsResults[Test], // as: the test that is asked for gave it
    unmet: async (query) => (await given.unmet?.(query)) ?? [],
    chart: given.chart ?? (async () => ({ "text/plain": "bar chart" })),
    complete: unused,
    inspect: unused,
    debugger: { request: unused, state: () => ({ isStarted: false, isStopped: false, breakpoints: [] }) },
    isComplete: unused,
    withValueShown: async (code) => code.replace(/;$/, ""),
    evaluate: unused,
    restart: unused,
    comm: async () => false,
    async [Symbol.asyncDispose]() {},
  };
}

export function oneCell(name: string, value: unknown): SqlResult {
  return { columns: [{ name, type: "BIGINT" }], rows: [{ [name]: value }], rowCount: 1 };
}

/** @param columns their names, with spaces between; a column with a number in it is one of numbers */
export function tableOf(columns: string, ...rows: readonly (readonly unknown[])[]): SqlResult {
  const names = columns.split(" ");
  const typeOf = (i: number) => (rows.some((row) => typeof row[i] === "number") ? "DOUBLE" : "VARCHAR");
  return {
    columns: names.map((name, i) => ({ name, type: typeOf(i) })),
    rows: rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]]))),
    rowCount: rows.length,
  };
}

/** A machine without Python. */
export function noPython(): PythonSession {
  const none = () => Promise.reject(new Error("no Python with ipykernel was found"));
  return {
    isRunning: false,
    isConfined: false,
    execute: none,
    check: none,
    about: none,
    put: none,
    get: none,
    complete: async (_code, offset) => ({ matches: [], types: [], start: offset, end: offset }),
    restart: async () => {},
    async [Symbol.asyncDispose]() {},
  };
}
