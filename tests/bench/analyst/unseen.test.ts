import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadBench, type Question, type Reference, type Row, type Seen } from "./load.js";
import { rightAnswer, valuesFirst } from "./right-answer.js";

const { judge, prepareUnseen, readQuestions, referenceRows } = await loadBench();
const folder = mkdtempSync(join(tmpdir(), "qwenlab-unseen-"));
const all = readQuestions();
const unseen = all.filter(({ part }) => part === "unseen" || part === "looked-at");
const references = new Map<number, Reference>();
let folders: Record<string, string> = {};

beforeAll(async () => {
  const prepared = await prepareUnseen(folder);
  folders = prepared.folders;
  for (const question of unseen) {
    await prepared.reference.run(`USE ${question.set}`);
    references.set(question.id, await referenceRows(prepared.reference, question));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the unseen half", () => {
  test("has 17 kinds of at least six questions, each in at least four of six languages", () => {
    const kinds = new Set(unseen.map(({ kind }) => kind));
    expect(kinds.size).toBe(17);
    for (const kind of kinds) {
      const questions = unseen.filter((question) => question.kind === kind);
      expect(questions.length, kind).toBeGreaterThanOrEqual(6);
      expect(new Set(questions.map(({ lang }) => lang)).size, kind).toBeGreaterThanOrEqual(4);
    }
    expect(new Set(unseen.map(({ lang }) => lang))).toEqual(new Set(["en", "de", "es", "fr", "zh", "ja"]));
  });

  test("asks of at least twelve sets of tables that no other part asks of, and each question once", () => {
    const others = new Set(all.filter((question) => !unseen.includes(question)).map(({ set }) => set));
    const sets = new Set(unseen.map(({ set }) => set));
    expect(sets.size).toBeGreaterThanOrEqual(12);
    expect([...sets].filter((set) => others.has(set))).toEqual([]);
    expect(new Set(unseen.map(({ ask, set }) => `${set} ${ask}`)).size).toBe(unseen.length);
  });

  test("is made of the same bytes each time", async () => {
    const again = mkdtempSync(join(tmpdir(), "qwenlab-unseen-"));
    const { folders: others } = await prepareUnseen(again);
    expect(Object.values(others).map(hashOf)).toEqual(Object.values(folders).map(hashOf));
    rmSync(again, { recursive: true });
  });
});

describe.each(unseen)("$id $kind $lang $set: $ask", (question) => {
  const referenceOf = () => references.get(question.id)!;

  test("has one answer, in which nothing is missing", () => {
    const { rows, wrong } = referenceOf();
    if (question.impossible) expect(rows).toEqual([]);
    else expect(rows.length).toBeGreaterThan(0);
    expect([rows, ...wrong].flat(2)).not.toContain(null);
    expect(wrong.length).toBe(2);
    for (const other of wrong) expect(other).not.toEqual(rows);
  });

  test("a right answer passes, and so does the result with a word for it", async () => {
    const reference = referenceOf();
    const { rows } = reference;
    if (question.chart)
      return expect(await judge(question, drawn(question, rows), reference)).toEqual({ verdict: "right" });
    const right = { verdict: "right", ...(question.form && { form: true }) };
    expect(await judge(question, told(rightAnswer(question, rows)), reference)).toEqual(right);
    if (question.form || question.impossible) return;
    expect(await judge(question, told(valuesFirst(rows)), reference)).toEqual(right);
    expect(await judge(question, shown("", rows), reference)).toEqual(right);
  });

  test("two wrong ones do not", async () => {
    const reference = referenceOf();
    for (const rows of reference.wrong) {
      const answers = question.chart ? [drawn(question, rows)] : wrongAnswers(question, rows);
      for (const seen of answers) expect((await judge(question, seen, reference)).verdict).toBe("wrong");
    }
  });

  test("nor does the question said again", async () => {
    const seen = told(`${question.after ?? ""} ${question.ask}`);
    expect((await judge(question, seen, referenceOf())).verdict).toBe("wrong");
  });
});

function wrongAnswers(question: Question, rows: Row[]): Seen[] {
  const possible = { ...question, impossible: undefined };
  const text = told(rightAnswer(possible, rows));
  return question.form || question.impossible ? [text] : [text, told(valuesFirst(rows)), shown("", rows)];
}

function told(answer: string): Seen {
  return { end: "answered", answer, tables: [] };
}

function shown(answer: string, rows: Row[]): Seen {
  return { end: "answered", answer, tables: [{ rows: rows.map((row) => ({ ...row })) }] };
}

function drawn({ chart }: Question, rows: Row[]): Seen {
  const isNumber = (value: unknown) => !Number.isNaN(Number(value));
  const values = rows.map(([x, y]) => ({ x: isNumber(x) ? Number(x) : x, y: Number(y) }));
  const type = isNumber(rows[0]![0]) ? "quantitative" : "nominal";
  const encoding = { x: { field: "x", type }, y: { field: "y", type: "quantitative" } };
  return { ...told("Here it is."), chart: { mark: { type: chart!.mark }, data: { values }, encoding } };
}

function hashOf(path: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(path).sort()) hash.update(name).update(readFileSync(join(path, name)));
  return hash.digest("hex");
}
