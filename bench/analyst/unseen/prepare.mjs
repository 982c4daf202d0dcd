// The tables of the half that no work has looked at: made here, on fifteen subjects that no other question is about.
// The same values are written twice: as people have them, for the analyst, and plainly, for the reference queries.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { seededRandom } from "./random.mjs";
import { cafe } from "./tables/cafe.mjs";
import { delays } from "./tables/delays.mjs";
import { ferries } from "./tables/ferries.mjs";
import { flats } from "./tables/flats.mjs";
import { gifts } from "./tables/gifts.mjs";
import { hives } from "./tables/hives.mjs";
import { library } from "./tables/library.mjs";
import { marathon } from "./tables/marathon.mjs";
import { olives } from "./tables/olives.mjs";
import { permits } from "./tables/permits.mjs";
import { power } from "./tables/power.mjs";
import { practice } from "./tables/practice.mjs";
import { staff } from "./tables/staff.mjs";
import { teashop } from "./tables/teashop.mjs";
import { water } from "./tables/water.mjs";

const SETS = {
  cafe,
  delays,
  ferries,
  flats,
  gifts,
  hives,
  library,
  marathon,
  olives,
  permits,
  power,
  practice,
  staff,
  teashop,
  water,
};

/**
 * @param folder gets a folder a set with its files
 * @returns folders: set -> folder; reference: a DuckDB with a schema a set that holds its tables, plain and typed
 */
export async function prepareUnseen(folder) {
  const reference = await (await DuckDBInstance.create(":memory:")).connect();
  const plain = join(folder, "plain.json");
  const folders = {};
  mkdirSync(folder, { recursive: true });
  for (const [i, [set, make]] of Object.entries(SETS).entries()) {
    const { tables, files } = make(seededRandom(19 + i));
    await reference.run(`CREATE SCHEMA ${set}; USE ${set}`);
    for (const [table, rows] of Object.entries(tables)) {
      writeFileSync(plain, JSON.stringify(rows));
      await reference.run(`CREATE TABLE ${table} AS FROM read_json('${plain}', sample_size = -1)`);
    }
    folders[set] = join(folder, "sets", set);
    await writeFiles(folders[set], files, reference);
  }
  return { folders, reference };
}

async function writeFiles(folder, files, reference) {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    if (content.parquet) await reference.run(`COPY (${content.parquet}) TO '${path}' (FORMAT parquet)`);
    else writeFileSync(path, content);
  }
}
