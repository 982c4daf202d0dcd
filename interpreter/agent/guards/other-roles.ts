// A driver is asked for, no table has one, and the query tells a cause instead.
import { isOf, isOtherThan, isRole } from "../../languages/column-words.ts";
import { whichOf } from "../../languages/measures.ts";
import { withoutAccents, withoutCamelCase } from "../../name-words.ts";
import { stemOf } from "../../sessions/table-info.ts";
import { columnOf, plainQuery } from "../rewrites/rewrite.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { noColumnOf, otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

/** The user is told. */
export function otherRoles(task: Task): Guard {
  const asked = whichOf(task.question);
  const role = withoutAccents(asked ?? "");
  let facts: string[] = [];
  return {
    async after(call, outcome) {
      const query = isRole(role) ? queryThatRan(call, outcome) : undefined;
      const told = query && (await toldInstead(query, role, task));
      facts = told && asked ? [noColumnOf(asked, told)] : [];
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts, false),
  };
}

/** The first column that a query selects, where it is of something else and no table has anybody who is that. */
async function toldInstead(query: string, role: string, task: Task): Promise<string | undefined> {
  const plain = plainQuery(query, { tables: await task.tables() });
  const words = (name: string) => withoutAccents(withoutCamelCase(name)).match(/\p{L}+/gu) ?? [];
  const isKnown = plain?.tables.some(
    (table) => isOf(role, words(stemOf(table))) || table.columns.some(({ name }) => isOf(role, words(name))),
  );
  const [first] = plain?.select.items.flatMap(({ expression }) => columnOf(expression) ?? []) ?? [];
  return first !== undefined && !isKnown && isOtherThan(role, words(first)) ? first : undefined;
}
