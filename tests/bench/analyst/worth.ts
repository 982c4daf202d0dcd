import { loadBench, type Question, type Row } from "./load.js";

const { judge } = await loadBench();

/** What an answer without a table is worth. */
export async function verdict(answer: string, rows: Row[], question: Partial<Question> = {}, wrong: Row[][] = []) {
  const seen = { end: "answered", answer, tables: [] };
  return (await judge({ ask: "?", ...question }, seen, { rows, wrong })).verdict;
}

/** What an answer is worth whose result is right. */
export async function beside(answer: string, rows: Row[], question: Partial<Question> = {}, wrong: Row[][] = []) {
  const tables = [{ rows: rows.map((row) => ({ ...row })) }];
  return (await judge({ ask: "?", ...question }, { end: "answered", answer, tables }, { rows, wrong })).verdict;
}
