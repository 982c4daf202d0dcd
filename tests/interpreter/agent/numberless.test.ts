// A sum of texts of which none is a number: NULL is not told as the answer.
import { expect, test } from "vitest";
import type { TableInfo } from "../../../interpreter/index.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";

const NOTE = "amounts in $ and € are kept as text, since they do not add up";
const PAYMENTS: TableInfo = {
  name: "'payments.psv'",
  kind: "file",
  rowCount: 90,
  columns: [
    { name: "method", type: "VARCHAR" },
    { name: "amount", type: "VARCHAR" },
    { name: "fee", type: "DOUBLE" },
  ],
  notes: ["its letters are read as windows-1250 (assumed)", `amount: ${NOTE}`],
};
const SUM = "```sql\nSELECT sum(TRY_CAST(amount AS DOUBLE)) AS total FROM 'payments.psv'\n```";
const FEES = "```sql\nSELECT sum(fee) AS total FROM 'payments.psv'\n```";

/** @param numbers of the column, found when it is looked for one */
const session = (numbers: number, table = PAYMENTS) =>
  fakeSession({
    tables: [table],
    sql: (query) =>
      query.includes("IS NOT NULL")
        ? { ...oneCell("n", 1), ...(numbers === 0 && { rows: [], rowCount: 0 }) }
        : oneCell("total", query.includes("fee") ? 12.5 : null),
  });

test.each([
  [
    "What is the total amount?",
    `This cannot be answered: no value of "amount" in 'payments.psv' is a number: ${NOTE}.`,
  ],
  ["Wie hoch ist die Summe der Beträge?", `Kein Wert von „amount“ in 'payments.psv' ist eine Zahl: ${NOTE}.`],
  ["¿Cuál es el importe total de los pagos?", `ningún valor de «amount» en 'payments.psv' es un número: ${NOTE}.`],
  [
    "Quel est le montant total des paiements ?",
    `aucune valeur de « amount » dans 'payments.psv' n'est un nombre: ${NOTE}.`,
  ],
  ["总金额是多少？", `'payments.psv'的“amount”中没有数字: ${NOTE}。`],
  ["金額の合計はいくらですか?", `'payments.psv'の「amount」に数値はありません: ${NOTE}。`],
])("%s", async (question, answer) => {
  const { end, results } = await run([SUM, "The total is NULL."], { question, session: session(0) });
  expect(end).toMatchObject({ reason: "unanswerable", answer: expect.stringContaining(answer) });
  expect(results[0]?.content).toContain(`(no value of "amount" in 'payments.psv' is a number: ${NOTE})`);
});

test("a workbook's formulas without values are the reason where they are", async () => {
  const note = "30 formulas (E5 and 29 more) have no kept value and are NULL: open the file in a spreadsheet program";
  const { end } = await run([SUM, "It is NULL."], {
    question: "What is the total amount?",
    session: session(0, { ...PAYMENTS, notes: [note] }),
  });
  expect(end.answer).toBe(`This cannot be answered: no value of "amount" in 'payments.psv' is a number: ${note}.`);
});

test("a model that takes another column then is heard", async () => {
  const question = "What is the total of the fees?";
  const { end } = await run([SUM, FEES, "The total of the fees is 12.5."], { question, session: session(0) });
  expect(end).toMatchObject({ reason: "answered", answer: "The total of the fees is 12.5." });
});

test("where some are numbers, and only the rows that were taken have none, nothing is said of the column", async () => {
  const { results } = await run([SUM, "It is NULL.", "It is NULL."], {
    question: "What is the total amount?",
    session: session(1),
  });
  expect(results[0]?.content).not.toContain("is a number");
});
