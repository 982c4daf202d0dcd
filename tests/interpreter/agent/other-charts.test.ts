// A chart without the filter that the question asks for is asked for again once, with the query that has it.
import { describe, expect, test } from "vitest";
import { contextOver } from "../sessions/notebook-session.ts";
import { run } from "./agent-run.ts";

const context = contextOver({
  "sales.csv":
    "day,shop,product,units\n2024-01-05,Oslo,tea,3\n2024-02-05,Rome,cake,1\n2024-02-06,Oslo,cake,2\n2024-03-06,Rome,tea,5\n",
});
const chart = (table: string) =>
  `\`\`\`chart\n${JSON.stringify({ table, mark: "bar", x: "product", y: "units", aggregate: "sum" })}\n\`\`\``;
const drawn = (question: string, answers: readonly string[]) => {
  const { session, onSessionEvent } = context();
  const own = { ...session, onSessionEvent, queries: [], quietQueries: [], executed: [], interrupts: 0 };
  return run([...answers, "The chart is shown.", "The chart is shown.", "The chart is shown."], {
    question,
    session: own,
  });
};

describe("a chart without the question's filter", () => {
  test.each([
    ["Draw a bar chart of the units by product in Rome.", "shop = 'Rome'"],
    ["Zeichne ein Balkendiagramm der units je product für Oslo.", "shop = 'Oslo'"],
    ["Draw a bar chart of the units by product in February.", "month"],
  ])("is asked for again: %s", async (question, condition) => {
    const filtered = "SELECT * FROM 'sales.csv' WHERE shop IN ('Rome', 'Oslo') AND month(day) = 2";
    const { model, end, results } = await drawn(question, [chart("sales.csv"), "The chart is shown.", chart(filtered)]);
    const said = model.requests.map(({ messages }) => String(messages.at(-1)?.content));
    const at = said.findIndex((text) => text.includes("Draw it so:"));
    expect(said[at]?.replaceAll('\\"', "")).toContain("SELECT * FROM 'sales.csv' WHERE");
    expect(said[at]?.replaceAll('\\"', "")).toContain(condition);
    expect(JSON.stringify(model.requests[at]?.responseSchema)).toContain("SELECT * FROM 'sales.csv' WHERE"); // nothing is left to choose
    expect(results).toHaveLength(2);
    expect((end.doubts ?? []).filter((doubt) => doubt.includes("does not"))).toEqual([]);
  });

  test("is told where it stays", async () => {
    const question = "Draw a bar chart of the units by product in Rome.";
    const { end } = await drawn(question, [chart("sales.csv"), "The chart is shown.", chart("sales.csv")]);
    expect(end.doubts).toContain("the question names Rome, a value of shop, and the query does not use it");
  });

  test("with it, nothing is said", async () => {
    const question = "Draw a bar chart of the units by product in Rome.";
    const { end, results } = await drawn(question, [chart("SELECT * FROM 'sales.csv' WHERE shop = 'Rome'")]);
    expect(results).toHaveLength(1);
    expect(end.doubts ?? []).toEqual([]);
  });
});
