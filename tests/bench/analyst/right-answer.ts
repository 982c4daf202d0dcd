import type { Question, Row } from "./load.js";

const REFUSALS: Record<string, string> = {
  en: "The tables have no column that says this.",
  de: "Dazu gibt es in den Tabellen keine Spalte.",
  es: "La tabla no tiene ninguna columna con ese dato.",
  fr: "Le tableau ne contient pas cette information.",
  zh: "表中没有这一列,无法回答。",
  ja: "その情報は表にありません。",
};

/** What a person would answer who has these rows before him, in the form that the question asks for. */
export function rightAnswer(question: Question, rows: Row[]): string {
  if (question.impossible) return REFUSALS[question.lang]!;
  return question.form ? formed(question.form, rows) : rows.map((row) => sentence(row, ": ")).join("; ");
}

/** The same with the values first, as in "4 in Lyon and 9 in Oslo". */
export function valuesFirst(rows: Row[]): string {
  return rows.map(([key, ...values]) => `${values.map(rounded).join(" / ")} (${key})`).join(", ");
}

function sentence([key, ...values]: Row, between: string): string {
  return [rounded(key!), values.map(rounded).join(", ")].filter(Boolean).join(between);
}

function formed(form: NonNullable<Question["form"]>, rows: Row[]): string {
  const values = rows.map((row) => row.map(rounded));
  const first = values[0]![0]!;
  const decimals = form.decimals === undefined ? first : Number(rows[0]![0]).toFixed(form.decimals);
  if (form.json) return JSON.stringify(Object.fromEntries(form.json.map((key, i) => [key, plain(values[0]![i]!)])));
  if (form.template) return form.template.replace("{}", first);
  if (form.tag) return `It is @${form.tag}[${decimals}]`;
  if (form["language"]) return `Le laboratoire a analysé ${first} échantillons.`;
  if (form["list"]) return values.join(", ");
  if (form["bullets"]) return values.map(([key, value]) => `- ${key} : ${value}`).join("\n");
  if (form["table"]) return ["| a | b |", "|---|---|", ...values.map((row) => `| ${row.join(" | ")} |`)].join("\n");
  return decimals;
}

/** Two decimals, as most people write what is not a whole number. */
function rounded(value: string | number | null): string {
  return typeof value === "number" ? String(Number(value.toFixed(2))) : String(value);
}

function plain(value: string): string | number {
  return Number.isNaN(Number(value)) ? value : Number(value);
}
