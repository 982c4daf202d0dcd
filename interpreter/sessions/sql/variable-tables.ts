// The session's variables as tables of SQL. A library, or a file, may have made their rows what they are: one that cannot
// be read is told by its name, and stands in no other's way.
import type { TableInfo } from "../session.ts";
import type { Row } from "../typescript/table-data.ts";
import { describingRows, rowCountOf, rowsOf } from "../typescript/table-rows.ts";
import { withinTime } from "../typescript/within-time.ts";
import { type PackedTable, packWithin, type SessionArrays, tableColumns } from "./load-table.ts";
import { SqlError } from "./sql-error.ts";

const DESCRIBED_WITHIN_MS = 1_000;
const SENT_WITHIN_MS = 20_000;
const MAX_SENT_VALUES = 4_000_000; // of a variable that the model's SQL names
const MAX_SENT_CHARACTERS = 64 * 2 ** 20;

/** @throws SqlError that names the variable */
export function rowsOfVariable(name: string, value: unknown): readonly Row[] | undefined {
  try {
    return rowsOf(value);
  } catch (error) {
    throw new SqlError(unreadable(name, error));
  }
}

function unreadable(name: string, error: unknown): string {
  return `The variable ${name} cannot be read as a table: ${error instanceof Error ? error.message : error}`;
}

/** One that cannot be read is no table. */
export function describeVariable(name: string, value: unknown): TableInfo[] {
  try {
    const rows = withinTime(DESCRIBED_WITHIN_MS, () => describingRows(value));
    return rows ? [{ name, kind: "variable", columns: tableColumns(rows), rowCount: rowCountOf(value) }] : [];
  } catch {
    return [];
  }
}

export function packVariables(variables: Record<string, unknown>, names: ReadonlySet<string>): SessionArrays {
  const arrays: SessionArrays["arrays"][number][] = [];
  const leftOut: string[] = [];
  for (const [name, value] of Object.entries(variables)) {
    if (!names.has(name)) continue;
    try {
      const table = withinTime(SENT_WITHIN_MS, () => packed(name, value));
      if (table) arrays.push(table);
    } catch (error) {
      leftOut.push(error instanceof SqlError ? error.message : unreadable(name, error));
    }
  }
  return { arrays, leftOut };
}

/** @throws SqlError for what is larger than is sent */
function packed(name: string, value: unknown): PackedTable | undefined {
  const count = rowCountOf(value);
  if (count === undefined) return undefined;
  const rows = count <= MAX_SENT_VALUES ? rowsOf(value) : undefined;
  const table = rows && packWithin(name, rows, { maxValues: MAX_SENT_VALUES, maxCharacters: MAX_SENT_CHARACTERS });
  if (!table) throw new SqlError(`The variable ${name} has ${count} rows, too many for this: write it to a file`);
  return table;
}
