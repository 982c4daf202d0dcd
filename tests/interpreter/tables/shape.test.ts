import { expect, test } from "vitest";
import { textRecords } from "../../../interpreter/tables/delimited-text.ts";
import { encodingOf, isUtf8Part } from "../../../interpreter/tables/encoding.ts";
import { tableShape } from "../../../interpreter/tables/shape.ts";
import { uniqueNames } from "../../../interpreter/tables/unique-names.ts";

const shapes: readonly [what: string, text: string, separator: string, skipped: number, names: string][] = [
  ["commas", "a,b\n1,2\n", ",", 1, "a b"],
  ["semicolons before decimal commas", "a;b\n1,5;2,5\n3,5;4,5\n", ";", 1, "a b"],
  ["tabs", "a\tb\nx, y\t2\n", "\t", 1, "a b"],
  ["sep=", "sep=;\r\na;b\r\n1;2\r\n", ";", 2, "a b"],
  ["one column with commas in some texts", "note\nhello, world\nfoo\nbar\nbaz\n", "\u001f", 1, "note"],
  ["a title, padded", "Report,,\n,,\na,b,c\n1,2,3\n", ",", 3, "a b c"],
  ["a title and an empty line", "Report\n\na,b\n1,2\n3,4\n", ",", 3, "a b"],
  ["no names", "Ada,7\nBo,9\n", ",", 0, "column0 column1"],
  ["years as names", "Land,2023,2024\nNorth,7,9\n", ",", 1, "Land 2023 2024"],
  ["a name of two lines", '"a\nx",b\n1,2\n', ",", 1, "a x|b"], // DuckDB skips records, too
  [
    "names of groups above names",
    "Sales,,Costs,\nQ1,Q2,Q1,Q2\n1,2,3,4\n",
    ",",
    2,
    "Sales Q1|Sales Q2|Costs Q1|Costs Q2",
  ],
  [
    "names of groups, without a name above the first column",
    ",2023,,2024,\nregion,a,b,a,b\nN,1,2,3,4\n",
    ",",
    2,
    "region|2023 a|2023 b|2024 a|2024 b",
  ],
  [
    "names of groups in each column, and of rows below, as pandas writes them",
    ",A,A,B\n,x,y,x\nday,,,\n0,1,2,3\n1,4,5,6\n",
    ",",
    3,
    "day|A x|A y|B x",
  ],
  ["comments as wide as the table", "# exported 2024\n# by me, you\nid,v\n1,2\n3,4\n", ",", 3, "id v"],
  ["names in a comment", "# exported\n#id,name\n1,Ada\n2,Bo\n", ",", 2, "#id name"],
  ["settings above a table of as many columns", "Station:;Oslo\nLat:;59,9\n\nday;t\n01.01.2024;1,5\n", ";", 4, "day t"],
  ["a name with a colon", "Name:,Age\nAda,5\nBo,6\n", ",", 1, "Name:|Age"],
  [
    "lines of a log",
    "2024-01-31 10:00:00 INFO a\n2024-01-31 10:00:05 WARN b\n2024-02-01 09:00:01 INFO c\n",
    "\u001f",
    0,
    "column0",
  ],
  ["rows that R counts", '"mpg","cyl"\n"1",21,6\n"2",22,4\n', ",", 1, "column0 mpg cyl"],
  ["signs that are not seen, in names", "\u200bid,cafe\u0301\n1,2\n", ",", 1, "id caf\u00e9"],
  ["nothing but names, without an end of line", "id,v", ",", 1, "id v"],
  ["units below the names", "time,temp\n[s],[°C]\n0,21.5\n1,22\n", ",", 2, "time temp"],
  ["a row of words and a missing number is none", "name,age,city\nAda,NA,Rome\nBo,7,Oslo\n", ",", 1, "name age city"],
  ["an empty name", ",b\nx,1\ny,2\n", ",", 1, "column0 b"],
  ["names that repeat", "a,A,a_2\n1,2,3\n", ",", 1, "a A_3 a_2"],
];

test.each(shapes)("%s", (_what, text, separator, skippedLines, names) => {
  const shape = tableShape(text, undefined);
  expect(shape).toMatchObject({ separator, skippedLines });
  expect(shape.names).toEqual(names.split(names.includes("|") ? "|" : " "));
});

test.each([
  ["a note after an empty line", "a,b\nx,5\ny,7\n\nSource: internal\n", [["Source: internal"]]],
  ["a total", "a,b\nx,5\ny,7\nTotal,12\n", [["Total", "12"]]],
  [
    "a note after empty cells",
    "a,b\nx,5\n,\nInternal,\n",
    [
      ["", ""],
      ["Internal", ""],
    ],
  ],
  ["a row with a missing value is one", "a,b\nx,5\ny,\n", []],
  ["comments in the midst", "a,b\nx,5\n# moved\ny,7\n", [["# moved"]]],
  ["the names once more", "a,b\nx,5\na,b\ny,7\na,b\nz,8\n", [["a", "b"]]],
  ["a line of blanks", "a,b\nx,5\n  \ny,7\n", [["  "]]],
])("none of the table's rows: %s", (_what, text, below) => {
  expect(tableShape(text, undefined).leftOut).toEqual(below);
});

