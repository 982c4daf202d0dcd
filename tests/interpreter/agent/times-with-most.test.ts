// "Which month had the most births?": each month is taken together, by what its rows hold.
import { describe, expect, test } from "vitest";
import { contextOver } from "../sessions/notebook-session.ts";
import { run } from "./agent-run.ts";
import { readQuery } from "./read-queries.ts";

const context = contextOver({
  "births.csv":
    "month,region,births,deaths\n2020-01-01,N,50,9\n2020-01-01,S,20,9\n2020-02-01,N,40,9\n2020-02-01,S,45,12\n2021-03-01,N,10,2\n",
  "ferry.csv":
    "day,route,passengers,delay_minutes\n2024-01-05,A,100,5\n2024-01-20,B,50,0\n2024-02-03,A,90,7\n2024-02-05,B,30,9\n2024-02-06,B,40,9\n",
  "fähre.csv": "tag,linie,fahrgäste\n2024-01-05,A,100\n2024-02-03,A,90\n2024-02-05,B,30\n",
  "bac.csv": "jour,ligne,passagers\n2024-01-05,A,100\n2024-02-03,A,90\n2024-02-05,B,30\n",
  "barco.csv": "día,línea,pasajeros\n2024-01-05,A,100\n2024-02-03,A,90\n2024-02-05,B,30\n",
  "轮渡.csv": "日期,线路,乘客\n2024-01-05,A,100\n2024-02-03,A,90\n2024-02-05,B,30\n",
  "船便.csv": "日付,路線,乗客\n2024-01-05,A,100\n2024-02-03,A,90\n2024-02-05,B,30\n",
  "sales.csv": "year,shop,units,price\n2020,A,2,5\n2020,B,2,9\n2021,A,3,5\n",
});
const LAST = (column: string, table: string) => `SELECT max(${column}) FROM '${table}'`;

describe("the month, the day or the year with the most is no end of the time", () => {
  test.each([
    ["Which month had the most births?", LAST("month", "births.csv"), ["2020-02", 85]],
    ["In which year were the fewest births?", "SELECT min(month) FROM births.csv", [2021, 10]],
    [
      "Which month had the most births?",
      "SELECT month, count(*) AS n FROM 'births.csv' GROUP BY month ORDER BY n DESC LIMIT 1",
      ["2020-02", 85],
    ],
    [
      "Which region had the most deaths?",
      "SELECT region, count(deaths) AS n FROM 'births.csv' GROUP BY region ORDER BY n DESC LIMIT 1",
      ["S", 21],
    ],
    [
      "Which month had the most passengers?",
      "SELECT day, passengers FROM 'ferry.csv' ORDER BY 2 DESC LIMIT 1",
      [2, 160],
    ],
    [
      "Which month had the most passengers?",
      "SELECT strftime(day, '%m') AS m, passengers FROM 'ferry.csv' ORDER BY passengers DESC LIMIT 1",
      [2, 160],
    ],
    ["Which month had the most crossings?", LAST("day", "ferry.csv"), [2, 3]],
    ["Which month had the highest mean delay?", LAST("day", "ferry.csv"), [2, 25 / 3]],
    ["Which month had the longest delay on route A?", `${LAST("day", "ferry.csv")} WHERE route = 'A'`, [2, 7]],
    ["Which year had the highest revenue?", LAST("year", "sales.csv"), [2020, 28]],
    ["Welcher Monat hatte die meisten Fahrgäste?", LAST("tag", "fähre.csv"), [2, 120]],
    ["Quel mois a eu le plus de passagers ?", LAST("jour", "bac.csv"), [2, 120]],
    ["¿Qué mes tuvo más pasajeros?", LAST("día", "barco.csv"), [2, 120]],
    ["哪个月的乘客最多？", LAST("日期", "轮渡.csv"), [2, 120]],
    ["乗客が一番多い月はどの月ですか?", LAST("日付", "船便.csv"), [2, 120]],
  ])("%s %s", async (question, query, row) => {
    const read = await readQuery(context, question, query);
    expect(read.rows).toHaveLength(1);
    expect(read.rows![0]![0]).toBe(row[0]);
    expect(Number(read.rows![0]![1])).toBeCloseTo(Number(row[1]));
  });

  test.each([
    ["Which is the last month?", LAST("month", "births.csv")],
    ["Up to which month do the births go?", LAST("month", "births.csv")],
    ["When was the latest crossing with the most passengers?", LAST("day", "ferry.csv")],
    ["Which day had the most expensive crossing?", LAST("day", "ferry.csv")],
    ["What is the most passengers by month?", "SELECT max(passengers) FROM 'ferry.csv'"],
    ["How many routes are there?", "SELECT count(*) AS n FROM 'ferry.csv'"],
  ])("and stays where nothing of the kind is asked: %s", async (question, query) => {
    expect((await readQuery(context, question, query)).query).not.toContain("GROUP BY 1");
  });

  test("and is told where nobody knows of what", async () => {
    const { session, onSessionEvent } = context();
    const { end } = await run(["```sql\nSELECT max(day) FROM 'ferry.csv'\n```", "February.", "February."], {
      question: "¿Qué mes tuvo más viajeros?",
      session: { ...session, onSessionEvent, queries: [], quietQueries: [], executed: [], interrupts: 0 },
    });
    expect(end.doubts?.join()).toContain("takes an end of day");
  });
});
