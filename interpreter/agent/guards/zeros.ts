// Rows without a value are asked for, and the query looks for 0 or '': a value that is missing is neither.
import { asksFor } from "../../languages/index.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isName, solid } from "../../sessions/sql/sql-outline.ts";
import { sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { codeThatRan } from "../../tools/facts.ts";
import { missingBesideZeros } from "../rewrites/absent-amounts.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryOf } from "./other-way.ts";

/** The model is asked for another query once; then the user is told. */
export function zeros(task: Task): Guard {
  let facts: string[] = [];
  return {
    async after(call, outcome) {
      const query = codeThatRan(outcome.facts) ?? queryOf(call);
      facts = outcome.failed || !asksFor(task.question, "missing") ? [] : await missingBeside(query, task);
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts),
  };
}

/** Of each column that is compared with 0 or '': how many of its values are missing. */
async function missingBeside(query: string, { options, question, tables: all }: Task): Promise<string[]> {
  const { session, signal } = options.context;
  const compared = comparedWithNothing(query);
  if (compared.length === 0 || /\bis\s+(not\s+)?null\b/i.test(query)) return [];
  const tables = tablesIn(query, await all());
  const found = tables.flatMap(({ name: table, columns }) =>
    columns
      .filter(({ name }) => compared.includes(name.toLowerCase()))
      .map(async ({ name }) => {
        const count = `SELECT count(*) AS n FROM ${table} WHERE ${identifier(name)} IS NULL`;
        const own = { locked: true, isQuiet: true, maxRows: 1, ...(signal && { signal }) };
        const { rows } = await session.sql(count, own);
        const missing = Number(rows[0]?.["n"] ?? 0);
        const look = (query: string) => session.sql(query, own);
        const isNone = (await missingBesideZeros({ name: table }, name, { question, look })) !== undefined; // no rain
        return missing > 0 && !isNone
          ? [`${missing} rows have no ${name}: ${identifier(name)} IS NULL finds them, and 0 or '' does not`]
          : [];
      }),
  );
  return (await Promise.all(found.map((one) => one.catch(() => [])))).flat();
}

/** Names, in lower case, before "= 0" and "= ''". */
function comparedWithNothing(query: string): string[] {
  return solid(sqlTokens(query)).flatMap((token, i, all) => {
    const value = all[i + 2]?.text ?? "";
    const isNothing = all[i + 1]?.text === "=" && /^(0|0\.0|'\s*')$/.test(value);
    return isName(token) && isNothing ? [unquoted(token).toLowerCase()] : [];
  });
}
