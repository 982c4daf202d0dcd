// Files as other programs, other countries and downloads leave them: what is read of each, and what is told.
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readTable } from "./read-table.ts";

const LATE = 25_000; // rows: far below those from which a reading is proposed

test.each([
  ["decimals", "1.234,5", "DOUBLE", "1234.5"],
  ["days", "31.01.2024", "DATE", "2024-01-31"],
  ["codes", "007", "VARCHAR", "007"],
])("a column that begins with %s far below is read by those", async (_what, value, type, read) => {
  const found = await readTable("late.csv", `id;x\n${"1;\n2;NA\n".repeat(LATE / 2)}3;${value}\n4;${value}\n`);
  expect(found.types).toBe(`id BIGINT, x ${type}`);
  expect(found.rows.at(-1)).toEqual(["4", read]);
});

test("what is not read is named as it is, whatever it looks like alone", async () => {
  const found = await readTable("a.csv", `at\n${"2016-12-31T23:59:59Z\n".repeat(40)}2016-12-31T23:59:60Z\n`);
  expect(found.notes).toEqual(['at: 1 of 41 values cannot be read so and are NULL: "2016-12-31T23:59:60Z"']);
});

test.each([
  "Subtotal N",
  "Sub-total",
  "Zwischensumme Nord",
  "Nord Ergebnis",
  "Total general",
  "Sous-total",
  "Итого",
  "北部小计",
  "North - total",
])("%s among the rows is told", async (word) => {
  const { notes } = await readTable("a.csv", `region,v\nN,1\nM,2\n${word},3\nS,4\n`);
  expect(notes.join()).toContain(`1 of 4 rows look like totals of others (${JSON.stringify(word)})`);
});

test("names that are fewer than the fields below are told: a value with a sign in it may have been parted", async () => {
  const found = await readTable("a.csv", "name,price\na,1,50\nb,2,75\n");
  expect(found.types).toBe("name VARCHAR, price BIGINT, column2 BIGINT");
  expect(found.notes.join()).toContain("most rows have more fields than there are names: column2");
});

test("blanks of other kinds around a text are told, with what takes them off", async () => {
  const found = await readTable("a.csv", "city\nBerlin\u00a0\nBerlin\n");
  expect(found.notes.join()).toContain("1 of 2 texts have blanks around them");
  expect(found.notes.join()).toContain("regexp_replace(city, ");
});

test.each([
  ["a form feed", "\f3"],
  ["a thin blank", "\u20093"],
  ["an ideographic blank", "3\u3000"],
])("%s around a number is none of its signs", async (_what, value) => {
  expect((await readTable("a.csv", `v\n1\n${value}\n`)).rows).toEqual([["1"], ["3"]]);
});

test.each<[string, Buffer, string]>([
  ["gzip", gzipSync("a,b\n1,2\n"), "call it .csv.gz"],
  ["a workbook", Buffer.from("PK\x03\x04\x14\x00\x06\x00", "latin1"), "call it .xlsx"],
  ["an old workbook", Buffer.from("\xd0\xcf\x11\xe0\xa1\xb1", "latin1"), "save it as .xlsx"],
  ["a page for logging in", Buffer.from("<!DOCTYPE html>\n<html><body>Log in</body></html>"), "a page of HTML"],
  ["a table of HTML", Buffer.from("  <table><tr><td>1</td></tr></table>"), "a page of HTML"],
])("%s that is called .csv is refused, with the way out", async (_what, content, way) => {
  await expect(readTable("a.csv", content)).rejects.toThrow(way);
});

test.each([
  ["milliseconds", '[{"created": 1706695200000}, {"created": 1706781600000}]', "milliseconds since 1970"],
  ["nines for nothing", '[{"t": 12}, {"t": -9999}]', "-9999 may stand for a missing value"],
  ["a day without end", '[{"until": "2024-01-31"}, {"until": "9999-12-31"}]', "9999-12-31 may stand for no end"],
])("%s in JSON are told as those of a text are", async (_what, content, note) => {
  expect((await readTable("a.json", content)).notes.join()).toContain(note);
});

test.each([
  ["ts\n1700000000\n1700000060000\n", "seconds since 1970 and milliseconds since 1970 in one column"],
  ["date\n202401051030\n202312312359\n", "days and times in digits"],
  ["date\n31012024\n12022024\n", "days in digits, the year last"],
  ["date\n240131\n240201\n", "days in digits, with a year of two"],
])("%j: counts that are times are told", async (content, note) => {
  expect((await readTable("a.csv", content)).notes.join()).toContain(note);
});

