// What every cell sees without an import. The compiler declares these types to the cells, child.ts gives the values:
// a new global is a member here, its name in CELL_GLOBALS, and its value in child.ts.

import type { ChartOptions } from "../charts/chart-types.ts";
import type { StatisticsOptions, StatisticsResults, StatisticsTest } from "../statistics/statistics-types.ts";
import type { Interact, Widgets } from "./widgets/widget-types.ts";

export interface Display {
  html(text: string): void;
  markdown(text: string): void;
  latex(text: string): void;
  svg(text: string): void;
  javascript(text: string): void;
  text(text: string): void;
  json(value: unknown): void;
  png(bytes: Uint8Array): void;
  jpeg(bytes: Uint8Array): void;
  gif(bytes: Uint8Array): void;
  pdf(bytes: Uint8Array): void;
  /** Any MIME type: text as a string, binary as bytes, JSON types as a value. */
  raw(contentType: string, data: unknown): void;
}

/** Shows a value as the last expression of a cell is shown: tables, charts, images. */
export type DisplayFunction = Display & ((value: unknown) => void);

// biome-ignore lint/suspicious/noExplicitAny: a query's columns are known only when it runs
export type SqlRow = Record<string, any>;

/**
 * What cells are told of apache-arrow's Table; `as Table` where a library wants the class. Its own types stay away: read
 * with every notebook, they would make the first cell half as slow again.
 */
export interface ArrowTable extends Iterable<ArrowRow> {
  readonly schema: { readonly names: readonly PropertyKey[]; readonly fields: readonly ArrowField[] };
  readonly numRows: number;
  readonly numCols: number;
  getChild(name: string): ArrowVector | null;
  get(index: number): ArrowRow | null;
  toArray(): ArrowRow[];
  slice(begin?: number, end?: number): ArrowTable;
  select(names: string[]): ArrowTable;
}

interface ArrowField {
  readonly name: string;
  readonly type: object; // as text, "Int32"
  readonly nullable: boolean;
}

interface ArrowRow {
  // biome-ignore lint/suspicious/noExplicitAny: a query's columns are known only when it runs
  readonly [column: string]: any;
  toJSON(): SqlRow;
}

// biome-ignore lint/suspicious/noExplicitAny: a query's columns are known only when it runs
interface ArrowVector extends Iterable<any> {
  readonly length: number;
  readonly nullCount: number;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  get(index: number): any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  toArray(): any;
}

/**
 * DuckDB over the notebook's files and the session's arrays of objects, by name.
 * @example const rows = await sql`SELECT origin, avg(mpg) AS mpg FROM 'cars.csv' WHERE year > ${1975} GROUP BY origin`;
 */
export interface Sql {
  /** Values in `${}` are bound as parameters, never pasted into the text. */
  (query: TemplateStringsArray, ...values: unknown[]): Promise<SqlRow[]>;
  (query: string): Promise<SqlRow[]>;
  /** The result as an Arrow table, for libraries that take one. */
  arrow: {
    (query: TemplateStringsArray, ...values: unknown[]): Promise<ArrowTable>;
    (query: string): Promise<ArrowTable>;
  };
}

export interface QwenOptions {
  /** Another model than the notebook's. */
  readonly model?: string;
  /** 0 by default: the same request gives the same answer. */
  readonly temperature?: number;
  /** Of the answer. */
  readonly maxTokens?: number;
  /** Instead of the system prompt. */
  readonly system?: string;
  /** Whether the model is told of the notebook's tables and variables; true by default. */
  readonly notebook?: boolean;
}

export interface QwenAgentAnswer {
  readonly answer: string; // "" where the model gave none
  /** "answered"; or why it ended without an answer: "repeated", "max-repairs", "proposed", ... */
  readonly end: string;
  /** TypeScript or a %%sql cell that gives the last result without a model. */
  readonly code?: string;
  /** Of the last query. */
  readonly rows?: SqlRow[];
}

/** The notebook's model from code. Each request stands by itself: it does not see, nor join, the conversation. */
export interface Qwen {
  /**
   * The model's answer. It runs nothing.
   * @example const label = await qwen.chat(`One word, the mood of: ${review}`, { notebook: false });
   */
  chat(request: string, options?: QwenOptions): Promise<string>;
  /**
   * The model works on a task as in %%agent: its steps are shown in the cell, and it asks before it runs code.
   * @example const { answer, rows } = await qwen.agent("mean mpg by origin");
   */
  agent(request: string, options?: QwenOptions): Promise<QwenAgentAnswer>;
  /** Makes a function of the notebook callable by the model, as %tool does. */
  // biome-ignore lint/suspicious/noExplicitAny: any function
  tool(fn: (...args: any[]) => unknown): Promise<void>;
}

export interface CellGlobals {
  display: DisplayFunction;
  /** A display that is replaced in place: its first call shows, later ones update. */
  newDisplay: () => Display;
  /** Empties the cell's output; with `wait`, only when the next output comes. */
  clearOutput: (wait?: boolean) => void;
  /** Asks the user under the cell. */
  input: (prompt?: string, options?: { password?: boolean }) => Promise<string>;
  /** Asks the user and waits; timers and promises stand still meanwhile. `null` where no input is possible. */
  prompt: (message?: string, defaultValue?: string) => string | null;
  /** Asks yes or no and waits; `false` where no input is possible. */
  confirm: (message?: string) => boolean;
  sql: Sql;
  /**
   * A chart of a table, a file or a query: as the last expression of a cell, or through display(). DuckDB computes what
   * it shows.
   * @example await chart({ table: "cars.csv", mark: "bar", x: "origin", y: "mpg", aggregate: "mean" })
   */
  chart: (options: ChartOptions) => Promise<object>;
  /**
   * Statistics of columns that SQL has not: tests with their p-values, regressions, outliers, clusters, seasons. Names
   * and numbers are those of scipy, statsmodels and scikit-learn; rows with a missing value are left out and counted.
   * @example await statistics({ table: "cars.csv", test: "regression", x: ["weight", "origin"], y: "mpg" })
   */
  statistics: <Test extends StatisticsTest>(options: StatisticsOptions<Test>) => Promise<StatisticsResults[Test]>;
  qwen: Qwen;
  widget: Widgets;
  interact: Interact;
}

export const CELL_GLOBALS = [
  "display",
  "newDisplay",
  "clearOutput",
  "input",
  "prompt",
  "confirm",
  "sql",
  "chart",
  "statistics",
  "qwen",
  "widget",
  "interact",
] as const satisfies readonly (keyof CellGlobals)[];
