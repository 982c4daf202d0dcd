import type { RunQuery } from "../charts/chart-data.ts";
import type { StatisticsOptions } from "./statistics-types.ts";
import { readColumns, type TableColumns, type WantedColumn } from "./table-columns.ts";

/** A test with what it was asked for, held against what it takes. */
export interface Asked extends Omit<StatisticsOptions, "x" | "y"> {
  readonly x: readonly string[];
  readonly y: string; // "" of a test that takes none
  readonly run: RunQuery;
}

export function columns({ table, run }: Asked, wanted: readonly WantedColumn[], orderBy = ""): Promise<TableColumns> {
  return readColumns(table, wanted, run, orderBy);
}

export function numeric(name: string): WantedColumn {
  return { name, kind: "numbers" };
}

export function explaining(name: string): WantedColumn {
  return { name, kind: "numbers or texts" };
}

export function told<T extends object>(method: string, { rows, leftOut }: TableColumns, result: T) {
  return { method, n: rows.length, leftOut, ...result };
}
