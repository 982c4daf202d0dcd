import { nearestName } from "./nearest-name.ts";

interface Column {
  readonly name: string;
  readonly type: string;
}

type Found<C> = { readonly found: C; readonly problem: "" } | { readonly found: undefined; readonly problem: string };

/** A column as it is written, or in another case. */
export function findColumn<C extends Column>(name: string, columns: readonly C[]): Found<C> {
  const found =
    columns.find((column) => column.name === name) ??
    columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  if (found) return { found, problem: "" };
  const names = columns.map((column) => column.name);
  const problem = `there is no column ${JSON.stringify(name)}; did you mean ${nearestName(name, names)}? Columns: ${names.join(", ")}`;
  return { found: undefined, problem };
}