test("the end of a long file is looked at, too", () => {
  const rows = "x,1\n".repeat(1000);
  expect(tableShape(`a,b\n${rows}`, "x,1\nx,1\nTotal,9\n").leftOut).toEqual([["Total", "9"]]);
});

test.each([
  ["quotes, doubled and with ends of lines", '"a ""b""\r\nc",d\n', [['a "b"\r\nc', "d"]]],
  ["a quote in the midst of a field", '5" pipe,2\n', [['5" pipe', "2"]]],
  ["text after a quote", '"x" y,3\n', [['"x" y', "3"]]],
  [
    "a quote without its end",
    '"open,3\n4,5\n',
    [
      ['"open', "3"],
      ["4", "5"],
    ],
  ],
  [
    "a quote without its end before a field that has both",
    '"open,3\n"x",5\n',
    [
      ['"open', "3"],
      ["x", "5"],
    ],
  ],
  [
    "three ends of lines",
    "a,1\r\nb,2\rc,3\n",
    [
      ["a", "1"],
      ["b", "2"],
      ["c", "3"],
    ],
  ],
  [
    "an empty field at the end",
    "a,\n,",
    [
      ["a", ""],
      ["", ""],
    ],
  ],
])("records: %s", (_what, text, records) => {
  expect([...textRecords(text, ",")].map(({ fields }) => fields)).toEqual(records);
});

test.each([
  ["é is UTF-8", Buffer.from("café, 10 €"), "utf-8", false],
  ["é and € of Windows", Buffer.from("caf\xe9, 10 \x80", "latin1"), "windows-1252", true],
  [
    "Russian",
    Buffer.from([0xcc, 0xee, 0xf1, 0xea, 0xe2, 0xe0, 0x2c, 0xe3, 0xee, 0xf0, 0xee, 0xe4]),
    "windows-1251",
    true,
  ],
  [
    "Russian of Unix",
    Buffer.from([0xed, 0xcf, 0xd3, 0xcb, 0xd7, 0xc1, 0x2c, 0xeb, 0xc1, 0xda, 0xc1, 0xce, 0xd8]),
    "koi8-r",
    true,
  ],
  [
    "Czech",
    Buffer.from("jm\xe9no;v\n\x8ei\x9eka;1\n\xc8erm\xe1k;2\nP\xf8\xedli\x9a;3\n", "latin1"),
    "windows-1250",
    true,
  ],
  [
    "Greek",
    Buffer.from("\xfc\xed\xef\xec\xe1;v\n\xc1\xe8\xde\xed\xe1;1\n\xd0\xdc\xf4\xf1\xe1;2\n", "latin1"),
    "windows-1253",
    true,
  ],
  ["Turkish", Buffer.from("ad;v\n\xddstanbul;1\nI\xf0d\xfdr;2\n\xdei\xfeli;3\n", "latin1"), "windows-1254", true],
  [
    "Czech with few of its own letters",
    Buffer.from(
      "jm\xe9no;m\xecsto\n\x8ei\x9eka;Praha\n\xc8erm\xe1k;Praha\nDvo\xf8\xe1k;Brno\n\xd8\xedha;Brno\n",
      "latin1",
    ),
    "windows-1250",
    true,
  ],
  ["French", Buffer.from("pr\xe9nom,ville\nJos\xe9,Besan\xe7on\nZo\xe9,Orl\xe9ans\n", "latin1"), "windows-1252", true],
  ["one German name", Buffer.from("name;n\nM\xfcller;1\n", "latin1"), "windows-1252", true],
  ["degrees and pounds", Buffer.from("t,v\n21 \xb0C,\xa35\n", "latin1"), "windows-1252", true],
  ["Chinese", Buffer.from([0xb3, 0xc7, 0xca, 0xd0, 0x2c, 0xc8, 0xcb, 0xbf, 0xda]), "gb18030", true],
  [
    "Japanese",
    Buffer.from([0x96, 0xbc, 0x91, 0x4f, 0x2c, 0x94, 0x84, 0x8f, 0xe3, 0x0a, 0x93, 0x8c, 0x8b, 0x9e]),
    "shift_jis",
    true,
  ],
  [
    "Chinese of Taiwan",
    Buffer.from([0xab, 0xb0, 0xa5, 0xab, 0x2c, 0xa4, 0x48, 0xa4, 0x66, 0x0a, 0xbb, 0x4f, 0xa5, 0x5f]),
    "big5",
    true,
  ],
  [
    "UTF-8 with one byte that is none",
    Buffer.concat([Buffer.from("Zoë,Jürgen,café\n"), Buffer.from("K\xf6ln", "latin1")]),
    "utf-8",
    true,
  ],
  ["UTF-16 with its mark", Buffer.from("\ufeffa,b", "utf16le"), "utf-16le", false],
  ["UTF-16 without", Buffer.from("a,b\n1,2", "utf16le"), "utf-16le", true],
])("encoding: %s", async (_what, bytes, name, isAssumed) => {
  expect(await encodingOf(bytes, isUtf8Part(bytes))).toEqual({ name, isAssumed });
});

test("names that repeat get numbers that no other name has", () => {
  expect(uniqueNames(["x", "x", "x_2", "X"])).toEqual(["x", "x_3", "x_2", "X_4"]);
});
