// A join leaves out the rows that have no partner: flights to an airport that the list of airports lacks.
import { fileOf } from "../../sessions/table-info.ts";
import { plainQuery } from "../rewrites/rewrite.ts";
import { withNotes } from "../run-call.ts";
import type { Task } from "../task.ts";
import { isUnique } from "../unique-column.ts";
import type { Guard } from "./guard.ts";
import { queryThatRan } from "./other-way.ts";
import { type JoinSides, rowsWithoutPartner, sidesOf } from "./repeated-rows.ts";

const MAX_ROWS = 2_000_000; // of a table that is looked through once more

/** The user is told below the rows. */
export function lostRows(task: Task): Guard {
  return {
    async after(call, outcome) {
      const query = queryThatRan(call, outcome);
      const plain = query === undefined ? undefined : plainQuery(query, { tables: await task.tables() });
      const lost: string[] = [];
      for (const [i, source] of (plain?.sources ?? []).entries()) {
        const sides = plain && source.join === "inner" ? sidesOf(plain, source, i) : undefined;
        const note = sides && (await lostBy(sides, task));
        if (note !== undefined && !outcome.content.includes(note)) lost.push(note);
      }
      return lost.length === 0 ? undefined : { instead: withNotes(outcome, lost) };
    },
  };
}

/** Of the side that has several rows for one of the other: who joins orders with shops asks of the orders. */
async function lostBy([own, other]: JoinSides, task: Task): Promise<string | undefined> {
  const [isOwnUnique, isOtherUnique] = [await isUnique(own, task.look), await isUnique(other, task.look)];
  if (own.table === other.table || (!isOwnUnique && !isOtherUnique)) return undefined;
  const [many, one] = isOwnUnique ? [other, own] : [own, other];
  const rows = many.table.rowCount;
  if (rows === undefined || rows > MAX_ROWS) return undefined;
  const lost = await rowsWithoutPartner(many, one, task.look).catch(() => 0);
  task.options.context.signal?.throwIfAborted();
  if (lost === 0 || lost === rows) return undefined; // of which unmet-conditions.ts tells
  const by = many.column === one.column ? many.column : `${many.column} = ${one.column}`;
  return `(${lost} of ${rows} rows of ${fileOf(many.table)} have no row in ${fileOf(one.table)} by ${by}, and are left out)`;
}
