// What a question says by another word than the column, and neither a query nor a chart uses, is told.
import { describe, expect, test } from "vitest";
import { contextOver } from "../sessions/notebook-session.ts";
import { run } from "./agent-run.ts";

const context = contextOver({
  "runs.csv":
    "day,runner,sex,minutes\n2022-05-01,Ann,F,50\n2023-05-02,Bob,M,40\n2023-06-03,Cid,M,45\n2023-07-04,Dee,F,60\n",
  "läufe.csv": "tag,name,geschlecht,minuten\n2023-05-01,Ann,w,50\n2023-05-02,Bob,m,40\n",
});
async function doubtsOf(question: string, block: string): Promise<string> {
  const { session, onSessionEvent } = context();
  const { end } = await run([block, ...Array<string>(5).fill("Done.")], {
    question,
    session: { ...session, onSessionEvent, queries: [], quietQueries: [], executed: [], interrupts: 0 },
  });
  return (end.doubts ?? []).join("\n");
}
const sql = (query: string) => `\`\`\`sql\n${query}\n\`\`\``;
const chart = (given: object) => `\`\`\`chart\n${JSON.stringify(given)}\n\`\`\``;
const BY_MONTH = { table: "runs.csv", mark: "bar", x: "day", y: "minutes", aggregate: "mean", timeUnit: "month" };

describe("told", () => {
  test.each([
    ["What is the mean of minutes of the women?", sql("SELECT avg(minutes) AS m FROM 'runs.csv'"), "F, a value of sex"],
    ["Wie viele Männer sind gelaufen?", sql("SELECT count(*) AS n FROM 'läufe.csv'"), "m, a value of geschlecht"],
    [
      "¿Cuál es la media de minutes de las mujeres?",
      sql("SELECT avg(minutes) AS m FROM 'runs.csv'"),
      "F, a value of sex",
    ],
    [
      "Quelle est la moyenne de minutes des femmes ?",
      sql("SELECT avg(minutes) AS m FROM 'runs.csv'"),
      "F, a value of sex",
    ],
    ["女性的minutes平均值是多少？", sql("SELECT avg(minutes) AS m FROM 'runs.csv'"), "F, a value of sex"],
    ["男性のminutesの平均は?", sql("SELECT avg(minutes) AS m FROM 'runs.csv'"), "M, a value of sex"],
    ["Chart the mean minutes by month, only for women", chart(BY_MONTH), "F, a value of sex"],
    ["Chart the mean minutes by month for 2023 only", chart(BY_MONTH), "2023"],
  ])("%s", async (question, block, fact) => {
    expect(await doubtsOf(question, block)).toContain(`the question names ${fact}, and the query does not use it`);
  });
});

describe("not told", () => {
  test.each([
    ["What is the mean of minutes of the women?", sql("SELECT avg(minutes) AS m FROM 'runs.csv' WHERE sex = 'F'")],
    ["What is the mean of minutes of women and men?", sql("SELECT avg(minutes) AS m FROM 'runs.csv'")],
    ["What is the mean of minutes?", sql("SELECT avg(minutes) AS m FROM 'runs.csv'")],
    ["Did Ann improve her mean of minutes?", sql("SELECT avg(minutes) AS m FROM 'runs.csv' WHERE runner = 'Ann'")],
  ])("%s", async (question, block) => {
    expect(await doubtsOf(question, block)).not.toContain("a value of sex");
  });
});
