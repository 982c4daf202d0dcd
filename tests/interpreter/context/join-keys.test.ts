import { afterAll, beforeAll, expect, test } from "vitest";
import { joinKeys } from "../../../interpreter/index.ts";
import { type NotebookSession, openNotebook } from "../sessions/notebook-session.ts";

let notebook: NotebookSession;
beforeAll(async () => {
  notebook = await openNotebook({
    files: {
      "airports.csv": "iata,city,runs\nSFO,San Francisco,1\nJFK,New York,2\nORD,Chicago,3\nLAX,Los Angeles,4\n",
      "flights.csv": "origin,delay,year\nSFO,1,2001\nJFK,2,2002\nORD,3,2003\nSFO,4,2003\n",
      "weather.csv": "Year,temp\n2001,1.5\n2002,2.5\n2003,3.5\n",
    },
  });
});
afterAll(() => notebook[Symbol.asyncDispose]());

test("are columns whose values are another table's keys; whole numbers only where the names agree", async () => {
  expect(await joinKeys(notebook.session, await notebook.session.tables())).toEqual([
    { from: "'flights.csv'.origin", to: "'airports.csv'.iata" },
    { from: "'flights.csv'.year", to: "'weather.csv'.Year" },
  ]);
});

test("need two tables", async () => {
  const tables = await notebook.session.tables();
  expect(await joinKeys(notebook.session, tables.slice(0, 1))).toEqual([]);
});
