// Times that a query groups by, of columns that are called as functions and units are.
import { expect, test } from "vitest";
import { contextOver } from "../sessions/notebook-session.ts";
import { readQuery } from "./read-queries.ts";

const context = contextOver({
  "rain.csv": "time,mm\n2024-03-01 00:00:00,4\n2024-03-01 05:00:00,1\n2024-03-02 01:00:00,7\n",
  "rides.csv": "day,n\n2023-03-01,1\n2024-03-01,5\n2024-04-01,2\n",
  "sales.csv": "date,n\n2024-03-01,5\n2024-04-01,7\n",
});

test.each([
  ["le cumul de mm jour après jour", "SELECT strftime(time, '%Y-%m-%d'), sum(mm) FROM rain GROUP BY 1", [5, 12]],
  ["running total of mm by day", "SELECT date_trunc('day', r.time) AS d, sum(r.mm) FROM rain r GROUP BY d", [5, 12]],
  ["cumulative mm day by day", "SELECT CAST(time AS DATE) AS d, sum(mm) FROM rain GROUP BY 1", [5, 12]],
  ["cumulative mm day by day", "SELECT time::DATE AS d, sum(mm) FROM rain GROUP BY d", [5, 12]],
  ["n nach Monat aufaddiert", "SELECT extract(month FROM day) AS m, sum(n) FROM rides GROUP BY 1", [1, 6, 8]],
  ["n按年累计", "SELECT year(day), sum(n) FROM rides GROUP BY 1", [1, 8]],
  ["nの月ごとの累計は?", "SELECT strftime(date, '%Y-%m') AS m, sum(n) FROM sales GROUP BY m", [5, 12]],
  ["n acumulado mes a mes", "SELECT date_part('month', date) AS m, sum(n) FROM sales GROUP BY m", [5, 12]],
])("%s: %s", async (question, query, totals) => {
  const { rows, query: read } = await readQuery(context, question, query);
  expect(rows?.map((row) => Number(row.at(-1)))).toEqual(totals);
  expect(read).toContain("running_total");
});
