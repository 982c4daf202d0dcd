// A question about a file that is not in the folder, and one in a folder without any.
import { expect, test } from "vitest";
import { fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";

const query = (file: string) => `\`\`\`sql\nSELECT count(*) AS n FROM '${file}'\n\`\`\``;
const MISSING = /FROM '(sales\.\w+)'/;

/** Has cars.csv, or no table at all. */
function session(tables?: []) {
  return fakeSession({
    ...(tables && { tables }),
    sql(text) {
      const [, missing] = MISSING.exec(text) ?? [];
      if (missing) throw new Error(`Catalog Error: Table with name ${missing} does not exist!`);
      return oneCell("n", 406);
    },
  });
}

test.each([
  ["How many rows has sales.csv?", "There is no file sales.csv in the notebook's folder. It has 'cars.csv'."],
  ["Wie viele Zeilen hat sales.csv?", "Im Ordner des Notebooks gibt es keine Datei sales.csv. Dort sind 'cars.csv'."],
  [
    "¿Cuántas filas tiene «sales.csv»?",
    "En la carpeta del cuaderno no hay ningún archivo sales.csv. Contiene 'cars.csv'.",
  ],
  [
    "Combien de lignes dans sales.csv ?",
    "Le dossier du notebook n'a pas de fichier sales.csv. Il contient 'cars.csv'.",
  ],
  ["sales.csv有多少行?", "笔记本所在的文件夹中没有文件sales.csv。其中有'cars.csv'。"],
  ["sales.csvは何行ですか?", "ノートブックのフォルダーにsales.csvというファイルはありません。あるのは'cars.csv'です。"],
])("%s", async (question, answer) => {
  const { end } = await run([query("sales.csv"), query("cars.csv"), "There are 406."], {
    question,
    session: session(),
  });
  expect(end).toMatchObject({ reason: "unanswerable", answer });
});

test("a file that only the model named is looked for under its right name", async () => {
  const { end } = await run([query("sales.csv"), query("cars.csv"), "There are 406."], {
    question: "How many cars are there?",
    session: session(),
  });
  expect(end).toMatchObject({ reason: "answered", answer: "There are 406." });
});

test("where there are no tables the first query ends the task, with the way out", async () => {
  const { end, model } = await run([query("sales.csv")], { question: "What was sold?", session: session([]) });
  expect(end.reason).toBe("unanswerable");
  expect(end.answer).toMatch(/^The notebook's folder has no tables: put a file \(CSV, Excel, Parquet, JSON\) beside/);
  expect(model.requests).toHaveLength(1);
});

test.each([
  [
    "How many rows has crs.csv?",
    "'crs.csv'",
    "There is no file crs.csv in the notebook's folder. It has 'cars.csv'. The nearest name is 'cars.csv'.",
  ],
  ["How many rows has crs.csv?", "crs", "The nearest name is 'cars.csv'."],
  ["How many rows are in the crs table?", "crs", "The nearest name is 'cars.csv'."],
  ["Wie viele Zeilen hat die Tabelle crs?", "crs", "Am ähnlichsten heißt 'cars.csv'."],
  ["¿Cuántas filas tiene la tabla «crs»?", "crs", "El nombre más parecido es 'cars.csv'."],
  ["Combien de lignes dans le fichier crs.csv ?", "crs", "Le nom le plus proche est 'cars.csv'."],
  ["crs.csv有多少行?", "crs", "名称最接近的是'cars.csv'。"],
  ["crsテーブルは何行ですか?", "crs", "名前が最も近いのは'cars.csv'です。"],
])("a misspelt name is told with the one that is near: %s %s", async (question, table, answer) => {
  const sql = (text: string) => {
    if (/FROM '?crs/.test(text))
      throw new Error(`Catalog Error: Table with name ${table.replaceAll("'", "")} does not exist!`);
    return oneCell("n", 406);
  };
  const query = `\`\`\`sql\nSELECT count(*) AS n FROM ${table}\n\`\`\``;
  const { end } = await run([query, query, query, "It has 7."], { question, session: fakeSession({ sql }) });
  expect(end.reason).toBe("unanswerable");
  expect(end.answer).toContain(answer);
});

test.each([
  ["What is the total of salse.csv?", true],
  ["Was ist die Summe in salse.csv?", true],
  ["How many rows has cars.csv, which came as salse.csv?", false], // one of two
  ["How many rows has CARS.CSV?", false],
])("a file that is not there is told, whatever the query reads: %s", async (question, isTold) => {
  const query = "```sql\nSELECT count(*) AS n FROM 'cars.csv'\n```";
  const session = fakeSession({ sql: () => oneCell("n", 406) });
  const { end } = await run([query, "It has 406.", "It has 406."], { question, session });
  expect(end.reason).toBe(isTold ? "unanswerable" : "answered");
  if (isTold) expect(end.answer).toContain("salse.csv");
});
