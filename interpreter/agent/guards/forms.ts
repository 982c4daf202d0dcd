import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { codeThatRan, rowsOf, shownRows } from "../../tools/facts.ts";
import {
  chosenValues,
  filledForm,
  fitting,
  formSchema,
  hasForm,
  patternedForm,
  resultSays,
  said,
  says,
  writeForm,
} from "../forms/fill-form.ts";
import { isByOrder } from "../forms/match-columns.ts";
import { asLines, emptyForm, hasRows, hasTypes, isLined, isOfRows } from "../forms/row-forms.ts";
import { ofTopRow } from "../forms/top-row.ts";
import { type Writing, writingOf, writtenTable, writtenValues } from "../forms/write-values.ts";
import type { AnswerShape, AskedForm, RowsShape, YesOrNo } from "../question/asked-form.ts";
import { otherCurrencies } from "../question/currencies.ts";
import { namedValues } from "../result-values.ts";
import { numbersIn } from "../sentences/numbers-in-text.ts";
import type { Task } from "../task.ts";
import type { AnswerObjection, Guard } from "./guard.ts";

export const CHOOSE = "Give the values of the result that were asked for, as JSON.";
const LET_IT_SAY = "Write a query that says it: its one value is true or false.";
const CONCLUDED = "no result says yes or no by itself: it is the model's conclusion";
const BY_ORDER = "which value stands under which name follows the order of the result's columns";
const NO_ROWS = "no row fits the question: nothing stands in the form that was asked for";
export const NOT_KEPT = "the answer is not in the form that was asked for";

/**
 * The form that the question asks for is kept: written from the results where they say which value goes where, else
 * chosen from their values by the model, under a grammar. What the model gave in that form, with the results' values, stays.
 */
export function forms(task: Task): Guard {
  const form = task.form;
  return {
    atAnswer(text) {
      const { last } = task;
      if (!last || last.failed || saysInAnyLanguage(text, ({ cannot }) => cannot)) return undefined;
      const writing = writingOf(form, last.facts, task.answerLanguage);
      const shape = form.shape && concreteShape(form.shape, shownRows(last.facts), task.question);
      const { say, next, answer = text, doubts = [] } = shaped(text, shape, writing, task);
      const money = inCurrency(answer, form, task);
      if (answer !== text) task.written.push(money.answer);
      return { ...(say && { say }), ...(next && { next }), answer: money.answer, doubts: [...doubts, ...money.doubts] };
    },
  };
}

function shaped(text: string, shape: AnswerShape | undefined, writing: Writing, task: Task): AnswerObjection {
  const { last, made, question } = task;
  const outcomes = made.map(({ outcome }) => outcome);
  if (!shape || shape.kind === "marks") return {};
  const whole = shownRows(last?.facts ?? []);
  if (whole?.rowCount === 0) return { answer: emptyForm(shape, whole, task.answerLanguage), doubts: [NO_ROWS] };
  const isOfOne = !isOfRows(shape) && shape.kind !== "json";
  const found = namedValues(isOfOne ? outcomes.map((outcome) => ofTopRow(outcome, question)) : outcomes);
  if (found.length === 0) return whole ? { doubts: [NOT_KEPT] } : {};
  if (shape.kind === "yes-or-no") return yesOrNo(text, shape, rowsOf(last?.facts ?? []));
  const facts = isOfOne && last ? ofTopRow(last, question).facts : (last?.facts ?? []);
  const shown = shownRows(facts);
  const told =
    shown && isOfRows(shape) && !isSketched(shape) && isOfKeys(text, shape, shown, question) ? keysOf(shown) : shown;
  const written = told && writtenTable(told, writing, isOfRows(shape) && !hasTypes(shape));
  const table = written && isLined(shape) ? asLines(told, written, writing.language) : written;
  const values = writtenValues(found, writing);
  const filled = isPatterned(shape)
    ? patternedForm(shape, shown, writing)
    : filledForm(shape, values, table, writing.decimals);
  const isWritten = Object.keys(writing).length > 3 || isSketched(shape); // beside the query, its columns and its language
  const isOther = shape.kind === "word" && asksWhich(question) && !found.some(({ value }) => says(text.trim(), value));
  const names = "names" in shape ? shape.names : ["answer"];
  const given = shape.kind === "json" ? names : isOfRows(shape) ? (shape.header ?? []) : [];
  const doubts = filled !== undefined && shown && isByOrder(given, shown) ? [BY_ORDER] : [];
  if (filled !== undefined && (isWritten || isOther || shape.kind === "json")) return { answer: filled, doubts };
  const chosen = names.length > 0 ? chosenValues(text, names, values) : undefined;
  if (chosen)
    return { answer: "names" in shape ? writeForm(shape, chosen, writing.decimals) : String(chosen.get("answer")) };
  if (hasForm(text, shape, values, table)) return {};
  if (filled !== undefined) return { answer: filled };
  const isChosen = shape.kind !== "markup" && !isOfRows(shape) && !isSketched(shape) && names.length > 0;
  const schema = isChosen ? formSchema(names, fitting(shape, values)) : undefined;
  return { doubts: [NOT_KEPT], ...(schema && { say: CHOOSE, next: { schema, answerNow: true } }) };
}

