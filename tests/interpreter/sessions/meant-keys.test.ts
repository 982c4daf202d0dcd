// Two tables that write one key in two ways, and joins by columns that have nothing in common.
import { expect, test } from "vitest";
import { rowsOf, runSql } from "../../../interpreter/index.ts";
import { inWriting, WRITINGS, writingIn } from "../../../interpreter/sessions/sql/join-key.ts";
import { contextOver } from "./notebook-session.ts";

const FILES = {
  "rooms.csv": "Número,tipo\n101,doble\n102,doble\n103,suite\n104,suite\n105,suite\n",
  "bookings.csv":
    "ref,Habitación,paid\nR-23-0001,Hab. 101,10\nR-23-0002,Hab. 103,20\nR-24-0001,Hab. 102,40\nR-24-0002,Hab. 104,80\nR-24-0003,Hab. 105,160\n",
  "extras.json":
    '[{"booking":"R230001","item":"bar","cost":1},{"booking":"r230002","item":"spa","cost":2},{"booking":"R240001","item":"spa","cost":4},{"booking":"R999999","item":"bar","cost":8}]',
  "pupils.csv": "no,name\n0007,Ann\n0012,Bob\n0123,Cid\n",
  "meals.csv": "pupil,dish,price\n7,soup,1\n12,soup,2\n12,cake,4\n123,cake,8\n",
  "cities.csv": "Zürich,people\nORT,1\n",
  "parts.csv": "car,part\nab12cde,belt\nxy34zzz,lamp\nkl56mno,belt\n",
  "cars.csv": "plate,make\nAB12 CDE,Audi\nXY34 ZZZ,Seat\nKL56 MNO,Audi\n",
  "jobs.csv": "no,plate_no,hours\n1204,ab12cde,2\n1205,xy34zzz,3\n1206,kl56mno,1\n1207,ab12cde,2\n",
  "fitted.csv":
    "job_ref,piece,qty\nJOB-1204,belt,1\nJOB-1205,lamp,4\nJOB-1206,belt,2\nJOB-1207,pump,2\nJOB-1204,fuse,0\n",
  "lessons.csv":
    "课次,上课日期,授课老师\n1,2024-03-01,皮埃尔\n2,2024-03-02,索菲\n3,2024-03-03,皮埃尔\n4,2024-03-01,李娜\n",
  "teachers.csv": "姓名,教授语种\n皮埃尔,西班牙语\n索菲,法语\n李娜,日语\n",
  "old parts.csv": "Qty,Unit price\n3,2.5\n4,1.5\n5,1.0\n",
  "guests.csv": "code,name\nM1,Ann\nG1,Bob\nM2,Cid\n",
  "games.csv": "number,won\n1,5\n2,6\n3,7\n",
};

const context = contextOver(FILES);
const call = (query: string, question = "") => runSql.call(JSON.stringify({ query }), { ...context(), question });
const values = async (query: string) =>
  rowsOf((await call(query)).facts ?? [])?.rows.map((row) => Object.values(row).map(Number));

test.each([
  ["SELECT sum(paid) FROM bookings b JOIN rooms r ON b.Habitación = r.Número WHERE r.tipo = 'suite'", [[260]]],
  ["SELECT sum(paid) FROM 'bookings.csv' b JOIN 'rooms.csv' r ON r.Número = CAST(b.Habitación AS INT)", undefined],
  ["SELECT sum(paid) FROM bookings, rooms WHERE Habitación = Número AND tipo = 'doble'", [[50]]],
  ["SELECT sum(cost) FROM extras e JOIN bookings b ON e.booking = b.ref WHERE b.paid > 15", [[6]]],
  ["SELECT count(*) FROM extras WHERE booking NOT IN (SELECT ref FROM bookings)", [[1]]],
  ["SELECT count(*) FROM bookings b WHERE NOT EXISTS (SELECT 1 FROM extras e WHERE e.booking = b.ref)", [[2]]],
  ["SELECT sum(price) FROM meals m JOIN pupils p ON m.pupil = p.no WHERE p.name = 'Bob'", [[6]]],
  ["SELECT count(*) FROM parts JOIN cars ON parts.car = cars.plate WHERE make = 'Audi'", [[2]]],
])("%s: is compared by what both say", async (query, rows) => {
  if (rows === undefined) return expect(call(query)).rejects.toThrow("Hab. 1");
  expect(await values(query)).toEqual(rows);
  return expect((await call(query)).content).toMatch(/are written in two ways, compared by their (numbers|letters)/);
});

test("columns that have nothing in common are not what the tables are joined by, where they have one key", async () => {
  const query = "SELECT count(*) FROM parts JOIN cars ON parts.part = cars.make";
  expect(await values(query)).toEqual([[3]]);
  expect((await call(query)).content).toContain(
    "(joined by car of parts.csv and plate of cars.csv, compared by their letters and digits: part and make have no value in common)",
  );
});

test.each([
  ["SELECT count(*) FROM rooms r JOIN bookings b ON r.Habitación = b.Habitación", [[5]]],
  ["SELECT count(*) FROM rooms r JOIN bookings b ON r.Habitación = b.Habitación WHERE r.paid > 30", [[3]]],
  ["SELECT sum(r.cost) FROM bookings b JOIN extras r ON b.item = r.item", [[7]]],
])("%s: is joined by the tables' key, where one of them lacks the column", async (query, rows) => {
  expect(await values(query)).toEqual(rows);
  expect((await call(query)).content).toMatch(/\(joined by .* has no (Habitación|item)\)/);
});

