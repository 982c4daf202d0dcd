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
    { from: { table: "'flights.csv'", column: "origin" }, to: { table: "'airports.csv'", column: "iata" } },
    { from: { table: "'flights.csv'", column: "year" }, to: { table: "'weather.csv'", column: "Year" } },
  ]);
});

test("need two tables", async () => {
  const tables = await notebook.session.tables();
  expect(await joinKeys(notebook.session, tables.slice(0, 1))).toEqual([]);
});

test("are found where two tables write them in two ways, and not where the numbers stand behind several letters", async () => {
  await using other = await openNotebook({
    files: {
      "rooms.csv": "number,kind\n101,twin\n102,twin\n103,suite\n104,suite\n105,suite\n",
      "bookings.csv": "ref,room\nR-1,Hab. 101\nR-2,Hab. 102\nR-3,Hab. 103\nR-4,Hab. 104\nR-5,Hab. 105\nR-6,Hab. 105\n",
      "bills.csv": "booking,sum\nr1,5\nr2,6\nr3,7\nr9,8\n",
    },
  });
  expect(await joinKeys(other.session, await other.session.tables())).toEqual([
    {
      from: { table: "'bills.csv'", column: "booking" },
      to: { table: "'bookings.csv'", column: "ref" },
      writing: "letters and digits",
    },
    {
      from: { table: "'bookings.csv'", column: "room" },
      to: { table: "'rooms.csv'", column: "number" },
      writing: "number",
    },
  ]);
});

test("of whole numbers are those whose names say so: an id of theirs, and not two tables' own ids", async () => {
  await using other = await openNotebook({
    files: {
      "customers.csv": "id,city\n1,Oslo\n2,Bergen\n3,Oslo\n4,Moss\n",
      "orders.csv": "id,customer_id,units\n1,1,3\n2,1,1\n3,2,2\n4,3,4\n",
    },
  });
  expect(await joinKeys(other.session, await other.session.tables())).toEqual([
    { from: { table: "'orders.csv'", column: "customer_id" }, to: { table: "'customers.csv'", column: "id" } },
  ]);
});
