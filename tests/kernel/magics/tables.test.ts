import { lstatSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTypeScriptSession, type TableInfo, type TypeScriptSession } from "../../../interpreter/index.ts";
import { tableNotes } from "../../../kernel/display/table-notes.ts";
import { tablesMagic } from "../../../kernel/magics/tables.ts";
import { fakeCell } from "./fake-cell.ts";

const newFolder = () => realpathSync(mkdtempSync(join(tmpdir(), "tables-")));
const folder = newFolder();
const outside = newFolder();
const told: TableInfo[] = [];
let session: TypeScriptSession;

beforeAll(async () => {
  writeFileSync(join(folder, "days.csv"), "day,n\n01/02/2024,1\n03/04/2024,2\n");
  writeFileSync(join(folder, "plain.csv"), "a\n1\n");
  session = await startTypeScriptSession({
    cwd: folder,
    onEvent() {},
    onTableNotes: (tables) => void told.push(...tables),
  });
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  for (const made of [folder, outside]) rmSync(made, { recursive: true, force: true });
});

const months = async (locked: boolean) => {
  const query = "SELECT list(month(day) ORDER BY n) AS m FROM 'days.csv'";
  return (await session.sql(query, { locked })).rows[0]?.["m"];
};

async function tables(args: string): Promise<string> {
  const cell = fakeCell();
  await tablesMagic({ session, folder }).run({ args, text: "" }, cell);
  return cell.text();
}

test("lists tables with rows, columns, types and what was assumed", async () => {
  expect(await tables("")).toBe(
    [
      "'days.csv' (2 rows)",
      "    day  DATE",
      "    n  BIGINT",
      "    * day: month first (assumed: 5/3 may also be the other way round)",
      "",
      "'plain.csv' (1 row)",
      "    a  BIGINT",
      "",
    ].join("\n"),
  );
  expect(told).toEqual([]); // nothing of them was used
});

test("what was assumed is told at the first use, once, and not by queries that only look", async () => {
  await session.sql("FROM 'days.csv'", { locked: true, isQuiet: true });
  expect(told).toEqual([]);
  expect(await months(true)).toEqual([1, 3]);
  expect(await months(false)).toEqual([1, 3]);
  await session.sql("FROM 'plain.csv'", { locked: true });
  expect(told.map(({ name }) => name)).toEqual(["'days.csv'"]);
});

test("`read` changes how a file is read, for the model's SQL and the user's", async () => {
  expect(await tables("read 'days.csv' --dates day-first")).toBe("'days.csv' (2 rows)\n    day  DATE\n    n  BIGINT\n");
  expect([await months(true), await months(false)]).toEqual([
    [2, 4],
    [2, 4],
  ]);
  expect(JSON.parse(readFileSync(join(folder, "qwenlab.tables.json"), "utf8"))).toEqual({
    "days.csv": { dates: "day-first" },
  });
  expect(await tables("read days.csv --header no")).toContain("column0  VARCHAR");
  expect(await tables("read days.csv --dates year-first")).toContain("day  DATE"); // whose years have four digits
  await tables("read days.csv"); // as it was
  expect(await months(true)).toEqual([1, 3]);
});

test.each([
  ["write days.csv", "%tables write days.csv is nothing"],
  ["read other.csv --dates day-first", "there is no data file other.csv; there are: 'days.csv', 'plain.csv'"],
  ["read days.csv --dates sometimes", "--dates:"],
  ["read days.csv --separator ab", "--separator: one sign"],
])("%s is refused with a word", async (args, message) => {
  await expect(tables(args)).rejects.toThrow(message);
});

test("settings that are none, or that a link leads out to, change nothing", async () => {
  const path = join(folder, "qwenlab.tables.json");
  for (const text of ["{", "[1]", '{"days.csv": {"dates": "day-first", "run": "x"}}', '{"days.csv": {"dates": 1}}']) {
    writeFileSync(path, text);
    expect(await months(true)).toEqual([1, 3]);
  }
  const settings = '{"days.csv": {"dates": "day-first"}}';
  writeFileSync(join(outside, "x.json"), settings);
  rmSync(path);
  symlinkSync(join(outside, "x.json"), path);
  expect(await months(true)).toEqual([1, 3]);
  await tables("read plain.csv --header no");
  expect(readFileSync(join(outside, "x.json"), "utf8")).toBe(settings);
  expect(lstatSync(path).isFile()).toBe(true);
});

test("notes are text, whatever a file puts into them", () => {
  const notes = ['above the row of names, left out: "<img src=x onerror=alert(1)>"'];
  const shown = tableNotes([{ name: "'a.csv'", kind: "file", columns: [], rowCount: 0, notes }]);
  expect(shown["text/markdown"]).toContain("&lt;img src=x");
  expect(shown["text/markdown"]).not.toContain("<img");
});

test("a folder that is gone is told as that, and not as one without tables", async () => {
  const empty = newFolder();
  const cell = fakeCell();
  const ofSession = { tables: async () => [] as TableInfo[] } as unknown as TypeScriptSession; // as: all that is asked
  const listed = async () => {
    await tablesMagic({ session: ofSession, folder: empty }).run({ args: "", text: "" }, cell);
    return cell.text();
  };
  expect(await listed()).toBe("There are no tables.\n");
  rmSync(empty, { recursive: true });
  expect(await listed()).toContain(`The notebook's folder ${empty} is gone.`);
});

test("several files that are one table are read otherwise together", async () => {
  for (const year of [2023, 2024])
    writeFileSync(join(folder, `plan_${year}.csv`), "on,n\n05/03/2023,1\n06/04/2023,2\n");
  const listed = await tables("read 'plan_*.csv' --dates day-first");
  expect(listed).toContain("'plan_*.csv' (4 rows)");
  const { rows } = await session.sql("SELECT list(DISTINCT month(\"on\") ORDER BY 1) AS m FROM 'plan_*.csv'", {
    locked: true,
  });
  expect(rows[0]?.["m"]).toEqual([3, 4]);
  for (const year of [2023, 2024]) rmSync(join(folder, `plan_${year}.csv`));
});

test("files of one kind are listed once as one table, beside each of them", async () => {
  writeFileSync(join(folder, "shop_oslo.csv"), "item,units\npen,1\n");
  writeFileSync(join(folder, "shop_lyon.csv"), "units,item\n4,pen\n8,cup\n");
  const listed = (await tables("")).split("\n");
  expect(listed.filter((line) => /^'shop_/.test(line))).toEqual([
    "'shop_lyon.csv' (2 rows)",
    "'shop_oslo.csv' (1 row)",
    "'shop_*.csv' (3 rows)",
  ]);
  expect(listed).toContain("    filename  VARCHAR");
  expect(listed).toContain("    * all of shop_lyon.csv and shop_oslo.csv");
});
