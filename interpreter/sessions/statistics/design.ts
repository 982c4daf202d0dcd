// Regressors as numbers: texts become a column of 0 and 1 for each of their values but the first.

import { need } from "./statistics-error.ts";
import type { TableColumns } from "./table-columns.ts";

const MAX_LEVELS = 50;

/** A row for each of the table's, the intercept first. */
export interface Design {
  readonly terms: readonly string[];
  readonly rows: readonly (readonly number[])[];
  readonly note: string; // what texts are compared to: "; origin compared to Europe"
}

export function designOf({ columns, rows }: TableColumns, names: readonly string[]): Design {
  const parts = names.map((name) => {
    const values = rows.map((row) => row[columns.findIndex((column) => column.name === name)]!);
    if (!columns.some((column) => column.name === name && column.isText))
      return { terms: [name], of: (i: number) => [values[i] as number], note: "" };
    const [first, ...levels] = [...new Set(values.map(String))].sort();
    need(levels.length > 0, `${name} has only one value`);
    need(levels.length < MAX_LEVELS, `${name} has ${levels.length + 1} texts, too many for a regressor`);
    return {
      terms: levels.map((level) => `${name}[${level}]`),
      of: (i: number) => levels.map((level) => (values[i] === level ? 1 : 0)),
      note: `; ${name} is compared to ${first}`,
    };
  });
  return {
    terms: ["intercept", ...parts.flatMap(({ terms }) => terms)],
    rows: rows.map((_, i) => [1, ...parts.flatMap(({ of }) => of(i))]),
    note: parts.map(({ note }) => note).join(""),
  };
}
