import type { TableInfo, TypeScriptSession } from "../sessions/session.ts";
import { identifier } from "../sessions/sql/database.ts";
import { FILE_NAME } from "../sessions/sql/united-files.ts";
import { fileOf } from "../sessions/table-info.ts";

/** Values of text columns, by table and column, in their order; of a column that has very many, none. */
export type ColumnValues = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

const FEW = 6; // more is a name or a text, and costs too many tokens
const FEW_LENGTH = 24; // UTF-16 units
const FEW_FILES = 12; // of one table: what their rows have in common may be said by nothing else
const MAX_VALUES = 500; // of a column, by which a question may name its table
const MAX_TABLES = 32;
const MAX_TEXT_COLUMNS = 16; // of one table
const ROWS_LOOKED_AT = 5_000; // of one table, so that a large file costs milliseconds
const MAX_FILES = 32; // of one table that is several

/** Those that are told: a model that knows that the column says 'USA' does not ask for 'US'. */
export function fewValues(ofTable: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const isFew = (values: readonly string[]) =>
    values.length <= FEW && values.every((value) => value.length <= FEW_LENGTH);
  const areFiles = (column: string, values: readonly string[]) => column === FILE_NAME && values.length <= FEW_FILES;
  return new Map([...ofTable].filter(([column, values]) => isFew(values) || areFiles(column, values)));
}

/** A table that cannot be read is left out; its error comes when a query names it. */
export async function columnValues(
  session: TypeScriptSession,
  tables: readonly TableInfo[],
  signal?: AbortSignal,
): Promise<ColumnValues> {
  const found = new Map<string, ReadonlyMap<string, readonly string[]>>();
  for (const table of tables.slice(0, MAX_TABLES)) {
    const values = await knownValues(session, table, signal).catch(() => undefined);
    signal?.throwIfAborted();
    if (values) found.set(table.name, values);
  }
  return found;
}

type Values = ReadonlyMap<string, readonly string[]> | undefined;

/** By a table's description, which is another once its file has changed; a variable's is made anew each time. */
const known = new WeakMap<TypeScriptSession, WeakMap<TableInfo, Promise<Values>>>();

function knownValues(session: TypeScriptSession, table: TableInfo, signal: AbortSignal | undefined): Promise<Values> {
  const ofSession = known.get(session) ?? new WeakMap<TableInfo, Promise<Values>>();
  known.set(session, ofSession);
  const values = ofSession.get(table) ?? valuesOf(session, table, signal);
  ofSession.set(table, values);
  values.catch(() => ofSession.delete(table)); // it was interrupted, or cannot be read now
  return values;
}

async function valuesOf(
  session: TypeScriptSession,
  table: TableInfo,
  signal: AbortSignal | undefined,
): Promise<Values> {
  const ofFiles = fileNames(table);
  const names = table.columns
    .filter(({ name, type }) => type === "VARCHAR" && !ofFiles.has(name))
    .map(({ name }) => name);
  const columns = names.slice(0, MAX_TEXT_COLUMNS);
  if (columns.length === 0) return ofFiles.size === 0 ? undefined : ofFiles;
  const lists = columns.map((name, i) => `list(DISTINCT ${identifier(name)}) AS c${i}`);
  const query = `SELECT ${lists.join(", ")} FROM (${firstRows(table, columns)})`;
  const { rows } = await session.sql(query, { locked: true, isQuiet: true, maxRows: 1, ...(signal && { signal }) });
  const ofColumns = columns.flatMap((name, i) => {
    const list = rows[0]?.[`c${i}`];
    const values = Array.isArray(list) ? list.filter((value) => value !== null).map(String) : [];
    return values.length > 0 && values.length <= MAX_VALUES ? [[name, values.sort()] as const] : [];
  });
  return new Map([...ofColumns, ...ofFiles]);
}

/** Of several files some of each. */
function firstRows({ name, files = [] }: TableInfo, columns: readonly string[]): string {
  if (files.length === 0) return `SELECT * FROM ${name} LIMIT ${ROWS_LOOKED_AT}`;
  const texts = columns.map((column) => `CAST(${identifier(column)} AS VARCHAR) AS ${identifier(column)}`).join(", ");
  const some = files.slice(0, MAX_FILES);
  const parts = some.map((file) => `(SELECT ${texts} FROM ${file} LIMIT ${Math.ceil(ROWS_LOOKED_AT / some.length)})`);
  return parts.join(" UNION ALL ");
}

/** The files of a table that is several, as its column of their names has them. */
function fileNames({ files = [], fileColumn }: TableInfo): ReadonlyMap<string, readonly string[]> {
  const isTold = fileColumn !== undefined && files.length <= MAX_VALUES;
  return isTold ? new Map([[fileColumn, files.map((name) => fileOf({ name })).sort()]]) : new Map();
}
