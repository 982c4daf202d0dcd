// The question names a column, and the query takes another one instead: "adjusted CO2" where CO2 is asked for, or the
// distance of the flights where their delay is.

import { identifier } from "../../sessions/sql/database.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { usedNames, withName } from "../../sessions/sql/sql-outline.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import { sharesWord } from "../../tools/renamed-columns.ts";
import { columnsMeant } from "../asked-names.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

interface Taken {
  readonly fact: string;
  readonly shape: string; // the query with the column that is named
}

/** The model is asked for another query once; then the user is told. */
export function otherColumns(task: Task): Guard {
  let taken: Taken | undefined;
  return {
    async after(call, outcome) {
      const query = queryThatRan(call, outcome);
      taken = query === undefined ? undefined : await takenInstead(query, task);
      return undefined;
    },
    atAnswer: (text) => (taken ? otherQuestion(text, [taken.fact], true, taken.shape) : undefined),
  };
}

/** One column of numbers that is named and not used, and one that is used and that no word of the question speaks of. */
async function takenInstead(query: string, { question, tables: all }: Task): Promise<Taken | undefined> {
  const used = usedNames(query);
  const isUsed = (name: string) => used.has(name.toLowerCase());
  for (const table of tablesIn(query, await all())) {
    const numbers = table.columns.filter(({ type }) => isNumeric(type)).map(({ name }) => name);
    const meant = columnsMeant(question, table);
    const [named, ...more] = meant.filter((name) => numbers.includes(name) && !isUsed(name));
    if (named === undefined || more.length > 0) continue;
    const strange = numbers.filter((name) => isUsed(name) && !sharesWord(withoutWordsOf(named, name), question));
    const [other, ...others] = strange;
    if (other === undefined || others.length > 0) continue;
    const fact = `the question names the column ${named}, and the query uses ${other} instead`;
    return { fact, shape: withName(query, other, identifier(named)) };
  }
  return undefined;
}

/** "adjusted" of "adjusted CO2" beside CO2. */
function withoutWordsOf(named: string, other: string): string {
  const wordsOf = (name: string): string[] => name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const known = wordsOf(named);
  return wordsOf(other)
    .filter((word) => !known.includes(word))
    .join(" ");
}
