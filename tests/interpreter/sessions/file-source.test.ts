import { renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type NotebookSession, openNotebook } from "./notebook-session.ts";

let notebook: NotebookSession;
beforeAll(async () => {
  notebook = await openNotebook({
    files: {
      "villes.csv": "\ufeffville;habitants\nParis;2 145 906\nLyon;516 092\n",
      "stocks.csv": "symbol,date,price\nA,Jan 1 2000,10\nA,Feb 1 2000,12.5\n",
      "half.csv": "k,date\n1,Jan 1 2000\n2,soon\n",
      "old.xls": "\xd0\xcf",
      "bars.xls": "\xd0\xcf", // beside bars.psv
      "twice.csv": "a\n1\n",
      "more/twice.csv": "a\n2\n",
      "all.zip": "PK",
      "bars.psv": "product|quantity\nbolt|40\n",
      "t.tab": "product\tquantity\nbolt\t40\n",
      "tabs.tsv": 'product\tquantity\n"bolt, long"\t40\nscrew\t7\n',
      "movies.json": '[{"title":"Up","year":2009},{"title":300,"year":2006}]',
    },
  });
  const umsatz = "stadt;betrag\nMünchen;1234,5\nKöln;99,9\n";
  writeFileSync(join(notebook.folder, "umsatz.csv"), Buffer.from(umsatz, "latin1"));
});
afterAll(() => notebook[Symbol.asyncDispose]());

const rows = async (query: string) => (await notebook.session.sql(query, { locked: true })).rows;

test.each([
  [
    "Latin-1 and decimal commas",
    "SELECT stadt, betrag FROM 'umsatz.csv' ORDER BY 2",
    [
      { stadt: "Köln", betrag: 99.9 },
      { stadt: "München", betrag: 1234.5 },
    ],
  ],
  ["spaces in numbers, and a byte order mark", "SELECT sum(habitants) AS n FROM 'villes.csv'", [{ n: 2661998 }]],
  ["dates as words", "SELECT strftime(max(date), '%Y-%m') AS m FROM stocks.csv", [{ m: "2000-02" }]],
  ["tabs", "SELECT max(quantity) AS n FROM tabs.tsv WHERE product = 'bolt, long'", [{ n: 40 }]],
  ["numbers among the titles", "SELECT title FROM movies ORDER BY year", [{ title: "300" }, { title: "Up" }]],
])("%s", async (_what, query, expected) => {
  expect(await rows(query)).toEqual(expected);
});

test("a column of which one value is no date stays as it is: nothing is lost", async () => {
  expect(await rows("SELECT date FROM half ORDER BY k")).toEqual([{ date: "Jan 1 2000" }, { date: "soon" }]);
});

test("the model is told the types that its query will meet", async () => {
  const tables = await notebook.session.tables();
  const types = Object.fromEntries(
    tables.map(({ name, columns }) => [name, columns.map(({ type }) => type).join(" ")]),
  );
  expect(types).toMatchObject({ "'umsatz.csv'": "VARCHAR DOUBLE", "'stocks.csv'": "VARCHAR DATE DOUBLE" });
});

test("of files whose names differ by case only the one that is written is meant, and both at once are refused", async () => {
  writeFileSync(join(notebook.folder, "SHOPS.csv"), "v\n1\n");
  writeFileSync(join(notebook.folder, "shops.csv"), "v\n2\n");
  for (const locked of [true, false]) {
    const told = async (query: string) => (await notebook.session.sql(query, { locked })).rows;
    expect(await told("SELECT v FROM 'SHOPS.csv'")).toEqual([{ v: 1 }]);
    expect(await told("SELECT v FROM 'shops.csv'")).toEqual([{ v: 2 }]);
    for (const query of ["FROM 'SHOPS.csv' UNION ALL FROM 'shops.csv'", "FROM 'Shops.csv'"])
      await expect(told(query)).rejects.toThrow("SHOPS.csv and shops.csv differ by case only");
  }
});

test("a file that is replaced by one of its size, whose time was kept, is read anew", async () => {
  const path = join(notebook.folder, "kept.csv");
  const time = new Date("2024-01-31T10:00:00Z");
  const put = (text: string) => {
    writeFileSync(`${path}.new`, text);
    utimesSync(`${path}.new`, time, time);
    renameSync(`${path}.new`, path);
  };
  put("k,day\na,05/03/2024\nb,13/03/2024\n");
  expect(await rows("SELECT strftime(min(day), '%m-%d') AS d FROM 'kept.csv'")).toEqual([{ d: "03-05" }]);
  put("k,day\na,05/03/2024\nb,03/13/2024\n");
  expect(await rows("SELECT strftime(max(day), '%m-%d') AS d FROM 'kept.csv'")).toEqual([{ d: "05-03" }]);
});

test("the user's own query, and a file that changes, mean the same", async () => {
  expect(await notebook.result("(await sql`SELECT sum(betrag) AS n FROM 'umsatz.csv'`)[0].n")).toMatchObject({
    "text/plain": "1334.4",
  });
  writeFileSync(join(notebook.folder, "umsatz.csv"), "stadt;betrag\nUlm;1,5\n");
  expect(await rows("SELECT betrag FROM umsatz.csv")).toEqual([{ betrag: 1.5 }]);
});

test.each([
  ["old.xls", "old.xls cannot be read: no file that SQL reads: save it as Parquet, CSV, JSON or .xlsx"],
  ["all.zip", "all.zip is no file that SQL reads: unpack it"],
])("%s is refused with the way out, of the model's query and of the user's", async (name, problem) => {
  for (const locked of [true, false])
    await expect(notebook.session.sql(`SELECT * FROM '${name}'`, { locked })).rejects.toThrow(problem);
});

test("of two files with one stem the query names one, and hears of no other", async () => {
  await expect(notebook.session.sql("SELECT a FROM twice", { locked: false })).rejects.toThrow(
    "twice may be 'twice.csv' or 'more/twice.csv': name the file in quotes",
  );
  expect(await rows("SELECT a FROM 'more/twice.csv'")).toEqual([{ a: 2 }]);
  expect(await rows("SELECT a FROM './twice.csv'")).toEqual([{ a: 1 }]);
  await expect(notebook.session.sql("SELECT a FROM 'gone.csv'", { locked: false })).rejects.toThrow(
    /^there is no table or file gone\.csv\n/,
  );
});

test.each(["'bars.psv'", "bars", "'t.tab'"])("%s is a table", async (name) => {
  expect(await rows(`SELECT quantity FROM ${name}`)).toEqual([{ quantity: 40 }]);
});
