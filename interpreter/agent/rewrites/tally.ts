// A table of counts: visitors by month and museum.
import { isNamedAs } from "../../languages/time-names.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import type { Asked } from "./rewrite.ts";

/**
 * Whether the texts and times of each row come once, none of them by itself, and the column is the only number beside them:
 * a table of counts. Of houses with a street, a number and an owner, each owner comes once.
 */
export async function isTally({ name, columns }: TableInfo, column: string, look: Asked["look"]): Promise<boolean> {
  const others = columns.filter((one) => one.name !== column);
  const isKey = ({ name, type }: { name: string; type: string }) => !isNumeric(type) || isNamedAs(name, "year");
  if (others.length === 0 || !others.every(isKey)) return false;
  const names = others.map((one) => identifier(one.name));
  const alone = names.map((one, i) => `count(DISTINCT ${one}) AS alone${i}`);
  const query = `SELECT count(*) AS rows, count(DISTINCT (${names.join(", ")})) AS together, ${alone.join(", ")} FROM ${name}`;
  const [row] = (await look(query).catch(() => undefined))?.rows ?? [];
  const isEach = (count: unknown) => Number(count) === Number(row?.rows);
  return (
    row !== undefined && isEach(row.together) && (names.length === 1 || !names.some((_, i) => isEach(row[`alone${i}`])))
  );
}
