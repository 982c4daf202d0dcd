// The SELECT that reads a table as it was decided.
import { identifier, quoted } from "../sessions/sql/database.ts";
import { BLANKS } from "./column-reading.ts";
import type { DecidedColumn, Evidence } from "./evidence.ts";

/** The text of a column, converted, under its own name. */
export function columnSql({ name, reading, isExact }: DecidedColumn): string {
  if (reading === undefined) return identifier(name);
  const text = isExact ? identifier(name) : `trim(${identifier(name)}, ${quoted(BLANKS)})`;
  return `${reading.sql(text)} AS ${identifier(name)}`;
}

/** The type that DuckDB's own CSV reader may give a column: what it reads is what the reading reads. */
export function nativeType(column: DecidedColumn): string {
  return isReadNatively(column) ? column.reading!.type : "VARCHAR";
}

export function isReadNatively({ reading, isExact }: DecidedColumn): boolean {
  return reading?.isNative === true && isExact;
}

/** WHERE, of the rows that belong to the table. `leftOut`: other records, by the texts of the columns. */
export function rowsSql(
  names: readonly string[],
  { emptyRows }: Pick<Evidence, "emptyRows">,
  leftOut: readonly (readonly string[])[],
): string {
  const isEmpty = `(${names.map((name) => `${identifier(name)} IS NULL`).join(" AND ")})`;
  const records = leftOut.filter((fields) => fields.some((field) => field !== ""));
  const unwanted = records.map((fields) => {
    const same = names.map((name, i) => {
      const field = fields[i] ?? "";
      return field === "" ? `${identifier(name)} IS NULL` : `${identifier(name)} IS NOT DISTINCT FROM ${quoted(field)}`;
    });
    return `(${same.join(" AND ")})`;
  });
  const all = emptyRows > 0 ? [isEmpty, ...unwanted] : unwanted;
  return all.length === 0 ? "" : ` WHERE NOT (${all.join(" OR ")})`;
}

export function columnNotes({ name, notes }: DecidedColumn): string[] {
  return notes.map((note) => `${name}: ${note}`);
}
