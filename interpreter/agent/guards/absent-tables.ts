import { namesLacking, nearestName } from "../../sessions/sql/missing-table.ts";
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
      const { noTables, noFile, nearFile } = task.answerLanguage.sentences;
      const end = (answer: string) => ({ end: { reason: "unanswerable" as const, answer } });
      if (tables.length === 0) return end(noTables);
      if (!namesLacking(task.question, lacks.table)) return undefined;
      const names = tables.map(({ name }) => name);
      const near = nearestName(lacks.table, names);
      const told = names.slice(0, MAX_NAMED);
      const there = noFile(lacks.table, [...told, ...(names.length > told.length ? ["…"] : [])].join(", "));
      return end(near === undefined ? there : `${there} ${nearFile(near)}`);
    },
  };
}