test.each([
  // Of what is fitted to the jobs, and of the jobs' cars.
  ["SELECT sum(a.qty) FROM fitted a JOIN jobs b ON a.job_ref = b.job_ref WHERE b.make = 'Audi'", [[5]]],
  ["SELECT sum(a.qty) FROM fitted a JOIN cars c ON a.plate = c.plate WHERE c.make = 'Audi'", [[5]]],
  [
    "SELECT sum(f.qty) FROM cars c JOIN fitted f ON c.car = f.car JOIN jobs j ON c.car = j.car WHERE c.make = 'Seat'",
    [[4]],
  ],
])("%s: goes the way that the keys lead", async (query, rows) => {
  expect(await values(query)).toEqual(rows);
  expect((await call(query)).content).toMatch(
    /are joined by job_ref = no and plate_no = plate\)|are joined by plate_no = plate and job_ref = no\)/,
  );
});

test("a file whose name has spaces is also found by underscores", async () => {
  const query = "SELECT sum(old_parts.csv.Qty) FROM old_parts.csv WHERE old_parts.csv.Unit price > 1";
  expect(await values(query)).toEqual([[7]]);
});

test("a column behind another table's alias is taken from the one table that has it", async () => {
  const query = "SELECT sum(r.paid) FROM bookings b JOIN rooms r ON b.Habitación = r.Número WHERE b.tipo = 'doble'";
  expect(await values(query)).toEqual([[50]]);
  expect((await call(query)).content).toContain("(paid is taken from bookings: r has none)");
  const byKey =
    "SELECT r.tipo, b.Número FROM rooms r JOIN bookings b ON r.Número = b.Habitación ORDER BY b.paid LIMIT 1";
  expect((await call(byKey)).content).toContain("(Número is taken from rooms: b has none)");
});

test.each([
  [
    "WITH whole AS (SELECT sum(paid) AS total FROM bookings) SELECT max(paid) / total FROM bookings GROUP BY total",
    [[160 / 310]],
  ],
  ["WITH whole AS (SELECT sum(paid) AS total FROM bookings) SELECT total", [[310]]],
  [
    "WITH whole AS (SELECT sum(paid) AS total FROM bookings), one AS (SELECT max(paid) AS most FROM bookings) SELECT most / total FROM one",
    [[160 / 310]],
  ],
  [
    "WITH whole AS (SELECT sum(paid) AS total FROM bookings) SELECT count(*) FROM bookings WHERE paid > whole.total / 4",
    [[2]],
  ],
])("%s: reads the part of one row that it takes a column of", async (query, rows) => {
  expect(await values(query)).toEqual(rows);
});

test("a part of several rows is not read with each", async () => {
  const query = "WITH parts AS (SELECT ref, paid * 2 AS twice FROM bookings) SELECT sum(paid) / twice FROM bookings";
  await expect(call(query)).rejects.toThrow("twice");
});

test.each([
  [
    "SELECT sum(paid) FROM bookings WHERE Habitación = 'suite'",
    [[260]],
    "(no row has Habitación = 'suite'; read as tipo = 'suite' of rooms.csv, by Habitación = Número)",
  ],
  [
    "SELECT sum(b.cost) FROM 'extras.json' b WHERE b.booking = 'Hab. 103' AND b.cost > 1",
    [[2]],
    "read as Habitación = 'Hab. 103' of bookings.csv",
  ],
  ["SELECT sum(price) FROM meals WHERE pupil = 'Bob'", undefined, ""],
])("%s: rows are meant whose partners have the value", async (query, rows, note) => {
  if (rows === undefined) return expect(call(query)).rejects.toThrow("Bob");
  expect(await values(query)).toEqual(rows);
  return expect((await call(query)).content).toContain(note);
});

test.each([
  [
    "SELECT count(*) FROM lessons l JOIN teachers t ON l.授课老师 = t.姓名 WHERE t.语系 = '西班牙'",
    [[2]],
    "there is no column 语系; read as 教授语种 = '西班牙语'",
  ],
  ["SELECT count(*) FROM lessons l WHERE l.授课日期 >= '2024-03-02'", [[2]], "(授课日期 is read as 上课日期)"],
  [
    "SELECT count(*) FROM lessons l JOIN teachers t ON l.授课老师 = t.姓名 WHERE l.授课语种 = '日语'",
    [[1]],
    "(授课语种 is read as 教授语种)",
  ],
])("%s: the column is meant that is called almost so, or holds the value", async (query, rows, note) => {
  expect(await values(query)).toEqual(rows);
  expect((await call(query)).content).toContain(note);
});

test("a key that both write alike, and numbers behind other letters, are left as they are", async () => {
  expect((await call("SELECT count(*) FROM bookings a JOIN bookings b ON a.ref = b.ref")).content).not.toContain(
    "compared",
  );
  const query = "SELECT count(*) FROM guests JOIN games ON CAST(games.number AS VARCHAR) = guests.code";
  expect(await values(query)).toEqual([[0]]);
});

test.each(
  WRITINGS.flatMap(({ name }) =>
    ["b.x", '"Nº cliente"', "'a.csv'.\"as it is\""].map((column) => [name, column] as const),
  ),
)("%s of %s is read as it is written, with or without spaces", (writing, column) => {
  const written = inWriting(writing, column);
  expect(writingIn(written)).toEqual({ writing, column });
  const bare = written.replaceAll(" AS VARCHAR", "ASVARCHAR").replaceAll(", ", ",");
  expect(writingIn(bare)).toEqual({ writing, column });
  expect(writingIn(`${written} + 1`)).toBeUndefined();
});