test("a row that sums up the others is told, whatever it is called", async () => {
  const notes = async (name: string, content: string) => (await readTable(name, content)).notes;
  const told = (whose: string) =>
    `region: the row ${whose} has the sum of all others; it is kept, and sums count it as well`;
  expect(await notes("a.csv", "region,v\nN,1.5\nS,2\n,3.5\n")).toEqual([told("without a value here")]);
  expect(await notes("a.csv", "region,n,v\nWorld,7,12\nN,1,2\nS,2,4\nE,3,6\n")).toEqual([told('of "World"')]);
  expect(await notes("a.csv", "region,v\nN,1.5\nS,2\n,3\n")).toEqual([]);
  expect(await notes("a.csv", "region,v\nN,1\nS,2\nE,3\n")).toEqual([]); // by chance, perhaps
  expect(await notes("a.csv", "region,v\nN,-1\nS,2\nE,3\nW,4\n")).toEqual([]);
  expect(await notes("a.csv", "id,v\n1,100\n2,200\n,300\n")).toEqual([
    told("without a value here").replace("region", "id"),
  ]);
  expect(await notes("a.csv", "id,v\n1,100\n2,200\n3,300\n")).toEqual([]);
  expect(await notes("a.csv", "region;in;out\na;850,00;\nb;;2,00\n;850,00;2,00\n")).toEqual([
    told("without a value here"),
  ]);
  const rows = '[{"region":"a","v":1},{"region":"b","v":2},{"region":null,"v":3}]';
  expect(await notes("a.json", rows)).toEqual([told("without a value here")]);
});

test.each(["Mean", "Durchschnitt", "平均"])("a row called %s is told", async (word) => {
  const { notes } = await readTable("a.csv", `k;v\na;1\nb;3\n${word};2\n`);
  expect(notes.join()).toContain("look like totals of others");
});

test.each([
  ["d\n2024-01-01\n1900-01-01\n2024-05-05\n", "d: 1900-01-01 may stand for a missing value"],
  ["d;v\n31.12.2023;1\n01.01.1970;2\n", "d: 01.01.1970 may stand for a missing value"],
  ["age\n23\n-1\n45\n", "age: -1 may stand for a missing value"],
  ["score\n3\n99\n5\n", "score: 99 may stand for a missing value"],
  ["dep_time\n517\n1745\n5\n", "dep_time: may be hours and minutes"],
])("%j: values that stand for nothing, or for more, are told", async (content, note) => {
  expect((await readTable("a.csv", content)).notes.join()).toContain(note);
});

test.each([
  ["d\n1975-01-01\n1970-01-01\n"],
  ["change\n1\n-1\n2\n"],
  ["change\n12\n-1\n-7\n"],
  ["age\n23\n99\n45\n"],
  ["air_time\n176\n1745\n"],
])("%j: values that may well be meant are not", async (content) => {
  expect((await readTable("a.csv", content)).notes).toEqual([]);
});

test("a line below the names, and a source with commas below the rows, are none of the rows", async () => {
  expect((await readTable("a.txt", " id | v \n----+---\n  1 | 2\n  3 | 4\n(2 rows)\n")).types).toBe(
    "id BIGINT, v BIGINT",
  );
  expect((await readTable("a.csv", "a,b\n1,2\n3,4\nSource: X, 2024\n")).rowCount).toBe(2);
});

test("names that stand once more far below are left out", async () => {
  const found = await readTable("late.csv", `name,v\n${"x,1\n".repeat(100_000)}name,v\ny,2\n`);
  expect(found).toMatchObject({ types: "name VARCHAR, v BIGINT", rowCount: 100_001 });
  expect(found.notes).toEqual(["rows that repeat the names are left out"]);
});

test.each([
  ["blanks, as many as align them", "name  amount  day\nAda     12.50  2024-01-31\nBo     112.00  2024-02-01\n"],
  [
    "two blanks and more",
    "name   amount  day\nAda L     12.50  2024-01-31\nBo       112.00  2024-02-01\nCy       112.00  2024-02-01\n",
  ],
  ["carets", "name^amount^day\nAda^12.50^2024-01-31\n"],
  ["signs that nobody types", "name\u0001amount\u0001day\nAda\u000112.50\u00012024-01-31\n"],
  ["tildes", "name~amount~day\nAda~12.50~2024-01-31\n"],
])("fields between %s", async (_what, content) => {
  expect((await readTable("a.txt", content)).types).toBe("name VARCHAR, amount DOUBLE, day DATE");
});

test("sentences are one column", async () => {
  const found = await readTable("a.txt", "the first line\nthe second line\nthe third line\n");
  expect(found.types).toBe("the first line VARCHAR");
});

test.each([
  ["start time", "2024-01-01 10:00\n2024-01-02 11:00\n", "TIMESTAMP"],
  ["habitants total", "2 145 906\n516 092\n", "BIGINT"],
  ["phone number", "030 123456\n040 654321\n", "VARCHAR"],
  ["body weight", "12 kg\n7.5 kg\n", "DOUBLE"],
  ["amount due", "12 EUR\n7.50 EUR\n", "DOUBLE"],
])("values with a blank in them, below %s, are one column", async (name, values, type) => {
  expect((await readTable("a.csv", `${name}\n${values}`)).types).toBe(`${name} ${type}`);
});

