// Names that a small model writes and no table has, over tables in several languages.
import { describe, expect, test } from "vitest";
import { codeThatRan, rowsOf, runSql } from "../../../interpreter/index.ts";
import { contextOver } from "./notebook-session.ts";

const FILES = {
  "门票.csv":
    "日期,城市,顾客类型,数量,单价\n2024-01-05,上海,学生,2,10\n2024-02-06,北京,成人,1,20\n2024-02-07,上海,成人,4,20\n",
  "ruta.csv": "fecha,ciudad,pasajeros\n2024-01-05,Jaca,12\n2024-01-06,Huesca,30\n",
  "sensors.csv":
    "sensor,measured_at,level\na,2024-01-05 10:00:00,1\na,2024-01-06 11:00:00,3\nb,2024-01-06 12:00:00,8\n",
};

const context = contextOver(FILES);

async function asked(query: string, question = "") {
  const { content, facts = [] } = await runSql.call(JSON.stringify({ query }), { ...context(), question });
  return { content, values: rowsOf(facts)?.rows.map((row) => Object.values(row)), code: codeThatRan(facts) };
}

describe("a name in another language", () => {
  test.each([
    ["SELECT sum(quantity) AS n FROM '门票.csv' WHERE customer_type = '成人'", [[5]]],
    [
      "SELECT city, sum(quantity * price) AS n FROM '门票.csv' GROUP BY city ORDER BY n DESC",
      [
        ["上海", 100],
        ["北京", 20],
      ],
    ],
    ["SELECT sum(quantity) AS n FROM '门票.csv' WHERE month(date) = 2", [[5]]],
    ["SELECT city FROM ruta ORDER BY passengers DESC LIMIT 1", [["Huesca"]]],
    ["SELECT max(visitors_total) AS n FROM '门票.csv'", undefined],
  ])("is that of the only column that says the same: %s", async (query, rows) => {
    if (rows === undefined) await expect(asked(query)).rejects.toThrow(/not found/);
    else expect((await asked(query)).values).toEqual(rows);
  });
});

describe("a column that no table has", () => {
  test("is the only one that has the text which it is compared with", async () => {
    const { values, content } = await asked("SELECT count(*) AS n FROM '门票.csv' WHERE place_of_sale = '上海'");
    expect(values).toEqual([[2]]);
    expect(content).toContain("there is no column place_of_sale; read as 城市 = '上海'");
  });

  test("is none where the question itself speaks of it", async () => {
    const query = "SELECT count(*) AS n FROM ruta WHERE driver = 'Jaca'";
    await expect(asked(query, "How often was the driver Jaca?")).rejects.toThrow(/not found/);
  });

  test("is the only time, where a part of one is taken of it", async () => {
    const { values } = await asked(
      "SELECT dayname(measure_at) AS d, count(*) AS n FROM sensors GROUP BY 1 ORDER BY n DESC LIMIT 1",
    );
    expect(values).toEqual([["Saturday", 2]]);
    const query = "SELECT year(birth_date) AS y FROM sensors LIMIT 1";
    await expect(asked(query, "In which year is the birth of the sensor a?")).rejects.toThrow(/not found/);
  });
});

test.each([
  ["arguments that are turned round", "SELECT quantile_cont(0.5, level) AS q FROM sensors", [[3]]],
  ["an aggregate of one aggregate", "SELECT avg(max(level)) AS m FROM sensors WHERE sensor = 'a'", [[3]]],
  ["a keyword and a name without a space", "SELECT sensor, level FROMsensors ORDER BY level DESC LIMIT 1", [["b", 8]]],
  ["a keyword and a column without a space", "SELECT sum(数量) AS n FROM '门票.csv' WHERE城市 = '上海'", [[6]]],
])("%s", async (_case, query, rows) => {
  expect((await asked(query)).values).toEqual(rows);
});
