// Statements put together at random from hostile fragments, the same ones each time: none of them changes the folder, reads
// what is hidden or outside, or ends in anything but rows or an error that is told.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createReaderProcess,
  ReaderEndedError,
  ReaderError,
  type ReaderProcess,
} from "../../../interpreter/sessions/sql/reader/reader-process.ts";
import { randomNumbers } from "../../engine/kernels/linear-sources.ts";
import { byChance } from "../../nightly.ts";

const STATEMENTS = byChance(300, 800);
const SECRET = "hunter2";

const FRAGMENTS: Readonly<Record<string, readonly string[]>> = {
  statement: [
    ..."<explain> <statement>|<query>|<query>; <write>|<write>|<write>; <query>|<comment> <statement>".split("|"),
    ..."<pivot>|DESCRIBE <query>|SUMMARIZE <query>|SHOW TABLES|WITH q AS (<query>) <query>|<query> UNION ALL <query>".split(
      "|",
    ),
    ..."WITH q AS (<write>) SELECT 1|(<write>)|FROM (<write>)|SELECT (<query>)|CALL <table>|PRAGMA <table>".split("|"),
  ],
  query: [
    ..."SELECT <value>|SELECT <value>, <value> FROM <from>|FROM <from>|FROM <from> SELECT <value>|TABLE cars".split(
      "|",
    ),
    ..."VALUES (<value>)|SELECT * FROM <from> WHERE <value> IS NOT NULL LIMIT 3|SELECT (FROM <from> SELECT count(*))".split(
      "|",
    ),
    ..."SELECT * FROM <from>, <from> LIMIT 2|SELECT * FROM <from> t JOIN <from> u ON true LIMIT 2".split("|"),
  ],
  pivot: [
    ..."PIVOT <from> ON <value> USING count(*)|PIVOT <from> ON a USING max(<value>)|PIVOT (<query>) ON a".split("|"),
    ..."FROM (PIVOT <from> ON a USING count(*))|PIVOT <from> ON a, <value> USING count(*) GROUP BY a".split("|"),
    ..."PIVOT cars ON $$<write>$$ USING count(*)|PIVOT cars ON a <comment>; <write>; -- USING count(*)".split("|"),
    ..."/* pivot */ <write>; <pivot>|<pivot>; <write>|UNPIVOT <from> ON a".split("|"),
  ],
  explain: [
    ..."EXPLAIN|EXPLAIN ANALYZE|EXPLAIN ANALYSE|explain/**/analyse|EXPLAIN (ANALYZE)|EXPLAIN (FORMAT json)".split("|"),
    ..."EXPLAIN (ANALYSE true, FORMAT json)|EXPLAIN\n--x\nANALYSE|E'\\'' EXPLAIN|EXPLAIN EXPLAIN".split("|"),
  ],
  write: [
    ..."COPY (<query>) TO <path>|COPY cars TO <path> (FORMAT json)|CREATE TABLE t AS <query>|ATTACH <path>".split("|"),
    ..."EXPORT DATABASE <path>|IMPORT DATABASE <path>|INSERT INTO cars VALUES (1)|DROP VIEW cars|SET VARIABLE a = 1".split(
      "|",
    ),
    ..."CREATE MACRO sum(x) AS 42|CREATE OR REPLACE TEMP VIEW cars AS <query>|CREATE SECRET (TYPE http)|LOAD <path>".split(
      "|",
    ),
    ..."PRAGMA profiling_output=<path>|SET enable_external_access=true|RESET ALL|CHECKPOINT|INSTALL httpfs".split("|"),
  ],
  from: ["cars", "'cars.csv'", "q", "<table>", "<table>", "<path>", "(<query>)", "range(3)", "(<write>)"],
  table: [
    ..."read_text(<path>)|read_blob(<path>)|read_csv(<path>)|read_csv([<path>, 'cars.csv'])|glob(<path>)".split("|"),
    ..."read_json(<path>)|read_parquet(<path>)|sniff_csv(<path>)|read_duckdb(<path>)|query(<text>)".split("|"),
    ..."enable_logging(storage='file', storage_config={'path': <path>})|enable_profiling()|duckdb_settings()".split(
      "|",
    ),
    ..."json_execute_serialized_sql(json_serialize_sql(<text>))|query_table(<path>)|duckdb_secrets()".split("|"),
    ..."system.main.read_text(<path>)|\"READ_TEXT\"(<path>)|truncate_duckdb_logs()|force_checkpoint()|seq_scan('cars')".split(
      "|",
    ),
  ],
  path: [
    ..."'.env'|'sub/.env'|'FOLDER/.env'|'FOLDER/new.csv'|'new'|'cars.csv'|'FOLDER/cars.csv'|'.git/config'".split("|"),
    ..."'../outside.csv'|'/etc/passwd'|'*'|'**'|'.*'|'sub/*'|'link.txt'|'outside/passwd'|'.' || 'env'".split("|"),
    ..."chr(46) || 'env'|'/proc/self/environ'|'http://localhost:1/x.csv'|'data/.hidden.csv'|''|NULL|['.env']".split(
      "|",
    ),
  ],
  value: [
    ..."1|NULL|a|'x'|<path>|sum(a)|getenv('HOME')|current_setting('allowed_paths')|write_log(<path>)|setseed(0.1)".split(
      "|",
    ),
    ..."(<query>)|[<value>]|{'k': <value>}|list_transform([<value>], lambda x: x)|getvariable('a')|E'\\'|$1|\"a\"".split(
      "|",
    ),
    ..."json_structure(<path>)|nextval('s')|<value>::VARCHAR|$$<write>$$|regexp_replace(<path>, '.', '')|unnest([1])".split(
      "|",
    ),
  ],
  text: ["'COPY (SELECT 1) TO ''FOLDER/new.csv'''", "'SELECT 1'", "'FROM read_text(''.env'')'"],
  comment: ["/* pivot */", "-- x\n", "/* ' */", "/*/* nested */*/", "--'\n", '/* " */', ""],
};

