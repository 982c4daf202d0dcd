// A DuckDB for each request of the model's: nothing of one query is left for another, and each may read the files that it
// names and nothing else. The next one is made while nobody waits: it takes 25 ms.
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { type DuckDb, quoted } from "../database.ts";

export const MEMORY_LIMIT = "1GB";

const OPTIONS = {
  memory_limit: MEMORY_LIMIT,
  threads: "2",
  temp_directory: "", // no spilling: it would write
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  allow_persistent_secrets: "false",
};

export interface QueryInstances {
  /** @param allowed files, as absolute paths */
  use<T>(allowed: readonly string[], use: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
}

export function queryInstances({ DuckDBInstance }: DuckDb): QueryInstances {
  const make = () => DuckDBInstance.create(":memory:", OPTIONS);
  let spare: Promise<DuckDBInstance> | undefined;
  return {
    async use(allowed, use) {
      const taken = spare ?? make();
      spare = undefined;
      const instance = await taken;
      const connection = await instance.connect();
      try {
        await lock(connection, allowed);
        return await use(connection);
      } finally {
        setImmediate(() => {
          // After the answer: it takes 10 ms.
          connection.closeSync();
          instance.closeSync();
          spare ??= make();
          spare.catch(() => {}); // told to whoever asks for it
        });
      }
    },
  };
}

async function lock(connection: DuckDBConnection, allowed: readonly string[]): Promise<void> {
  await connection.run(`SET allowed_paths = [${allowed.map(quoted).join(", ")}]`);
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
}
