// Results whose values mislead: of groups that are not shown, or with numbers that stand for a missing value.
import { expect, test } from "vitest";
import { keysNotShown } from "../../../interpreter/agent/guards/unshown-keys.ts";
import type { SqlResult, TableInfo } from "../../../interpreter/index.ts";
import { outlineOf } from "../../../interpreter/sessions/sql/sql-outline.ts";
import { fakeSession } from "../fake-session.ts";
import { run } from "./agent-run.ts";

const block = (query: string) => `\`\`\`sql\n${query}\n\`\`\``;

test.each([
  ["SELECT count(*) FROM t GROUP BY name", "name"],
  ["SELECT avg(x) AS m, max(y) FROM t GROUP BY year(day), city ORDER BY 1", "year(day), city"],
  ["SELECT name, count(*) FROM t GROUP BY name", undefined],
  ["SELECT year(day) AS y, count(*) FROM t GROUP BY y", undefined],
  ["SELECT count(*), day FROM t GROUP BY year(day), day", undefined],
  ["SELECT count(*) FROM t GROUP BY ALL", undefined],
  ["SELECT 1 + n, name FROM t GROUP BY 2, 1", undefined],
  ["SELECT * FROM (SELECT count(*) FROM t GROUP BY name)", undefined],
  ["SELECT count(*) FROM t", undefined],
])("%s", (query, keys) => {
  expect(keysNotShown(outlineOf(query))).toBe(keys);
});

test("values without what they are of are asked for once more, with it", async () => {
  const counts: SqlResult = { columns: [{ name: "n", type: "BIGINT" }], rows: [{ n: 14 }, { n: 12 }], rowCount: 2 };
  const named: SqlResult = {
    columns: [{ name: "origin", type: "VARCHAR" }, ...counts.columns],
    rows: [
      { origin: "USA", n: 14 },
      { origin: "Japan", n: 12 },
    ],
    rowCount: 2,
  };
  const session = fakeSession({ sql: (query) => (query.includes("SELECT origin") ? named : counts) });
  const question = "How many cars are there per origin?";
  const query = "SELECT count(*) AS n FROM 'cars.csv' GROUP BY origin";
  const whole = "SELECT origin, count(*) AS n FROM 'cars.csv' GROUP BY origin";
  const { model, end } = await run([block(query), "n is 14, 12.", block(whole), "USA 14, Japan 12."], {
    question,
    session,
  });
  expect(String(model.requests[2]?.messages.at(-1)?.content)).toContain(
    `which origin each row is of. Write the corrected query, in this shape: ${whole}`,
  );
  expect(end.answer).toContain("USA 14, Japan 12");
  expect(end.doubts).toBeUndefined();
});

const WEATHER: TableInfo = {
  ...{ name: "'weather.csv'", kind: "file", rowCount: 168 },
  columns: [
    { name: "temp", type: "DOUBLE" },
    { name: "rain", type: "BIGINT" },
  ],
  notes: ["temp: 9999 may stand for a missing value; it is read as a number"],
};

test.each([
  [
    "SELECT avg(temp) AS mean FROM 'weather.csv'",
    ["temp holds 9999, which may stand for a missing value, and it is taken as a number here"],
  ],
  ["SELECT avg(temp) AS mean FROM 'weather.csv' WHERE temp <> 9999", undefined],
  ["SELECT avg(rain) AS mean FROM 'weather.csv'", undefined],
])("%s", async (query, doubts) => {
  const mean: SqlResult = { columns: [{ name: "mean", type: "DOUBLE" }], rows: [{ mean: 373.3 }], rowCount: 1 };
  const session = fakeSession({ tables: [WEATHER], sql: () => mean });
  const { end } = await run([block(query), "The mean is 373.3."], {
    question: `What is the mean ${query.includes("rain") ? "rain" : "temp"}?`,
    session,
  });
  expect(end.doubts).toEqual(doubts);
});

test("a chart of such a column says so, too", async () => {
  const session = fakeSession({ tables: [WEATHER], chart: async () => ({ "text/plain": "bar chart" }) });
  const chart = JSON.stringify({ tool: "chart", table: "weather.csv", mark: "bar", x: "temp" });
  const { end } = await run([chart, "The chart is shown."], { question: "Draw a bar chart of temp", session });
  expect(end.doubts).toEqual([expect.stringContaining("temp holds 9999")]);
});
