import { wholeWord } from "../../escape-regexp.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { fileOf, stemOf } from "../../sessions/table-info.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";

/**
 * A file that cannot be read stays so, however the query is written: the task ends with what is wrong with it. Where the
 * question does not name the file and another table is there, the model may choose that one, once.
 */
export function unreadableFiles(task: Task): Guard {
  let isTold = false;
  return {
    async after(call, outcome) {
      if (!outcome.failed) return undefined;
      const tables = await task.tables();
      const [file] = tables.filter((table) => table.problem !== undefined && isNamedIn(call.arguments, table));
      const isReadableMeant = tables.some((table) => table.problem === undefined && isNamedIn(call.arguments, table));
      if (file === undefined || isReadableMeant) return undefined;
      const mayBeOther = tables.some(({ problem }) => problem === undefined) && !isNamedIn(task.question, file);
      if (mayBeOther && !isTold) {
        isTold = true;
        return undefined;
      }
      const { unreadable } = task.answerLanguage.sentences;
      return { end: { reason: "unanswerable", answer: unreadable(fileOf(file), asSentence(file.problem ?? "")) } };
    },
  };
}

function isNamedIn(text: string, table: TableInfo): boolean {
  return [fileOf(table), stemOf(table)].some((name) => wholeWord(name).test(text));
}

function asSentence(problem: string): string {
  return /[.!?。]$/.test(problem) ? problem : `${problem}.`;
}
