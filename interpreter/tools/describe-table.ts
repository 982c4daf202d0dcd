import { z } from "zod";
import { ToolCallError } from "../errors.ts";
import { fileOf } from "../sessions/table-info.ts";
import { tableLine } from "./run-sql.ts";
import { textTable } from "./text-table.ts";
import { cutMiddle, defineTool } from "./tool.ts";

const MAX_COLUMNS = 40; // lines that the model reads

/** Columns with their types, ranges and missing values: what a model needs before it writes a query. */
export const describeTable = defineTool({
  name: "describe_table",
  description: "Returns a table's columns with type, range and missing values.",
  effect: "reads",
  parameters: z.object({ table: z.string() }),
  preview: ({ table }) => ({ language: "sql", code: `SUMMARIZE ${table}` }),
  async execute({ table }, { session, signal }) {
    const tables = await session.tables();
    // Only a name that the notebook has goes into the query.
    const known = tables.find((one) => fileOf(one) === fileOf({ name: table }));
    if (!known) throw new ToolCallError(`no table ${table}. The tables are:\n${tables.map(tableLine).join("\n")}`);
    if (known.problem !== undefined) throw new ToolCallError(`${known.name} cannot be read: ${known.problem}`);
    const columns = 'column_name, column_type, "min", "max", approx_unique, null_percentage';
    const query = `SELECT ${columns} FROM (SUMMARIZE SELECT * FROM ${known.name})`;
    const result = await session.sql(query, { locked: true, maxRows: MAX_COLUMNS, ...(signal && { signal }) });
    return cutMiddle(`${known.name}, ${known.rowCount ?? "?"} rows\n${textTable(result, MAX_COLUMNS)}`);
  },
});
