// A column of texts is computed with, and none of its texts is a number: what comes of it is NULL, which is no answer.
import type { SqlResult, TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { equal, tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isName, solid } from "../../sessions/sql/sql-outline.ts";
import { sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { rowsOf } from "../../tools/facts.ts";
import { withNotes } from "../run-call.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { queryThatRan } from "./other-way.ts";

interface Numberless {
  readonly table: TableInfo;
  readonly column: string;
}

/** The model reads it below the result, and may take another column; else the user is told, with what the file's notes say of it. */
export function numberless(task: Task): Guard {
  let found: Numberless | undefined; // by the last call
  return {
    async after(call, outcome) {
      const rows = rowsOf(outcome.facts);
      const query = rows && hasOnlyNulls(rows) ? queryThatRan(call, outcome) : undefined;
      found = query === undefined ? undefined : await numberlessIn(query, task);
      if (found === undefined) return undefined;
      const fact = `(no value of ${identifier(found.column)} in ${found.table.name} is a number${reason(found)})`;
      return { instead: withNotes(outcome, [fact], []) };
    },
    atAnswer() {
      if (found === undefined) return undefined;
      const { noNumbers } = task.answerLanguage.sentences;
      return { answer: noNumbers(found.column, found.table.name, reason(found)), reason: "unanswerable" };
    },
  };
}

/** In one of its columns. */
function hasOnlyNulls({ columns, rows }: SqlResult): boolean {
  return rows.length > 0 && columns.some(({ name }) => rows.every((row) => row[name] === null));
}

/** The first column of texts that is taken as numbers, and holds none. */
async function numberlessIn(query: string, { look, tables: all }: Task): Promise<Numberless | undefined> {
  const names = castNames(query);
  if (names.length === 0) return undefined;
  for (const table of tablesIn(query, await all())) {
    for (const { name: column, type } of table.columns) {
      if (!/^(VARCHAR|JSON)/.test(type) || !names.some((name) => equal(name, column))) continue;
      const numbers = `SELECT 1 AS n FROM ${table.name} WHERE TRY_CAST(${identifier(column)} AS DOUBLE) IS NOT NULL LIMIT 1`;
      const isNone = await look(numbers).then(
        ({ rows }) => rows.length === 0,
        () => false,
      ); // a view may fail
      if (isNone) return { table, column };
    }
  }
  return undefined;
}

/** Names that stand as `TRY_CAST(name AS`, as a query on texts is put right, too. */
function castNames(query: string): string[] {
  return solid(sqlTokens(query)).flatMap((token, i, all) => {
    const isCast = /^try_cast$/i.test(all[i - 2]?.text ?? "") && all[i - 1]?.text === "(";
    return isCast && isName(token) && /^as$/i.test(all[i + 1]?.text ?? "") ? [unquoted(token)] : [];
  });
}

/** What is told of the column where the file is described; of a sheet, that its formulas have no values. */
function reason({ table, column }: Numberless): string {
  const own = (table.notes ?? []).flatMap((note) =>
    note.startsWith(`${column}: `) ? [note.slice(column.length + 2)] : [],
  );
  const ofSheet = (table.notes ?? []).filter((note) => /\bhas no kept value|\bhave no kept value/.test(note));
  const notes = own.length > 0 ? own : ofSheet;
  return notes.length === 0 ? "" : `: ${notes.join("; ")}`;
}
