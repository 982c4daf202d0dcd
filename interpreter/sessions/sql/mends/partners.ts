// room = 'suite', where no room is called so and another table says of each room what it is.
import type { TableInfo } from "../../session.ts";
import { fileOf, isIdentifier } from "../../table-info.ts";
import { identifier, quoted } from "../database.ts";
import { inWriting, type JoinKey, type KeyEnd } from "../join-key.ts";
import { holdersOf } from "./holders.ts";
import type { Looks } from "./mend.ts";

const MAX_TABLES = 24; // that are looked through
const MAX_ROWS = 1_000_000; // of each

interface Condition {
  readonly table: TableInfo;
  readonly column: string;
  readonly value: string;
}

interface OfPartner {
  /** For the rows of the query's table. @param owner "" or "a." */
  condition(owner: string): string;
  readonly note: string;
}

/** The rows whose partner has the value: in one column of one table, which one key leads to; undefined where several might. */
export async function ofPartner(
  { table, column, value }: Condition,
  tables: readonly TableInfo[],
  { keysOf, look }: Looks,
): Promise<OfPartner | undefined> {
  const others = tables.filter((one) => one !== table && !one.problem && (one.rowCount ?? 0) <= MAX_ROWS);
  const found: { readonly key: JoinKey; readonly holder: string; readonly other: TableInfo }[] = [];
  for (const other of others.slice(0, MAX_TABLES)) {
    for (const holder of await holdersOf([value], other, look)) {
      const keys = (await keysOf([table, other])).filter(
        ({ from }) => from.table === table.name && isName(from, table),
      );
      found.push(...keys.map((key) => ({ key, holder, other })));
    }
  }
  const [one, ...more] = found;
  if (!one || more.length > 0) return undefined;
  const { key, holder, other } = one;
  const to = inWriting(key.writing, identifier(key.to.column));
  const inner = `SELECT ${to} FROM ${other.name} WHERE ${identifier(holder)} = ${quoted(value)}`;
  const said = `${holder} = ${quoted(value)} of ${fileOf(other)}`;
  return {
    condition: (owner) => `${inWriting(key.writing, `${owner}${identifier(key.from.column)}`)} IN (${inner})`,
    note: `(no row has ${column} = ${quoted(value)}; read as ${said}, by ${key.from.column} = ${key.to.column})`,
  };
}

/** A whole number that is called otherwise may be a measure, and two tables have the same ones by chance. */
function isName({ column }: KeyEnd, { columns }: TableInfo): boolean {
  return isIdentifier(column) || columns.some(({ name, type }) => name === column && type === "VARCHAR");
}
