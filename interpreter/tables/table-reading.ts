// How a table of a file is read, as it is handed to whoever reads it: SQL, and what has to be loaded before.
import type { ColumnContext } from "./column-reading.ts";
import type { Quoting } from "./delimited-text.ts";

export interface TableReading {
  readonly from: string; // what stands after FROM
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rowCount: number | undefined;
  readonly notes: readonly string[]; // what was assumed, and what was left out
  readonly load?: ToLoad; // `from` names its table
}

/** What is made a temporary table before `from` can be read. */
export type ToLoad = TextToLoad | SheetToLoad | QueryToLoad | ArrowToLoad;

/** Of a workbook. */
export interface SheetToLoad {
  readonly kind: "sheet";
  readonly table: string;
  readonly sheet: string; // as SQL names it: "sales.xlsx#Targets"
  readonly hasHeader?: boolean; // as the user says
}

/** A text that DuckDB does not read itself, as a table of texts. */
export interface TextToLoad {
  readonly kind: "text";
  readonly table: string; // the temporary table's name
  readonly encoding: string; // for decode()
  readonly separator: string;
  readonly quoting: Quoting;
  readonly skippedLines: number;
  readonly names: readonly string[];
}

/** What DuckDB reads, but would read anew for every column. */
export interface QueryToLoad {
  readonly kind: "query";
  readonly table: string;
  readonly query: string;
}

/** A file of Arrow's form, which DuckDB does not read. */
export interface ArrowToLoad {
  readonly kind: "arrow";
  readonly table: string;
}

/** What the user says of a file: `%tables read`. */
export interface ReadingOptions {
  readonly dates?: "day-first" | "month-first" | "year-first"; // the last of years of two digits
  readonly decimal?: "comma" | "point";
  readonly header?: boolean;
  readonly encoding?: string;
  readonly separator?: string;
}

/** What the user says of a file's dates, for its columns. */
export function knownDates({ dates }: ReadingOptions): Pick<ColumnContext, "isDayFirst" | "isYearFirst"> {
  if (dates === undefined) return {};
  return dates === "year-first" ? { isYearFirst: true } : { isDayFirst: dates === "day-first" };
}
