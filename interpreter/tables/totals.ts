// A row of totals that is left out below a table is half of what its rows add up to where some of those sum up others, as
// a pivot table's do.
import { identifier, quoted } from "../sessions/sql/database.ts";
import type { DecidedColumn, RunRows } from "./evidence.ts";

const MOST_LEVELS = 4;
const MAX_ROWS = 100_000; // a longer table is none that somebody wrote totals into

/** @param total the texts of the row, by the columns of the file @returns a note, where the rows count several times */
export async function totalNotes(
  run: RunRows,
  from: string,
  columns: readonly DecidedColumn[],
  { total, rowCount }: { readonly total: readonly string[] | undefined; readonly rowCount: number },
): Promise<string[]> {
  const summed = columns.flatMap(({ name, reading }, i) => {
    const text = total?.[i]?.trim() ?? "";
    const isNumber = reading !== undefined && /^(BIGINT|DOUBLE|DECIMAL)/.test(reading.type) && text !== "";
    return isNumber ? [{ name, total: reading.sql(quoted(text)), value: reading.sql(identifier(name)) }] : [];
  });
  if (summed.length === 0 || rowCount > MAX_ROWS) return [];
  const asked = summed.flatMap(({ total: text, value }) => [
    `CAST(${text} AS DOUBLE)`,
    `CAST(sum(${value}) AS DOUBLE)`,
  ]);
  const [row = []] = await run(`SELECT ${asked.join(", ")} FROM ${from}`);
  return repeatedSums(summed.map(({ name }, i) => ({ name, total: Number(row[2 * i]), sum: Number(row[2 * i + 1]) })));
}

export interface SummedColumn {
  readonly name: string;
  readonly total: number; // as its row below says
  readonly sum: number; // of all rows
}

export function repeatedSums(columns: readonly SummedColumn[]): string[] {
  const [first, ...others] = columns.filter(({ total }) => total !== 0 && Number.isFinite(total));
  const times = first === undefined ? 0 : Math.round(first.sum / first.total);
  const isSo = ({ sum, total }: SummedColumn) => Math.abs(sum / total - times) < 1e-6;
  if (first === undefined || times < 2 || times > MOST_LEVELS || ![first, ...others].every(isSo)) return [];
  return [
    `${first.name}: its rows add up to ${times} times the total that is left out below (${first.sum}, not ${first.total}): some of them sum up others`,
  ];
}
