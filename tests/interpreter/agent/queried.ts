// Queries of scripted models, and what is told of them.
import type { SqlResult, TableInfo } from "../../../interpreter/index.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";

export const block = (query: string) => `\`\`\`sql\n${query}\n\`\`\``;
export const said = (model: Awaited<ReturnType<typeof run>>["model"], request: number) =>
  String(model.requests[request]?.messages.at(-1)?.content);

export function describedCars(): TableInfo {
  return { name: "'cars.csv'", kind: "file", rowCount: 2, columns: [{ name: "origin", type: "VARCHAR" }] };
}

/** Rows of a query's columns, each a column of numbers but for the first where it is text. */
export function rowsOf(...rows: readonly Readonly<Record<string, unknown>>[]): SqlResult {
  const columns = Object.entries(rows[0] ?? {}).map(([name, value]) => {
    return { name, type: typeof value === "number" ? "DOUBLE" : "VARCHAR" };
  });
  return { columns, rows, rowCount: rows.length };
}

/** What is doubtful of a query whose result is 7, by a model that insists on it. */
export async function doubtsAbout(table: TableInfo, question: string, query: string): Promise<readonly string[]> {
  const session = fakeSession({ tables: [table], sql: () => oneCell("n", 7) });
  return (await run([block(query), "It is 7.", "It is 7."], { question, session })).end.doubts ?? [];
}
