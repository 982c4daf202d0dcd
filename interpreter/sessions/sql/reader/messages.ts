// What the kernel and the process that reads say to each other, in frames over one pipe.
import type { ReadingOptions, TableReading } from "../../../tables/table-reading.ts";
import type { ChartOptions } from "../../charts/chart-types.ts";
import type { MimeBundle, SqlResult, TableInfo, UnmetCondition } from "../../session.ts";
import type { StatisticsOptions, StatisticsResult } from "../../statistics/statistics-types.ts";
import type { DataFile } from "../data-files.ts";
import type { PackedTable } from "../load-table.ts";

/** What the names of a query mean. */
export interface NamedTables {
  readonly fileNames: readonly string[]; // of the folder: where they stand without quotes, they get them
  readonly views: readonly NamedView[]; // of files
  readonly arrays: readonly PackedTable[]; // of the session
  readonly leftOut: readonly string[]; // paths of files that are not read
}

export interface NamedView extends TableSource {
  readonly name: string;
  readonly file: DataFile;
}

export type TableSource = Pick<TableReading, "from" | "load">;

export interface DescribedFile {
  readonly tables: readonly TableInfo[]; // a workbook has one a sheet
  readonly sources: readonly TableSource[]; // of each of them; none of a file that cannot be read
  readonly problem?: string; // why it cannot be read
  readonly isLeftOut?: boolean; // it is larger than is read, or ended the process: nothing reads it
}

export interface ReaderRequests {
  describe: { params: { file: DataFile; options: ReadingOptions }; result: DescribedFile };
  query: { params: { query: string; maxRows: number; named: NamedTables }; result: SqlResult };
  unmet: { params: { query: string; named: NamedTables }; result: readonly UnmetCondition[] };
  chart: { params: { options: ChartOptions; named: NamedTables }; result: MimeBundle };
  statistics: { params: { options: StatisticsOptions; named: NamedTables }; result: StatisticsResult };
}

export type ReaderMethod = keyof ReaderRequests;

export type ToReader =
  | { readonly type: "start"; readonly folder: string }
  | { readonly type: "request"; readonly id: number; readonly method: ReaderMethod; readonly params: unknown }
  | { readonly type: "cancel" };

export const PIPE_FD = 3; // of the process, to the kernel

export const MEMORY_BYTES = 2 * 2 ** 30; // of the process
