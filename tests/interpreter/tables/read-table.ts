// A file as the process that reads describes it, with all of its rows as texts.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as duckdb from "@duckdb/node-api";
import { DuckDBInstance } from "@duckdb/node-api";
import { loadSource } from "../../../interpreter/sessions/sql/name-views.ts";
import { readFile } from "../../../interpreter/tables/read-file.ts";
import type { ReadingOptions } from "../../../interpreter/tables/table-reading.ts";

const connection = await (await DuckDBInstance.create(":memory:")).connect();

export async function readTable(name: string, content: string | Uint8Array, options: ReadingOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), "tables-")); // of each: files of tests share this module, and end at different times
  try {
    const file = { name, path: join(folder, name), stem: name };
    writeFileSync(file.path, content);
    const run = async (query: string) => (await connection.runAndReadAll(query)).getRows();
    const reading = await readFile(
      file,
      { run, load: (source) => loadSource(duckdb, connection, file, source) },
      options,
    );
    const rows = (await run(`FROM ${reading.from}`)).map((row) =>
      row.map((value) => (value === null ? null : String(value))),
    );
    return { types: reading.columns.map(({ name: column, type }) => `${column} ${type}`).join(", "), rows, ...reading };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
