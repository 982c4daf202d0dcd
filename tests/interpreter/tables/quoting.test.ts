// Fields that are quoted otherwise than RFC 4180 has it, and lines that are parted by colons.
import { expect, test } from "vitest";
import { readTable } from "./read-table.ts";

const files: readonly [what: string, content: string, types: string, rows: string, note: string | undefined][] = [
  [
    "a backslash before a quote",
    'id,t,n\n1,"He said \\"hi\\", ok",5\n2,"x, y",6\n3,z,7\n',
    "id BIGINT, t VARCHAR, n BIGINT",
    '1|He said "hi", ok|5/2|x, y|6/3|z|7',
    'quotes within texts are written \\"',
  ],
  [
    "other backslashes stay, and two are one",
    'id,t\n1,"a \\"b\\""\n2,"C:\\\\x, y"\n3,"a\\nb"\n',
    "id BIGINT, t VARCHAR",
    '1|a "b"/2|C:\\x, y/3|a\\nb',
    'quotes within texts are written \\"',
  ],
  [
    "a backslash at the end of a text is one",
    'id,path,n\n1,"C:\\dir\\",5\n2,"D:\\x, y\\",6\n',
    "id BIGINT, path VARCHAR, n BIGINT",
    "1|C:\\dir\\|5/2|D:\\x, y\\|6",
    undefined,
  ],
  [
    "quotes written in two ways are told",
    'id,t,n\n1,"a \\"b\\", c",5\n2,"a ""b"", c",6\n',
    "id BIGINT, t VARCHAR, n VARCHAR, column3 BIGINT",
    '1|"a \\"b\\"| c"|5/2|a "b", c|6|null',
    "not all of the file agrees",
  ],
  [
    "single quotes",
    "id,name,n\n1,'Smith, J',5\n2,'O''Brien, P',6\n3,NULL,7\n",
    "id BIGINT, name VARCHAR, n BIGINT",
    "1|Smith, J|5/2|O'Brien, P|6/3|NULL|7",
    "its texts stand in '', which are left out",
  ],
  [
    "single quotes around all, with backslashes",
    "'id';'name'\n'1';'Smith; J'\n'2';'O\\'Brien'\n",
    "id BIGINT, name VARCHAR",
    "1|Smith; J/2|O'Brien",
    "its texts stand in '', which are left out",
  ],
  [
    "single quotes behind blanks",
    "id, name, n\n1, 'Smith, J', 5\n2, 'Lee, K', 6\n",
    "id BIGINT, name VARCHAR, n BIGINT",
    "1|Smith, J|5/2|Lee, K|6",
    "its texts stand in '', which are left out",
  ],
  [
    "single quotes around some of a column's texts are told",
    "id,name,n\n1,'Smith, J',5\n2,Brien,6\n3,Lee,7\n",
    "id BIGINT, name VARCHAR, n VARCHAR, column3 BIGINT",
    "1|'Smith| J'|5/2|Brien|6|null/3|Lee|7|null",
    "some texts stand in '' with separators between, and not all do",
  ],
  [
    "apostrophes are none",
    "id,name\n1,'tis\n2,rock 'n' roll\n3,'s-Hertogenbosch\n",
    "id BIGINT, name VARCHAR",
    "1|'tis/2|rock 'n' roll/3|'s-Hertogenbosch",
    undefined,
  ],
  [
    "printed quotes with commas between",
    "id,t\n1,“a, b”\n2,“c”\n",
    "id BIGINT, t VARCHAR",
    "1|a, b/2|c",
    "stand in “”",
  ],
  ["printed quotes of titles", "id,t\n1,“a”\n2,“c”\n", "id BIGINT, t VARCHAR", "1|“a”/2|“c”", undefined],
  [
    "colons, without names",
    "root:x:0:/root:/bin/sh\nann:x:1000:/home/ann:/bin/zsh\nbo:x:1001:/home/bo:/bin/zsh\n",
    "column0 VARCHAR, column1 VARCHAR, column2 BIGINT, column3 VARCHAR, column4 VARCHAR",
    "root|x|0|/root|/bin/sh/ann|x|1000|/home/ann|/bin/zsh/bo|x|1001|/home/bo|/bin/zsh",
    "its fields are parted by colons (assumed)",
  ],
  ["colons below names", "name:score\nAnn:5\nBob:6\n", "name VARCHAR, score BIGINT", "Ann|5/Bob|6", "parted by colons"],
  [
    "names and values",
    "name: Ann\nstart: 10:30\ncity: Rome, Italy\nmail:\n",
    "name VARCHAR, value VARCHAR",
    "name|Ann/start|10:30/city|Rome, Italy/mail|null",
    "its lines are names and values with a colon between them",
  ],
  [
    "colons that not all lines have as many of",
    "root:x:0\nann:x:1000:home\nbo:x:1001\ncid:x:1002\n",
    "column0 VARCHAR",
    "root:x:0/ann:x:1000:home/bo:x:1001/cid:x:1002",
    "--separator ':' parts them",
  ],
  [
    "names and values, and other lines",
    "host: x\nport: 80\nuser: ann\ngroup: staff\nand more\n",
    "host: x VARCHAR",
    "port: 80/user: ann/group: staff/and more",
    "most lines are a name, a colon and its value",
  ],
  ["times below a name", "time\n10:00:00\n11:30:00\n", "time TIME", "10:00:00/11:30:00", undefined],
  [
    "addresses of networks",
    "mac\n00:1a:2b:3c:4d:5e\n00:1a:2b:3c:4d:5f\n",
    "mac VARCHAR",
    "00:1a:2b:3c:4d:5e/00:1a:2b:3c:4d:5f",
    undefined,
  ],
  [
    "addresses of pages",
    "url\nhttp://x.org\nhttp://y.org:80\n",
    "url VARCHAR",
    "http://x.org/http://y.org:80",
    undefined,
  ],
  [
    "commas with times between",
    "a,t\nx,10:00:00\ny,11:30:00\n",
    "a VARCHAR, t TIME",
    "x|10:00:00/y|11:30:00",
    undefined,
  ],
];

