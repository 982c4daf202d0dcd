// Every function of the DuckDB that we ship has been judged: a new version's fail here until they are.

import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import {
  ALLOWED_TABLE_FUNCTIONS,
  REFUSED_FUNCTIONS,
  REFUSED_VIEWS,
} from "../../../interpreter/sessions/sql/reader/functions.ts";

const LIST = readFileSync(new URL("../../fixtures/duckdb-functions.txt", import.meta.url), "utf8");

test("what DuckDB has is what the list has, and what is allowed is what it says", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const reader = await connection.runAndReadAll(
    `SELECT DISTINCT function_name, function_type IN ('table', 'table_macro') AS is_table
     FROM duckdb_functions() WHERE function_type <> 'pragma' ORDER BY ALL`,
  );
  const judged = reader.getRows().map(([name, isTable]) => {
    const isAllowed = isTable ? ALLOWED_TABLE_FUNCTIONS.has(String(name)) : !REFUSED_FUNCTIONS.has(String(name));
    return `${isTable ? "table" : "value"} ${isAllowed ? "allowed" : "refused"} ${name}`;
  });
  const listed = LIST.split(/^# /m).flatMap((part) => {
    const [kind = "", ...names] = part.trim().split("\n");
    return names.flatMap((line) => line.split(" ").map((name) => `${kind} ${name}`));
  });
  expect(judged.sort()).toEqual(listed.sort());
});

// Of the tables of the query's own DuckDB, where nobody has put anything but what the query names.
const CATALOG =
  "duckdb_constraints duckdb_databases duckdb_dependencies duckdb_indexes duckdb_schemas duckdb_sequences";

test("no view of DuckDB's shows what a refused function shows", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const reader = await connection.runAndReadAll("SELECT view_name, sql FROM duckdb_views() WHERE internal");
  const judged = new Set([...ALLOWED_TABLE_FUNCTIONS, ...CATALOG.split(" ")]);
  const showsMore = reader.getRows().filter(([, sql]) => {
    const called = [...String(sql).matchAll(/\b(duckdb_\w+|pragma_\w+)\(/g)].map(([, name]) => name!);
    return called.some((name) => !judged.has(name));
  });
  expect(showsMore.map(([name]) => name).sort()).toEqual([...REFUSED_VIEWS].sort());
});
