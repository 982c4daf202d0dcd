// What an answer is worth, decided by code: what the reference query gives must be in what the user sees.
import { isChart } from "./chart.mjs";
import { hasForm, jsonHolds } from "./forms.mjs";
import { isMisleading } from "./misleading.mjs";
import { isRefusal } from "./refusal.mjs";
import { isTable, isToldIn } from "./rows.mjs";

/**
 * @param seen what the user sees: { end, answer, tables: [{ columns, rows, limited }], chart }
 * @param reference { rows, or, wrong }: the rows of the reference query, of others that are right as well, and of such
 * that a mistake would give
 * @returns verdict: "right"; "misleading", where the result is right and the words beside it are not; "wrong"; "gave up";
 * form: whether the asked form was kept, where one was asked for
 */
export async function judge(question, seen, reference) {
  const form = question.form && seen.end === "answered" && hasForm(seen.answer, question, reference.rows);
  return { verdict: await verdictOf(question, seen, reference, form), ...(question.form && { form }) };
}

async function verdictOf(question, seen, { rows, or = [], wrong = [] }, form) {
  if (seen.end !== "answered") return "gave up";
  if (question.impossible) return isRefusal(seen, question, wrong) ? "right" : "wrong";
  if (question.chart) return (await isChart(question, seen.chart, rows)) ? "right" : "wrong";
  if (question.form) return form && keepsValues(question, seen, rows) ? "right" : "wrong";
  if (question.alt?.some((text) => seen.answer.includes(text))) return "right";
  const all = [rows, ...or];
  if (all.some((rows) => isToldIn(seen.answer, question, rows))) return "right";
  const shown = all.find((rows) => isTable(seen.tables.at(-1), question, rows));
  if (shown === undefined) return "wrong";
  return isMisleading(seen.answer, question, shown, wrong) ? "misleading" : "right";
}

function keepsValues(question, { answer }, rows) {
  return question.form.json ? jsonHolds(answer, question, rows) : isToldIn(answer, question, rows);
}
