// How long a large CSV takes: until its columns and types are known, and until a first sum is there; beside DuckDB's own
// sniffer, DuckDB told to look at all rows (as we do), and pandas, in the same run.
//
//   node bench/tables.mjs [MEGABYTES [ROUNDS]]
//
// PYTHON names a Python that has pandas; without one its line is left out.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { startTypeScriptSession } from "../dist/interpreter/index.js";
import { median } from "./median.mjs";

const megabytes = Number(process.argv[2] ?? 100);
const rounds = Number(process.argv[3] ?? 3);
const python = process.env.PYTHON ?? "python3";
const BYTES_PER_ROW = 65;
const FILE = "sales.csv";

const folder = mkdtempSync(join(tmpdir(), "bench-tables-"));
const path = join(folder, FILE);
const SUM = `SELECT round(sum(price * units), 2) FROM '${FILE}'`;

/** Ids, days, times, cities, amounts with two decimals, counts, codes with leading zeros. */
async function makeFile() {
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run("SET threads = 1"); // the rows in their order
  const rows = Math.round((megabytes * 1e6) / BYTES_PER_ROW);
  await connection.run(`COPY (SELECT i AS id, DATE '2020-01-01' + (i % 1500)::INT AS day,
    TIMESTAMP '2020-01-01' + INTERVAL (i * 37) SECOND AS sold_at, ['Berlin', 'Paris', 'Oslo', 'Rome'][1 + i % 4] AS city,
    round(hash(i) % 100000 / 100.0, 2) AS price, (hash(i * 7) % 50)::INT AS units,
    lpad((hash(i * 3) % 5000)::VARCHAR, 6, '0') AS customer FROM range(${rows}) t(i)) TO '${path}' (HEADER)`);
}

async function seconds(work) {
  const start = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - start) / 1000 };
}

async function ours() {
  const session = await startTypeScriptSession({ cwd: folder, onEvent() {} });
  const memory = watchReaders();
  try {
    await session.sql("SELECT 1", { locked: true }); // the process that reads is there
    const opened = await seconds(() => session.tables());
    const type = opened.result[0].columns.map((column) => column.type).join(" ");
    const summed = await seconds(() => session.sql(SUM, { locked: true }));
    return {
      opened: opened.seconds,
      summed: summed.seconds,
      type,
      sum: String(Object.values(summed.result.rows[0])[0]),
      mb: memory(),
    };
  } finally {
    await session[Symbol.asyncDispose]();
  }
}

/** The most memory that a process of ours that reads tables takes, in MB. */
function watchReaders() {
  let most = 0;
  const look = () => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("sql/reader/child.js")) continue;
        most = Math.max(most, Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024);
      } catch {} // it has gone
    }
  };
  const timer = process.platform === "linux" ? setInterval(look, 100) : undefined;
  return () => {
    clearInterval(timer);
    return most;
  };
}

async function duckDb(options) {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const from = `read_csv('${path}'${options})`;
  const opened = await seconds(async () => (await connection.runAndReadAll(`DESCRIBE FROM ${from}`)).getRowsJson());
  const type = opened.result.map(([, type]) => type).join(" ");
  const summed = await seconds(async () =>
    (await connection.runAndReadAll(SUM.replace(`'${FILE}'`, from))).getRowsJson(),
  );
  connection.closeSync();
  instance.closeSync();
  return { opened: opened.seconds, summed: summed.seconds, type, sum: String(summed.result[0][0]) };
}

function pandas() {
  const script = `
import time, json, pandas
start = time.perf_counter()
table = pandas.read_csv(${JSON.stringify(path)})
opened = time.perf_counter() - start
total = round(float((table.price * table.units).sum()), 2)
print(json.dumps({"opened": opened, "summed": time.perf_counter() - start - opened, "type": " ".join(map(str, table.dtypes)), "sum": str(total)}))`;
  const { status, stdout } = spawnSync(python, ["-c", script], { encoding: "utf8" });
  return status === 0 ? JSON.parse(stdout) : undefined;
}

try {
  await makeFile();
  const readers = {
    qwenlab: ours,
    "DuckDB, 20,480 rows": () => duckDb(""),
    "DuckDB, all rows": () => duckDb(", sample_size = -1"),
    pandas,
  };
  const results = Object.fromEntries(Object.keys(readers).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, read] of Object.entries(readers)) {
      const result = await read();
      if (result) results[name].push(result);
    }
  }
  console.log(
    `${Math.round(statSync(path).size / 1e6)} MB, ${cpus().length} x ${cpus()[0].model}, Node ${process.version}`,
  );
  console.log("reader | columns known, s | first sum, s | sum | types | most memory, MB");
  for (const [name, all] of Object.entries(results).filter(([, all]) => all.length > 0)) {
    const figures = ["opened", "summed"].map((key) => median(all.map((one) => one[key])).toFixed(2));
    const memory = all[0].mb ? Math.round(Math.max(...all.map(({ mb }) => mb))) : "";
    console.log([name, ...figures, all[0].sum, all[0].type, memory].join(" | "));
  }
} finally {
  rmSync(folder, { recursive: true });
}
