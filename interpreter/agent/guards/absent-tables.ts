import type { TableInfo } from "../../sessions/session.ts";
import { filesNamedIn } from "../../sessions/sql/data-files.ts";
import { namesLacking, nearestName } from "../../sessions/sql/missing-table.ts";
import { fileOf } from "../../sessions/table-info.ts";
import { factsOf } from "../../tools/facts.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { queryOf } from "./other-way.ts";

const MAX_NAMED = 10;

/**
 * A file that the question names and the folder lacks is not found by another query, and no query finds anything where there is no
 * table at all: the task ends with what there is.
 */
export function absentTables(task: Task): Guard {
  return {
    async after(call, outcome) {
      const tables = await task.tables();
      const [fact] = outcome.failed ? factsOf(outcome.facts, "lacks-table") : [];
      const file = call.name === "run_sql" ? fileNotThere(task.question, tables) : undefined;
      const isRead = file !== undefined && !outcome.failed && queryOf(call).includes(file); // by its path
      const lacks = file === undefined || isRead ? fact?.table : file;
      if (lacks === undefined) return undefined;
      const { noTables, noFile, nearFile } = task.answerLanguage.sentences;
      const end = (answer: string) => ({ end: { reason: "unanswerable" as const, answer } });
      if (tables.length === 0) return end(noTables);
      if (!namesLacking(task.question, lacks)) return undefined;
      const names = tables.map(({ name }) => name);
      const near = nearestName(lacks, names);
      const told = names.slice(0, MAX_NAMED);
      const there = noFile(lacks, [...told, ...(names.length > told.length ? ["…"] : [])].join(", "));
      return end(near === undefined ? there : `${there} ${nearFile(near)}`);
    },
  };
}

/** The one file that the question names, where the folder has no table of that name, and none that the question names besides. */
function fileNotThere(question: string, tables: readonly TableInfo[]): string | undefined {
  const [file, ...others] = filesNamedIn(question);
  const isThere = (name: string) =>
    tables.some((table) => fileOf(table).toLowerCase().split("#")[0]!.endsWith(name.toLowerCase()));
  return file === undefined || others.length > 0 || isThere(file) ? undefined : file;
}