function isPatterned(shape: AnswerShape): shape is RowsShape {
  return "pattern" in shape;
}

/** What the question shows of the answer is more than a look at the answer could tell. */
function isSketched(shape: AnswerShape): boolean {
  return "header" in shape || "pattern" in shape || "parts" in shape || "between" in shape;
}

/** "No explanation": the value, a line for each of several rows, the name where the question asks which. */
function concreteShape(shape: AnswerShape, table: SqlResult | undefined, question: string): AnswerShape {
  if (shape.kind !== "value" || !table || table.rowCount === 0) return shape;
  if (table.rowCount > 1) return { kind: "lines" };
  if (table.columns.length === 1) return shape;
  if (asksWhich(question) && !AND.test(question)) return { kind: "name" };
  const numbers = table.columns.filter(({ name }) => typeof table.rows[0]?.[name] === "number");
  return numbers.length === 1 && !asksWhich(question) ? { kind: "number" } : { kind: "separated", separator: ", " };
}

/** A list of names without their numbers, as the model took the question; or between commas, where it asks only which. */
function isOfKeys(text: string, shape: RowsShape, table: SqlResult, question: string): boolean {
  const isOnlyWhich =
    shape.kind === "separated" && asksWhich(question) && !asksFor(question, "one-value") && !AND.test(question);
  if (isOnlyWhich && typeof table.rows[0]?.[table.columns[0]?.name ?? ""] === "string") return true;
  return table.columns.length > 1 && hasRows(text, shape, table) && numbersIn(text).length === 0;
}

function keysOf({ columns, rows, rowCount }: SqlResult): SqlResult {
  const [key] = columns;
  if (!key) return { columns, rows, rowCount };
  return { columns: [key], rows: rows.map((row) => ({ [key.name]: row[key.name] })), rowCount };
}

const AND = /(?<!\p{L})(?:and|und|y|et|e)(?!\p{L})|和|と/iu;

function asksWhich(question: string): boolean {
  return saysInAnyLanguage(question, ({ which }) => which);
}

/** What a result says, and else the model, which may have computed something else. */
function yesOrNo(text: string, shape: YesOrNo, table: SqlResult | undefined): AnswerObjection {
  const answer = resultSays(shape, table);
  if (answer !== undefined) return { answer };
  const word = said(shape, text);
  return word === undefined
    ? { say: LET_IT_SAY, doubts: [NOT_KEPT] }
    : { say: LET_IT_SAY, answer: word, doubts: [CONCLUDED] };
}

/** An amount is told in the currency that was asked for, with a doubt where no column says that it is in it. */
function inCurrency(text: string, { currency, writing }: AskedForm, { last, question, conversation }: Task) {
  if (!currency) return { answer: text, doubts: [] };
  const { code, written } = currency;
  const facts = last?.facts ?? [];
  const names = rowsOf(facts)?.columns.map(({ name }) => name) ?? [];
  const columns = [...names, codeThatRan(facts), conversation.at(-1)?.notebook].filter(Boolean).join("\n");
  const others = otherCurrencies(columns, currency).filter(
    (other) => !otherCurrencies(question, currency).includes(other),
  );
  const doubts =
    others.length > 0
      ? [`the tables tell of ${others.join(", ")}, and nothing was converted to ${code}`]
      : written.test(columns.replaceAll("_", " "))
        ? []
        : [`no column says that its amounts are in ${code}`];
  const isSaid = !/\d/.test(text) || written.test(text) || others.length > 0 || writing?.scale || writing?.sign;
  return { answer: isSaid ? text : text.trimEnd().replace(/([.。]?)$/, ` (${code})$1`), doubts };
}
