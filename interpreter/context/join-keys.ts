import type { TableInfo, TypeScriptSession } from "../sessions/session.ts";
import { identifier } from "../sessions/sql/database.ts";
import { isSameEnd, type JoinKey, type KeyEnd, WRITINGS } from "../sessions/sql/join-key.ts";
import { isIdentifier, stemOf, withoutIdentifier } from "../sessions/table-info.ts";
import { sharesWord } from "../tools/renamed-columns.ts";

const MAX_COLUMNS = 8; // of one table: texts, and whole numbers
const MAX_VALUES = 5_000; // of a column
const MAX_SAMPLE = 500; // values that are looked for on the other side
const LEAST_SHARE = 0.7; // of these that have to be found there; lists of shops, rooms or customers seldom hold them all
const SURE_SHARE = 0.9; // ... where nothing but the numbers speaks for it
const NUMBER = /^(?:number|nummer|n[uú]mero|numéro)$/iu;
const LEAST_VALUES = 3;
const SURE_VALUES = 5;

interface ColumnSet {
  readonly table: TableInfo;
  readonly name: string;
  readonly isText: boolean;
  readonly values: readonly string[]; // each once
  readonly isUnique: boolean;
}

/**
 * What a person sees by looking at two tables: the flights' `origin` are the airports' `iata`, and the bookings' 'Hab. 101'
 * is the room 101. Small models join by what sounds alike, and find nothing.
 */
export async function joinKeys(
  session: TypeScriptSession,
  tables: readonly TableInfo[],
  signal?: AbortSignal,
): Promise<readonly JoinKey[]> {
  if (tables.length < 2) return [];
  const sets: ColumnSet[] = [];
  for (const table of tables) {
    sets.push(...(await columnSets(session, table, signal).catch(() => [])));
    signal?.throwIfAborted();
  }
  const keys = sets.flatMap((from) => sets.flatMap((to) => keyBetween(from, to) ?? []));
  return keys.filter((key, i) => !isSaid(key, keys.slice(0, i)) && !isByChance(key, keys));
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
    const values = [...new Set(Array.isArray(list) ? list.filter((value) => value !== null).map(String) : [])];
    return { table, name, isText: type === "VARCHAR", values, isUnique: values.length === Number(rows[0]?.[`n${i}`]) };
  });
}

/** By the values as they stand, or as both columns would write them. */
function keyBetween(from: ColumnSet, to: ColumnSet): JoinKey | undefined {
  if (from.table === to.table || !to.isUnique || from.values.length < LEAST_VALUES) return undefined;
  const ends = { from: endOf(from), to: endOf(to) };
  const isNamed = areNamedAlike(from, to);
  // Whole numbers overlap by chance, so there the names have to agree.
  const isAsItStands = from.isText === to.isText && (from.isText || isNamed);
  if (isAsItStands && shareFound(from.values, to.values) >= LEAST_SHARE) return ends;
  for (const { name: writing, plain } of WRITINGS) {
    if (!(writing === "number" ? areNumbered(from, to) : from.isText && to.isText)) continue;
    const [own, others] = [from.values.map(plain), to.values.map(plain)];
    const isTold = writing !== "number" || isNamed;
    if (own.length < (isTold ? LEAST_VALUES : SURE_VALUES) || new Set(others).size < others.length) continue;
    if (shareFound(own, others) >= (isTold ? LEAST_SHARE : SURE_SHARE)) return { ...ends, writing };
  }
  return undefined;
}

function shareFound(values: readonly string[], others: readonly string[]): number {
  const there = new Set(others);
  const sample = values.slice(0, MAX_SAMPLE);
  return sample.filter((value) => value !== "" && there.has(value)).length / sample.length;
}

/** Texts with one beginning each, 'Hab. 101', or with zeros before a number; and the numbers themselves. */
function areNumbered(from: ColumnSet, to: ColumnSet): boolean {
  if (!from.isText && !to.isText) return false;
  return [from, to].every(({ values }) => {
    const beginnings = new Set(values.map((value) => /^(\D*)\d+$/.exec(value.trim())?.[1]?.toLowerCase()));
    return beginnings.size === 1 && !beginnings.has(undefined);
  });
}

/** year and Year, customer_id and the id of customers, job_no and "Job". */
function areNamedAlike(from: ColumnSet, to: ColumnSet): boolean {
  if (from.name.toLowerCase() === to.name.toLowerCase()) return true;
  if (!isIdentifier(from.name) && !isIdentifier(to.name) && !isBare(to.name)) return false;
  const [own, other] = [withoutIdentifier(from.name), withoutIdentifier(to.name)];
  return isBare(to.name) ? sharesWord(own, stemOf(to.table)) : !isBare(from.name) && sharesWord(own, other);
}

/** id, or number, of whatever it is. */
function isBare(name: string): boolean {
  return NUMBER.test(name) || (isIdentifier(name) && withoutIdentifier(name) === name);
}

function endOf({ table, name }: ColumnSet): KeyEnd {
  return { table: table.name, column: name };
}

/** Where both sides are unique, one direction says it. */
function isSaid({ from, to }: JoinKey, before: readonly JoinKey[]): boolean {
  return before.some((key) => isSameEnd(key.from, to) && isSameEnd(key.to, from));
}

/** The id of orders and the id of customers, where the orders have a customer_id. */
function isByChance({ from, to }: JoinKey, keys: readonly JoinKey[]): boolean {
  const isOfBoth = (key: JoinKey) =>
    [key.from.table, key.to.table].every((name) => [from.table, to.table].includes(name));
  return isBare(from.column) && isBare(to.column) && keys.some((key) => isOfBoth(key) && !isBare(key.from.column));
}
