import { DuckDBInstance } from "@duckdb/node-api";
import type { SqlResult, TableInfo } from "../../interpreter/index.ts";
import { unmetConditions } from "../../interpreter/sessions/sql/reader/unmet-conditions.ts";
import { toJsonValue, toUserValue, valueConverter } from "../../interpreter/sessions/sql/values.ts";
import { type FakeSession, fakeSession } from "./fake-session.ts";

/** A fake session whose tables are real ones, in a DuckDB of the test's own process. @param setUp makes them */
export async function duckdbSession(setUp: string): Promise<FakeSession> {
  const duckdb = await import("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const convert = valueConverter(duckdb, { exactTimes: true });
  const run = async (query: string): Promise<SqlResult> => {
    const result = await connection.runAndReadAll(query);
    const names = result.deduplicatedColumnNames();
    const types = result.columnTypes().map(String);
    const rows = result
      .convertRows(convert)
      .map((row) =>
        Object.fromEntries(names.map((name, i) => [name, toJsonValue(toUserValue(row[i]), types[i] ?? "")])),
      );
    return { columns: names.map((name, i) => ({ name, type: types[i]! })), rows, rowCount: rows.length };
  };
  await connection.run(setUp);
  const named = await run("SELECT table_name AS name, estimated_size AS size FROM duckdb_tables()");
  const tables: TableInfo[] = [];
  for (const { name, size } of named.rows) {
    const { rows } = await run(`DESCRIBE "${name}"`);
    const columns = rows.map((row) => ({ name: String(row["column_name"]), type: String(row["column_type"]) }));
    tables.push({ name: `'${name}'`, kind: "file", columns, rowCount: Number(size) });
  }
  return fakeSession({ sql: run, tables, unmet: (query) => unmetConditions(query, connection, run) });
}
