import type { TableInfo, TypeScriptSession } from "../sessions/session.ts";
import { identifier } from "../sessions/sql/database.ts";

/** Columns by whose values two tables can be joined. */
export interface JoinKey {
  readonly from: string; // table.column, as it is shown
  readonly to: string; // the column of which each value is there once
}

const MAX_TABLES = 4;
const MAX_COLUMNS = 8; // of one table: texts, and whole numbers
const MAX_VALUES = 5_000; // of a column
const LEAST_SHARE = 0.9; // of the values that have to be found on the other side
const LEAST_VALUES = 3;

interface ColumnSet {
  readonly table: TableInfo;
  readonly name: string;
  readonly isText: boolean;
  readonly values: ReadonlySet<string>;
  readonly isUnique: boolean;
}

/**
 * What a person sees by looking at two tables: the flights' `origin` are the airports' `iata`. Small models join by
 * what sounds alike, and find nothing.
 */
export async function joinKeys(
  session: TypeScriptSession,
  tables: readonly TableInfo[],
  signal?: AbortSignal,
): Promise<readonly JoinKey[]> {
  if (tables.length < 2) return [];
  const sets: ColumnSet[] = [];
  for (const table of tables.slice(0, MAX_TABLES)) {
    sets.push(...(await columnSets(session, table, signal).catch(() => [])));
    signal?.throwIfAborted();
  }
  const keys = sets.flatMap((from) =>
    sets.filter((to) => isKey(from, to)).map((to) => ({ from: shown(from), to: shown(to) })),
  );
  // Where both sides are unique, one direction says it.
  return keys.filter(({ from, to }, i) => !keys.slice(0, i).some((key) => key.from === to && key.to === from));
}

async function columnSets(
  session: TypeScriptSession,
  table: TableInfo,
  signal: AbortSignal | undefined,
): Promise<ColumnSet[]> {
  const columns = table.columns
    .filter(({ type }) => /^(VARCHAR|U?(BIG|HUGE|SMALL|TINY)?INT(EGER)?)/.test(type))
    .slice(0, MAX_COLUMNS);
  if (columns.length === 0) return [];
  const lists = columns.map(({ name }, i) => {
    const column = identifier(name);
    return `list(DISTINCT CAST(${column} AS VARCHAR)) AS v${i}, count(${column}) AS n${i}`;
  });
  const query = `SELECT ${lists.join(", ")} FROM (SELECT * FROM ${table.name} LIMIT ${MAX_VALUES})`;
  const { rows } = await session.sql(query, { locked: true, isQuiet: true, maxRows: 1, ...(signal && { signal }) });
  return columns.map(({ name, type }, i) => {
    const list = rows[0]?.[`v${i}`];
    const values = new Set(Array.isArray(list) ? list.filter((value) => value !== null).map(String) : []);
    return { table, name, isText: type === "VARCHAR", values, isUnique: values.size === Number(rows[0]?.[`n${i}`]) };
  });
}

/** Whole numbers overlap by chance, so there the names have to agree. */
function isKey(from: ColumnSet, to: ColumnSet): boolean {
  if (from.table === to.table || from.isText !== to.isText || !to.isUnique || from.values.size < LEAST_VALUES)
    return false;
  if (!from.isText && from.name.toLowerCase() !== to.name.toLowerCase()) return false;
  const sample = [...from.values].slice(0, 500);
  return sample.filter((value) => to.values.has(value)).length >= LEAST_SHARE * sample.length;
}

function shown({ table, name }: ColumnSet): string {
  return `${table.name}.${/^\w+$/.test(name) ? name : `"${name}"`}`;
}
