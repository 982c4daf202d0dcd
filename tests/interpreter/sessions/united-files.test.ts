// 'bookings_*.csv' in SQL: files that are read as one table, each as its own values tell.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NotebookSession, openNotebook } from "./notebook-session.ts";

const FILES = {
  "bookings_2023.csv": "ref;day;paid\nA1;03.01.2023;1.234,50 €\nA2;14.02.2023;65,50 €\nTOTAL;;1.300,00 €\n",
  "bookings_2024.csv": "ref;day;paid\nB1;02.03.2024;100,25 €\nB2;13.12.2024;99,75 €\nB3;30.12.2024;2.000,00 €\n",
  "mixed_a.csv": "id,code,seen,flag\n1,7,2024-01-01,true\n2,8,2024-01-02,false\n",
  "mixed_b.csv": "ID,code,seen,flag\n1.5,X9,2024-01-03 10:00:00,3\n2.5,X8,2024-01-04 11:30:00,4\n",
  "mixed_c.csv": "id,code,seen,flag\n3,2024-05-01,2024-01-05,no\n4,2024-05-02,2024-01-06,yes\n",
  "named_1.csv": "filename,n\na.txt,1\nb.txt,2\n",
  "named_2.csv": "filename,n\nc.txt,3\n",
  "deep/in/x_1.csv": "n\n10\n20\n",
  "deep/x_2.csv": "n\n30\n40\n",
  "lines_1.jsonl": '{"n": 1, "who": "Ann"}\n{"n": 2, "who": "Bob"}\n',
  "lines_2.json": '[{"who": "Cy", "n": 5}]',
  "other.csv": "a,b\n1,2\n",
  ".secret_1.csv": "n\n666\n",
  "hidden/.in/secret_1.csv": "n\n666\n",
};

let notebook: NotebookSession;
let outside: string;
beforeAll(async () => {
  notebook = await openNotebook({ files: FILES });
  outside = mkdtempSync(join(tmpdir(), "qwenlab-outside-"));
  writeFileSync(join(outside, "secret_2.csv"), "n\n777\n");
  mkdirSync(join(notebook.folder, "links"));
  symlinkSync(join(outside, "secret_2.csv"), join(notebook.folder, "links", "secret_2.csv"));
  const text = (sheet: string) => `COPY (SELECT '${sheet}' AS meal, 2 AS n) TO '${notebook.folder}/${sheet}.parquet'`;
  for (const sheet of ["2024-01", "2024-02"]) await notebook.session.sql(text(sheet), { locked: false });
});
afterAll(async () => {
  await notebook[Symbol.asyncDispose]();
  rmSync(outside, { recursive: true });
});

const PAID = "SELECT sum(paid) AS paid, count(DISTINCT filename) AS files FROM";

describe.each([true, false])("locked: %s", (locked) => {
  const rows = async (query: string) => (await notebook.session.sql(query, { locked })).rows;
  const values = async (query: string) => (await rows(query)).map((row) => Object.values(row).map(String));

  test.each([
    [`${PAID} 'bookings_*.csv'`, ["3500", "2"]],
    [`${PAID} "bookings_202?.csv"`, ["3500", "2"]],
    [`${PAID} 'bookings_202[34].csv'`, ["3500", "2"]],
    [`${PAID} './bookings_*.csv'`, ["3500", "2"]],
    [`${PAID} 'BOOKINGS_*.csv' AS b WHERE b.paid > 1`, ["3500", "2"]],
    [`${PAID} (SELECT * FROM 'bookings_*.csv')`, ["3500", "2"]],
    ["SELECT sum(n) FROM 'deep/**/x_*.csv'", ["100"]],
    ["SELECT sum(n) FROM 'deep/*.csv'", ["70"]],
    ["SELECT sum(n), max(who) FROM 'lines_*'", ["8", "Cy"]],
    ["SELECT sum(n), max(filename) FROM '2024-*.parquet'", ["4", "2024-02.parquet"]],
    ["SELECT max(filename), count(*) FROM 'named_*.csv'", ["c.txt", "3"]],
    ["SELECT count(*) FROM other, 'bookings_*.csv'", ["5"]],
    ["FROM 'bookings_*.csv' SELECT count(*)", ["5"]],
    ["SELECT count(*) FROM (SUMMARIZE 'bookings_*.csv')", ["4"]],
    ["SELECT count(*) FROM 'bookings_*.csv' UNION ALL SELECT count(*) FROM other LIMIT 1", ["5"]],
  ])("%s", async (query, expected) => {
    expect((await values(query))[0]).toEqual(expected);
  });

  test("a column of several types is the wider one of numbers and of times, else text", async () => {
    const query =
      "SELECT any_value(typeof(id)), any_value(typeof(code)), any_value(typeof(seen)), any_value(typeof(flag)) FROM";
    expect(await values(`${query} 'mixed_*.csv'`)).toEqual([["DOUBLE", "VARCHAR", "TIMESTAMP", "VARCHAR"]]);
    expect(await values("SELECT sum(id), min(code), max(seen) FROM 'mixed_*.csv'")).toEqual([
      ["14", "2024-05-01", expect.stringContaining("2024-01-06")],
    ]);
    const told = (await notebook.session.tables()).find(({ name }) => name === "'mixed_*.csv'");
    expect(told?.columns.map(({ type }) => type)).toEqual(["DOUBLE", "VARCHAR", "TIMESTAMP", "VARCHAR", "VARCHAR"]);
  });

  test("of no file it names the pattern and the file that is nearest", async () => {
    const failed = rows("SELECT * FROM 'bokings_*.csv'");
    await expect(failed).rejects.toThrow("bokings_*.csv");
    if (!locked) await expect(failed).rejects.toThrow(/did you mean 'bookings_/);
  });

  test.each(["*", "**", "*secret*", "hidden/**/*.csv", ".secret_*.csv", "hidden/.in/*.csv"])(
    "'%s' holds nothing that is hidden",
    async (pattern) => {
      if (!locked && /^\.|\/\.|\*\*\//.test(pattern)) return; // no data file fits: the user's own SQL reads what the user may
      const found = await rows(`SELECT * FROM '${pattern}'`).catch((error: Error) => [error.message]);
      expect(JSON.stringify(found)).not.toContain("666");
    },
  );
});

test("what lies outside is not reached by the model's patterns", async () => {
  for (const pattern of ["links/*.csv", `${outside}/*.csv`, `../${outside.split("/").at(-1)}/*.csv`]) {
    const found = notebook.session.sql(`SELECT * FROM '${pattern}'`, { locked: true });
    await expect(found).rejects.toThrow(/no table or file|link out of the folder|No files found|not|cannot/i);
  }
});

test("one that cannot be read is told, and not left out", async () => {
  writeFileSync(join(notebook.folder, "bookings_2025.csv"), "<!DOCTYPE html><html><body>Log in</body></html>");
  try {
    for (const locked of [true, false])
      await expect(notebook.session.sql(`${PAID} 'bookings_*.csv'`, { locked })).rejects.toThrow(
        "bookings_2025.csv cannot be read",
      );
    expect((await notebook.session.tables()).map(({ name }) => name)).not.toContain("'bookings_*.csv'");
  } finally {
    rmSync(join(notebook.folder, "bookings_2025.csv"));
  }
});
