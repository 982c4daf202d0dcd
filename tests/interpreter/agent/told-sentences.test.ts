// Sentences beside results, told by a scripted model: those that hold are taken as they are, and those that do not are
// asked for again, or told as doubtful.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { SqlResult } from "../../../interpreter/index.ts";
import { fakeSession } from "../fake-session.ts";
import { run } from "./agent-run.ts";

interface Told {
  readonly about: string;
  readonly question: string;
  readonly results: Readonly<Record<string, SqlResult>>; // by their query
  readonly holds: readonly string[];
  readonly fails: readonly string[];
}

/** The paragraphs of told-sentences.txt, each of lines "key: value". */
function told(): Told[] {
  const [, ...paragraphs] = readFileSync(new URL("told-sentences.txt", import.meta.url), "utf8").split("\n\n");
  return paragraphs.map((paragraph) => {
    const lines = paragraph
      .trim()
      .split("\n")
      .map((line) => /^(\w+): (.*)$/.exec(line)!.slice(1) as [string, string]);
    const all = (name: string) => lines.flatMap(([key, value]) => (key === name ? [value] : []));
    const queries = lines.flatMap(([key, value], i) => (key === "query" ? [[value, resultAt(lines, i)] as const] : []));
    const sentences = (name: string) => all(name).map((sentence) => sentence.replaceAll("\\n", "\n"));
    const [about = "", question = ""] = [...all("about"), ...all("question")];
    return {
      about,
      question,
      results: Object.fromEntries(queries),
      holds: sentences("holds"),
      fails: sentences("fails"),
    };
  });
}

/** The columns and rows below a query. */
function resultAt(lines: readonly (readonly [string, string])[], query: number): SqlResult {
  const own = lines.slice(query + 1);
  const end = own.findIndex(([key]) => key !== "columns" && key !== "row");
  const [[, columns = ""] = [], ...rows] = own.slice(0, end);
  return tableOf(columns, ...rows.map(([, row]) => JSON.parse(`[${row}]`)));
}

function tableOf(columns: string, ...rows: readonly (readonly unknown[])[]): SqlResult {
  const names = columns.split(" ");
  return {
    columns: names.map((name, i) => ({ name, type: typeOf(rows.find((row) => row[i] !== null)?.[i]) })),
    rows: rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]]))),
    rowCount: rows.length,
  };
}

function typeOf(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? "BIGINT" : "DOUBLE";
  return typeof value === "boolean" ? "BOOLEAN" : "VARCHAR";
}

async function tell({ question, results }: Told, answer: string) {
  const sql = (query: string) => results[query] ?? tableOf("n");
  const calls = Object.keys(results).map((query) => `\`\`\`sql\n${query}\n\`\`\``);
  const answers = [...calls, answer, answer, answer, answer];
  const { model, end } = await run(answers, { question, session: fakeSession({ sql, tables: [] }) });
  const doubts = (end.doubts ?? []).filter(
    (doubt) => !/ is (?:the (?:sum|mean|smallest|largest)|(?:sum|avg|min|max)\()/.test(doubt),
  ); // of the query's names
  return model.requests.length === calls.length + 1 && end.answer === answer && doubts.length === 0;
}

test.each(told())("$about: what holds is taken, and what does not is not", async (one) => {
  for (const answer of one.holds) expect([answer, await tell(one, answer)]).toEqual([answer, true]);
  for (const answer of one.fails) expect([answer, await tell(one, answer)]).toEqual([answer, false]);
});
