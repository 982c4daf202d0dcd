// A field of a column that has several, as JSON lines write them: site, of device {"id": "000", "site": "north"}.
import { identifier } from "../database.ts";
import { isName } from "../sql-outline.ts";
import { nextSign, previousText, sqlText, sqlTokens, unquoted } from "../sql-tokens.ts";
import { equal, type Mend, missingColumn, tablesIn } from "./mend.ts";

/** site -> device.site, where only one column has such a field. */
export const fieldOfColumn: Mend = (query, error, tables) => {
  const name = missingColumn(error);
  if (name === undefined) return undefined;
  const columns = tablesIn(query, tables).flatMap((table) => table.columns);
  const holders = columns.flatMap((column) =>
    fieldsOf(column.type).flatMap((field) => (equal(field, name) ? [{ column: column.name, field }] : [])),
  );
  const [holder, ...others] = holders;
  if (holder === undefined || others.length > 0) return undefined;
  const text = `${identifier(holder.column)}.${identifier(holder.field)}`;
  const tokens = sqlTokens(query);
  const mended = tokens.map((token, i) => {
    const isMeant = isName(token) && equal(unquoted(token), name) && nextSign(tokens, i) !== ".";
    return isMeant && !/^(\.|as|from|join)$/i.test(previousText(tokens, i)) ? { ...token, text } : token;
  });
  return { query: sqlText(mended), note: `(${name} is read as the field ${holder.field} of ${holder.column})` };
};

/** id and site of STRUCT(id VARCHAR, site VARCHAR); of lists of such none, as they have several values. */
function fieldsOf(type: string): string[] {
  const [, inside] = /^STRUCT\((.*)\)$/s.exec(type) ?? [];
  if (inside === undefined) return [];
  const fields: string[] = [];
  let depth = 0;
  let isFirst = true;
  for (const [token] of inside.matchAll(/"(?:[^"]|"")*"|[(),]|[^\s"(),]+/g)) {
    if (depth === 0 && isFirst) fields.push(token.replace(/^"(.*)"$/s, "$1").replaceAll('""', '"'));
    isFirst = depth === 0 && token === ",";
    depth += token === "(" ? 1 : token === ")" ? -1 : 0;
  }
  return fields;
}
