// The question says in which file the answer is, and the query reads another one.
import { namesFile } from "../../sessions/sql/missing-table.ts";
import { fileOf, queryNames } from "../../sessions/table-info.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

/** The model is asked for a query of that file once; then the user is told. */
export function namedFiles(task: Task): Guard {
  let facts: string[] = [];
  return {
    async after(call, outcome) {
      const query = queryThatRan(call, outcome);
      const files = (await task.tables()).filter(({ kind }) => kind === "file");
      const named = files.filter((file) => namesFile(task.question, fileOf(file)));
      const read = query === undefined ? [] : files.filter((file) => queryNames(query, file));
      const isOther = read.length > 0 && named.length > 0 && !named.some((file) => read.includes(file));
      const listOf = (tables: readonly { readonly name: string }[]) => tables.map(({ name }) => name).join(" and ");
      facts = isOther ? [`the question names ${listOf(named)}, and the query reads ${listOf(read)}`] : [];
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts),
  };
}
