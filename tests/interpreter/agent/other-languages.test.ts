// Questions in languages of which only the sentences are known: they are answered in them, or without words of another.
import { expect, test } from "vitest";
import { fakeSession } from "../fake-session.ts";
import { run } from "./agent-run.ts";

const QUESTIONS = {
  it: ["Quante auto ci sono nella tabella e quali sono?", "Ci sono 25 auto nella tabella."],
  pt: ["Quantos carros há na tabela e quais são?", "Há 25 carros na tabela."],
  nl: ["Hoeveel auto's zijn er in de tabel?", "Er zijn 25 auto's in de tabel."],
  pl: ["Ile samochodów jest w tabeli?", "W tabeli jest 25 samochodów."],
  ru: ["Сколько машин в таблице?", "В таблице 25 машин."],
  ko: ["표에 자동차가 몇 대 있나요?", "표에는 자동차가 25대 있습니다."],
} as const;

async function answered(question: string, answer: string) {
  const sql = () => ({ columns: [{ name: "n", type: "BIGINT" }], rows: [{ n: 25 }], rowCount: 1 });
  const answers = ["```sql\nSELECT count(*) AS n FROM cars\n```", answer, answer];
  return (await run(answers, { question, session: fakeSession({ sql, tables: [] }) })).end;
}

test.each(Object.entries(QUESTIONS))(
  "%s: an answer in it stays, and one in English does not",
  async (_code, [question, own]) => {
    expect(await answered(question, own)).toMatchObject({ answer: own });
    expect((await answered(question, own)).doubts ?? []).toEqual([]);
    expect(await answered(question, "There are 25 cars in the table.")).toMatchObject({ answer: "n: 25." });
  },
);
