// Which column of a result stands under which name that a question gives.
import type { SqlResult } from "../../sessions/session.ts";
import type { Json } from "../question/asked-json.ts";
import { fillNames } from "../result-values.ts";

/**
 * The column of each name: by its words, by the type of the example that the question shows, as the only one that is left,
 * or, where as many are left, in their order. undefined where a name has none.
 */
export function matchColumns(
  names: readonly string[],
  { columns, rows }: SqlResult,
  examples: Readonly<Record<string, Json>> = {},
): ReadonlyMap<string, string> | undefined {
  const left = new Set(columns.map(({ name }) => name));
  const found = new Map<string, string>();
  const take = (name: string, column: string | undefined) => {
    if (column !== undefined && left.delete(column)) found.set(name, column);
  };
  for (const name of names) {
    const columnNames = [...left].map((column) => ({ name: column, value: column }));
    take(name, columnNames.length > 1 ? (fillNames([name], columnNames)?.get(name) as string | undefined) : undefined); // as: the values are names
  }
  const missing = () => names.filter((name) => !found.has(name));
  const isOfType = (column: string, example: Json) => rows.every((row) => typeof row[column] === typeof example);
  for (const name of missing()) {
    const example = examples[name] ?? null;
    const fits = example === null ? [] : [...left].filter((column) => isOfType(column, example));
    take(name, fits.length === 1 ? fits[0] : undefined);
  }
  const rest = missing();
  if (rest.length === left.size) for (const [i, column] of [...left].entries()) take(rest[i]!, column);
  return missing().length === 0 ? found : undefined;
}

/** Whether only their order says which column several names mean: "bottles, country" of Land and Flaschen. */
export function isByOrder(names: readonly string[], { columns }: SqlResult): boolean {
  const named = columns.map(({ name }) => ({ name, value: name }));
  return names.length > 1 && names.filter((name) => fillNames([name], named) === undefined).length > 1;
}

/** The columns under these names, and no others. */
export function renamed(table: SqlResult, names: readonly string[]): SqlResult | undefined {
  const found = matchColumns(names, table);
  if (!found) return undefined;
  const types = new Map(table.columns.map(({ name, type }) => [name, type]));
  return {
    columns: names.map((name) => ({ name, type: types.get(found.get(name)!) ?? "VARCHAR" })),
    rows: table.rows.map((row) => Object.fromEntries(names.map((name) => [name, row[found.get(name)!]]))),
    rowCount: table.rowCount,
  };
}
