// A 駅 is asked for, no table has one, and the query tells a 路線 instead. In Chinese and Japanese names of one kind share a
// character, so that another kind is seen by its letters; other-roles.ts beside this reads the words of other languages.
import { askedInUnits, askedKind } from "../../languages/measures.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { isNumeric, stemOf } from "../../sessions/table-info.ts";
import { columnOf, plainQuery } from "../rewrites/rewrite.ts";
import { isNamedIn, mayBeNamedIn } from "../rewrites/spoken.ts";
import type { Task } from "../task.ts";
import { isUnique } from "../unique-column.ts";
import type { Guard } from "./guard.ts";
import { noColumnOf, otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

/** The user is told. */
export function otherKinds(task: Task): Guard {
  const measure = askedInUnits(task.question);
  const kind = measure ?? askedKind(task.question);
  let facts: string[] = [];
  return {
    async after(call, outcome) {
      const query = kind === undefined ? undefined : queryThatRan(call, outcome);
      const told = query && kind && (await toldInstead(query, kind, measure !== undefined, task));
      facts = told ? [noColumnOf(kind, told)] : [];
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts, false),
  };
}

/** The first text that a query selects, or the first number, where the tables speak the question's language and have nothing of the kind. */
async function toldInstead(query: string, kind: string, isNumber: boolean, task: Task): Promise<string | undefined> {
  const plain = plainQuery(query, { tables: await task.tables() });
  const columns = plain?.tables.flatMap((table) => table.columns.map((column) => ({ table, ...column }))) ?? [];
  const isOfKind = (name: string) => [...kind].some((letter) => name.includes(letter));
  const isKnown =
    columns.some(({ name }) => isOfKind(name)) || plain?.tables.some((table: TableInfo) => isOfKind(stemOf(table)));
  const isSpoken = isNumber ? mayBeNamedIn : isNamedIn;
  if (!plain || isKnown || !columns.some(({ name }) => isSpoken(name, task.question))) return undefined;
  const selected = plain.select.items.flatMap(({ expression }) => columnOf(expression)?.toLowerCase() ?? []);
  const told = columns.find(({ name, type }) => {
    return (isNumber ? isNumeric(type) : type === "VARCHAR") && selected.includes(name.toLowerCase());
  });
  if (!told || mayBeNamedIn(told.name, task.question)) return undefined;
  if (isNumber) return told.name;
  return (await isUnique({ table: told.table, column: told.name }, task.look)) ? undefined : told.name; // what tells rows apart
}