test("whole numbers of both signs have 64 bits in JSON, too", async () => {
  expect((await readTable("a.json", '[{"a": 12}, {"a": -3}]')).types).toBe("a BIGINT");
  expect((await readTable("a.json", '[{"a": 9223372036854775808}, {"a": -3}]')).types).toBe("a HUGEINT");
});

test.each([
  ['[{"a":1},{"a":2},]', "Malformed JSON"],
  ["", "the file is empty"],
])("JSON %j is refused", async (content, problem) => {
  await expect(readTable("a.json", content)).rejects.toThrow(problem);
});

test("a line that is longer than what is looked at first is not passed over", async () => {
  const found = await readTable("a.csv", `a,b\n1,${"x".repeat(300_000)}\n`);
  expect(found.rows).toEqual([["1", "x".repeat(300_000)]]);
});

test.each([
  ["½\n1½\n2", "fractions"],
  ["1 1/2\n2\n3/4", "fractions"],
  ["1_000\n25_000", "numbers as programs write them"],
  ["1.2×10³\n3.4×10⁴", "numbers as programs write them"],
  ["0x1F\n0xA0", "numbers as programs write them"],
  ["20240105T103000Z\n20240225T114500+0100", "dates as logs and programs write them"],
  ["Fri Jan  5 10:00:00 2024\nSun Feb 25 11:00:00 2024", "dates as logs and programs write them"],
  ["1/2\n11/12", "days without a year, fractions or ranges"],
])("%j is kept as text, and told", async (values, what) => {
  const found = await readTable("a.csv", `v\n${values}\n`);
  expect(found.types).toBe("v VARCHAR");
  expect(found.notes.join()).toContain(`${what} are kept as text`);
});

test("a comma before fractions of a second, as programs log them", async () => {
  const found = await readTable("a.csv", "d;v\n2024-01-05 10:00:00,123;1\n2024-01-05 10:00:01;2\n");
  expect(found.types).toBe("d TIMESTAMP, v BIGINT");
  expect(found.rows).toEqual([
    ["2024-01-05 10:00:00.123", "1"],
    ["2024-01-05 10:00:01", "2"],
  ]);
});

test.each(["2024년 1월 5일\n2024년 12월 16일", "2024. 1. 5.\n2024. 12. 16."])("Korean days: %j", async (days) => {
  expect((await readTable("a.csv", `d\n${days}\n`)).rows).toEqual([["2024-01-05"], ["2024-12-16"]]);
});

test("years of other calendars are told, and fractions of a second are no years", async () => {
  const notes = async (days: string) => (await readTable("a.csv", `d\n${days}\n`)).notes.join();
  expect(await notes("1402/10/15\n1402/11/20")).toContain("1402/10/15 may be of another calendar");
  expect(await notes("05/01/2567 10:00\n25/02/2567 11:00")).toContain("05/01/2567 may stand for no end");
  expect(await notes("2024-01-05 10:00:00.2345\n2024-01-05 10:00:01.9999")).toBe("");
});

test("of three numbers of two digits the year may be the first: that is told where it varies less than the last", async () => {
  const found = await readTable("a.csv", "d\n24/01/05\n24/02/25\n");
  const way = /strptime\(strftime\(d, '%d%m%y'\), '%y%m%d'\)/;
  expect(found.notes.join()).toMatch(way);
  expect((await readTable("a.csv", "d\n05/01/24\n25/02/24\n")).notes.join()).not.toMatch(way);
});

test.each([
  [
    "Ann L     Berlin   12.50\nBo                  7.00\nCy M      Oslo    112.25\n",
    "Ann L|Berlin|12.5/Bo|null|7/Cy M|Oslo|112.25",
  ],
  ["0001ANN   12.50\n0002BOB    7.00\n0003CYD  112.25\n", "0001ANN|12.5/0002BOB|7/0003CYD|112.25"],
])("fields at places, without a row of names: %j", async (content, rows) => {
  const found = await readTable("a.txt", content);
  expect(found.rows.map((row) => row.join("|").replaceAll("||", "|null|")).join("/")).toBe(rows);
  expect(found.notes.join()).toContain("it has no row of names");
});

test.each<[string, string, string]>([
  [
    "a.csv",
    "% of Weka\n\n@RELATION w\n@ATTRIBUTE t numeric\n@DATA\n1\n",
    "an ARFF file, as Weka writes them: save it as CSV",
  ],
  ["a.arff", "@relation w\n", "no file that SQL reads: save it as"],
  ["a.sav", "$FL2@(#)", "no file that SQL reads: save it as"],
  ["a.csv", "$FL2@(#)", "a file of SPSS"],
  ["a.csv.zst", "x", "no file that SQL reads: unpack it"],
  ["a.csv.bz2", "BZh9", "no file that SQL reads: unpack it"],
  ["a.json.zip", "PK", "no file that SQL reads: unpack it"],
])("%s of %j is refused, with the way out", async (name, content, way) => {
  await expect(readTable(name, content)).rejects.toThrow(way);
});
