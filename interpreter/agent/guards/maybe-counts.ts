// "How many visitors came?" by count(*), of a table whose rows may each stand for many: month, museum, value. Whether they do
// is not said by a name such as "value", so nothing is changed.
import { askedNumber } from "../../languages/measures.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { columnsOf } from "../../sessions/sql/mends/mend.ts";
import { usedNames } from "../../sessions/sql/sql-outline.ts";
import { SAYS_NOTHING } from "../rewrites/counted-rows.ts";
import { ROWS } from "../rewrites/held-counts.ts";
import { aggregatesIn, plainQuery } from "../rewrites/rewrite.ts";
import { isTally } from "../rewrites/tally.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

const WHOLE = /^U?(TINY|SMALL|BIG|HUGE)?INT/; // a count has no fractions

/** The user is told. */
export function maybeCounts(task: Task): Guard {
  let facts: string[] = [];
  return {
    async after(call, outcome) {
      const query = queryThatRan(call, outcome);
      facts = query === undefined ? [] : await maybeIn(query, task).catch(() => []);
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts, false),
  };
}

async function maybeIn(query: string, { question, options, tables }: Task): Promise<string[]> {
  const number = askedNumber(question);
  const plain = plainQuery(query, { tables: await tables() });
  const [table, ...joined] = plain?.tables ?? [];
  if (!number || number.isOfRows || ROWS.test(question) || !plain || !table || joined.length > 0) return [];
  const isCounted = aggregatesIn(plain.outline.tokens).some(
    ({ name, inside }) => name === "count" && (inside.length === 0 || inside[0]?.text === "*"),
  );
  const used = usedNames(query);
  const [column] = columnsOf(query, [table], WHOLE).filter(
    (name) => SAYS_NOTHING.test(name) && !used.has(name.toLowerCase()),
  );
  if (!isCounted || column === undefined) return [];
  const { session, signal } = options.context;
  const look = (text: string) =>
    session.sql(text, { locked: true, isQuiet: true, maxRows: 1, ...(signal && { signal }) });
  const { rows } = await look(`SELECT min(${identifier(column)}) >= 0 AS is_count FROM ${table.name}`);
  if (rows[0]?.["is_count"] !== true || !(await isTally(table, column, look))) return [];
  return [
    `count(*) counts the rows of ${table.name}; if its column ${column} says how many each of them stands for, sum(${identifier(column)}) is the number`,
  ];
}
