import { namesFile } from "../../sessions/sql/missing-table.ts";
import { factsOf } from "../../tools/facts.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";

const MAX_NAMED = 10;

/**
 * A file that the question names and the folder lacks is not found by another query, and no query finds anything where there is no
 * table at all: the task ends with what there is.
 */
export function absentTables(task: Task): Guard {
  return {
    async after(_call, outcome) {
      const [lacks] = factsOf(outcome.facts, "lacks-table");
      if (!outcome.failed || lacks === undefined) return undefined;
      const tables = await task.tables();
      const { noTables, noFile } = task.answerLanguage.sentences;
      const end = (answer: string) => ({ end: { reason: "unanswerable" as const, answer } });
      if (tables.length === 0) return end(noTables);
      if (!namesFile(task.question, lacks.table)) return undefined;
      const names = tables.slice(0, MAX_NAMED).map(({ name }) => name);
      return end(noFile(lacks.table, [...names, ...(tables.length > MAX_NAMED ? ["…"] : [])].join(", ")));
    },
  };
}
