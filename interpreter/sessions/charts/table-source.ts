import { identifier } from "../sql/database.ts";

/** A name is quoted, so that `cars.json` and `'cars.json'` mean the file; a query is put in parentheses. */
export function tableSource(table: string): string {
  const text = table.trim().replace(/;\s*$/, "");
  if (/^\(*\s*(select|with|from|pivot|unpivot|values)\b/i.test(text)) return `(${text})`;
  return identifier(text.replace(/^(['"])(.*)\1$/, "$2"));
}