test.each(files)("%s", async (_what, content, types, rows, note) => {
  const found = await readTable("a.txt", content);
  expect([found.types, found.rows.map((row) => row.map(String).join("|")).join("/")]).toEqual([types, rows]);
  if (note === undefined) expect(found.notes).toEqual([]);
  else expect(found.notes.join("\n")).toContain(note);
});

test("all of a longer file decides, however late a quote comes", async () => {
  const usual = '1,"x, y"\n'.repeat(40_000);
  const late = await readTable("a.csv", `id,t\n${usual}2,"a \\"b\\", c"\n`);
  expect(late.rows.at(-1)).toEqual(["2", 'a "b", c']);
  const single = "1,'x, y'\n".repeat(40_000);
  const mixed = await readTable("a.csv", `id,t\n${single}2,don't\n`);
  expect(mixed.notes.join("\n")).toContain("not all do");
});

test.each([
  ["rows", "a.json", '[{"a": 1, "b": 2, "a": 3}, {"a": 4, "b": 5}]', "1|2/4|5", "a (1 time)"],
  ["lines", "a.jsonl", '{"a": 1, "a": 3}\n{"a": 4, "a": 4}\n', "1/4", "a (2 times)"],
  ["objects within rows", "a.json", '{"rows": [{"a": {"x": 1, "x": 2}}]}', "{'x': 1}", "rows.a.x (1 time)"],
  [
    "texts that look like keys",
    "a.json",
    '[{"a": "\\"a\\": 1, \\"a\\"", "b": ["a", "a"]}]',
    "\"a\": 1, \"a\"|['a', 'a']",
    undefined,
  ],
])("keys that stand twice in JSON are told: %s", async (_what, name, content, rows, note) => {
  const found = await readTable(name, content);
  expect(found.rows.map((row) => row.join("|")).join("/")).toBe(rows);
  if (note === undefined) expect(found.notes).toEqual([]);
  else
    expect(found.notes.join("\n")).toContain(
      `objects have the same key twice: ${note}; the first of their values is read`,
    );
});

test.each([
  ["24/03/05|24/04/06", undefined, "2005-03-24|2006-04-24"],
  ["24/03/05|24/04/06", "year-first", "2024-03-05|2024-04-06"],
  ["24-Mar-05|24-Apr-06", "year-first", "2024-03-05|2024-04-06"],
  ["24.03.05 10:00|24.04.06 11:30", "year-first", "2024-03-05 10:00:00|2024-04-06 11:30:00"],
  ["99/12/31|98/01/02", undefined, "1999-12-31|1998-01-02"],
  ["05/03/2024|06/04/2024", "year-first", "2024-05-03|2024-06-04"],
] as const)("years of two digits: %s, %s", async (values, dates, days) => {
  const rows = values.split("|").map((value) => `1,${value}\n`);
  const found = await readTable("a.csv", `id,d\n${rows.join("")}`, dates && { dates });
  expect(found.rows.map(([, day]) => day).join("|")).toBe(days);
});
