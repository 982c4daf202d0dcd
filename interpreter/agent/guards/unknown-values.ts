// A query that finds nothing because it looks for a value that its column does not have: the model reads which ones it has.
import { columnValues } from "../../context/column-values.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isName, solid } from "../../sessions/sql/sql-outline.ts";
import { sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { rowsOf } from "../../tools/facts.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

/** It is told below the result, then asked about once; then the user is told. */
export function unknownValues(task: Task): Guard {
  let facts: string[] = [];
  return {
    async after(call, outcome) {
      const table = rowsOf(outcome.facts);
      const query = table !== undefined && isEmpty(table) ? queryThatRan(call, outcome) : undefined;
      facts = query === undefined ? [] : await unknownIn(query, task);
      if (facts.length === 0) return undefined;
      return { instead: { ...outcome, content: [outcome.content, ...facts.map((fact) => `(${fact})`)].join("\n") } };
    },
    atAnswer: (text) => otherQuestion(text, facts),
  };
}

/** No row, or one of zeros and missing values. */
function isEmpty({ rows, rowCount, columns }: SqlResult): boolean {
  const [row] = rows;
  if (rowCount !== 1 || !row) return rowCount === 0;
  return columns.every(({ name }) => row[name] === null || Number(row[name]) === 0);
}

/** Of columns that have few values, all of which are known. */
async function unknownIn(query: string, { options, tables: all }: Task): Promise<string[]> {
  const { session, signal } = options.context;
  const tables = tablesIn(query, await all());
  const columns = [...(await columnValues(session, tables, signal))].flatMap(([, ofTable]) => [...ofTable]);
  const tokens = solid(sqlTokens(query));
  return tokens.flatMap((token, i) => {
    const value = tokens[i + 2];
    if (!isName(token) || tokens[i + 1]?.text !== "=" || value?.kind !== "string") return [];
    const own = columns.filter(([name]) => name.toLowerCase() === unquoted(token).toLowerCase());
    const [column, ...others] = own;
    if (!column || others.length > 0 || column[1].includes(unquoted(value))) return [];
    const [name, values] = column;
    return [`no row has ${name} = ${value.text}; its values are ${values.map((one) => `'${one}'`).join(", ")}`];
  });
}
