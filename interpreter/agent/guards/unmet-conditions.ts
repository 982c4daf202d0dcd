// A query that finds nothing because no row fulfils one of its conditions: sex = 'female' of a column that says 'F'. The
// model reads what the column has instead.
import { wholeWord } from "../../escape-regexp.ts";
import type { HeldValues, SqlResult, UnmetCondition } from "../../sessions/session.ts";
import { quoted } from "../../sessions/sql/database.ts";
import { outlineOf, tokensOf } from "../../sessions/sql/sql-outline.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { rowsOf } from "../../tools/facts.ts";
import { aggregatesIn } from "../rewrites/rewrite.ts";
import { withNotes } from "../run-call.ts";
import { numbersIn } from "../sentences/numbers-in-text.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

const FEW_ROWS = 5; // each of which may be of a condition of its own

/**
 * It is told below the result. Where the question itself names what no row has, there may be none of it; otherwise the model
 * is asked once, and then the user is told to look.
 */
export function unmetConditions(task: Task): Guard {
  let doubts: string[] = [];
  return {
    async after(call, outcome) {
      doubts = [];
      const table = rowsOf(outcome.facts);
      const query = table && findsNothing(table) ? queryThatRan(call, outcome) : undefined;
      const { session, signal } = task.options.context;
      const unmet = query === undefined ? [] : await session.unmet(query, signal).catch(() => []);
      signal?.throwIfAborted();
      if (table && query !== undefined && unmet.length === 0) doubts = noValueOf(query, table);
      if (unmet.length === 0) return undefined;
      const asked = task.conversation.map(({ messages }) => String(messages[0]?.content ?? "")).join("\n");
      doubts = unmet.filter((one) => !mayBeNone(one, asked)).map(factOf);
      const noteOf = (one: UnmetCondition) => `(${factOf(one)})`;
      const told = unmet.filter((one) => mayBeNone(one, asked)).map(noteOf);
      return { instead: withNotes(outcome, unmet.map(noteOf), told) };
    },
    atAnswer: (text) => otherQuestion(text, doubts),
  };
}

/** A sum or a mean of no row at all is NULL, which is no answer, though each condition alone may have its rows. */
function noValueOf(query: string, { columns, rows, rowCount }: SqlResult): string[] {
  const outline = outlineOf(query);
  const { outer, selects } = outline;
  const isNull = rowCount === 1 && columns.every(({ name }) => rows[0]?.[name] === null);
  const computes = aggregatesIn(outline.tokens).some(({ name }) => name !== "count"); // which is 0 of no row
  if (!isNull || !outer || !computes) return [];
  const where =
    selects.length > 1
      ? ""
      : sqlText(tokensOf(outline, outer, "where"))
          .replace(/\s+/g, " ")
          .trim();
  return [where === "" ? "the result is NULL, which is no value" : `no row fulfils ${where} and has a value`];
}

/** No row, a column of zeros and missing values, or one such value among few. */
function findsNothing({ rows, rowCount, columns }: SqlResult): boolean {
  const isNothing = (value: unknown) => value === null || value === undefined || Number(value) === 0;
  const isSo = columns.map(({ name }) => rows.map((row) => isNothing(row[name])));
  return rowCount <= FEW_ROWS ? rowCount === 0 || isSo.flat().includes(true) : isSo.some((one) => !one.includes(false));
}

/** Whether the question names all that is looked for. What a column of kinds lacks it may call otherwise. */
function mayBeNone({ of, constants, held }: UnmetCondition, asked: string): boolean {
  if (of === "pairs" || held.some(({ values, isSeldom }) => values.length > 0 && !isSeldom)) return false;
  const numbers = numbersIn(asked).flatMap(({ readings }) => readings);
  return constants.every((constant) => {
    const text = constant.replace(/^[%_^]+|[%_$]+$/g, "");
    const [year] = /^\d{4}(?=-\d\d-\d\d)/.exec(text) ?? [];
    return numbers.includes(Number(year ?? text)) || (text !== "" && wholeWord(text).test(asked));
  });
}

function factOf({ text, of, held }: UnmetCondition): string {
  if (of === "pairs") return [`no two rows fit together by ${text}`, ...held.map(heldOf)].join("; ");
  return [`no ${of === "groups" ? "group" : "row"} has ${text}`, ...held.map(heldOf)].join("; ");
}

function heldOf({ name, values, isMore, range }: HeldValues): string {
  if (range) return `${name} goes from ${range[0]} to ${range[1]}`;
  return `${name} has ${isMore ? "values such as " : ""}${values.map(quoted).join(", ")}`;
}