const folder = realpathSync(mkdtempSync(join(tmpdir(), "qwenlab-fuzz-")));
let reader: ReaderProcess;

beforeAll(() => {
  for (const path of ["sub", "data", ".git"]) mkdirSync(join(folder, path));
  writeFileSync(join(folder, "cars.csv"), "a,b\n1,x\n2,y\n");
  for (const path of [".env", "sub/.env", "data/.hidden.csv", ".git/config"]) {
    writeFileSync(join(folder, path), `a\n${SECRET}\n`);
  }
  symlinkSync(join(folder, ".env"), join(folder, "link.txt"));
  symlinkSync("/etc", join(folder, "outside"));
  reader = createReaderProcess(folder);
});
afterAll(async () => {
  await reader.close();
  rmSync(folder, { recursive: true, force: true });
});

test(`${STATEMENTS} statements change nothing and read nothing that they may not`, async () => {
  const before = contents();
  const random = randomNumbers(16);
  const outcomes = { rows: 0, refused: 0 };
  const cars = { name: "cars.csv", path: join(folder, "cars.csv"), stem: "cars" };
  const named = { fileNames: ["cars.csv"], views: [{ name: "cars", file: cars, from: `'${folder}/cars.csv'` }] };
  for (let i = 0; i < STATEMENTS; i++) {
    const query = statement("statement", random, 0).replaceAll("FOLDER", folder);
    const told = await reader
      .request("query", { query, maxRows: 50, named: { ...named, arrays: [], leftOut: [] } }, { seconds: 20 })
      .then(
        ({ rows, columns }) => {
          outcomes.rows++;
          return JSON.stringify([rows, columns]);
        },
        (error: unknown) => {
          if (!(error instanceof ReaderError) && !(error instanceof ReaderEndedError)) throw error;
          outcomes.refused++;
          return error.message;
        },
      );
    if (told.includes(SECRET) || /root:x:0/.test(told)) expect.fail(`read by: ${query}\n${told}`);
    if (i % 25 === 0) expect(contents(), `by one of the last 25, up to: ${query}`).toEqual(before);
  }
  expect(contents()).toEqual(before);
  expect(Math.min(outcomes.rows, outcomes.refused)).toBeGreaterThan(STATEMENTS / 20); // both are tried
}, 600_000);

function statement(kind: string, random: () => number, depth: number): string {
  const all = FRAGMENTS[kind]!;
  const choices = depth > 6 ? all.filter((text) => !text.includes("<")) : all;
  if (choices.length === 0) return kind === "path" ? "'cars.csv'" : "SELECT 1";
  const chosen = choices[Math.floor(random() * choices.length)]!;
  return chosen.replace(/<(\w+)>/g, (_, inner: string) => statement(inner, random, depth + 1));
}

function contents(): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, entry.isFile() ? readFileSync(path, "latin1") : entry.isDirectory() ? "folder" : "link"];
    }),
  );
}
