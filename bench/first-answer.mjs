// How long the tutorial's first question to the analyst takes, from Shift+Enter on, by whatever computes here.
//
//   [QWENLAB_ADAPTER=...] node bench/first-answer.mjs [ROUNDS]
//
// The first token is when the engine has made it: of a query nothing is shown before it is whole. Each round begins without an engine. First nothing is kept of earlier prompts, as after an installation; then what that engine kept
// when it ended; then the same engine is asked once more.
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startKernel } from "./kernel-client.mjs";
import { median } from "./median.mjs";

const QUESTION = "%%agent\nHow many cars in cars.csv are from Japan?"; // of notebooks/01-first-notebook.ipynb
const RIGHT = /\b79\b/; // of 406
const TRACE = "application/vnd.qwenlab.trace+json";
const LIMIT_MS = 600_000;
const rounds = Number(process.argv[2] ?? 3);
const root = fileURLToPath(new URL("..", import.meta.url));
const cacheDir = process.env.QWENLAB_CACHE_DIR ?? join(process.env.HOME, ".cache/qwenlab");

/** @returns seconds to the first token, to the first thing that the model has written, and to the end of its answer */
async function ask({ client, folder }) {
  const start = performance.now();
  const asked = new AbortController();
  const begun = firstWord(folder, asked.signal);
  let wroteMs = Number.NaN;
  let answer;
  client.onOutput = (_, { data }) => {
    const trace = data?.[TRACE];
    answer = trace?.answer ?? answer;
    if (trace && Number.isNaN(wroteMs) && (trace.steps.length > 0 || trace.answer)) wroteMs = performance.now() - start;
  };
  const { ms, answer: reply } = await client.execute(QUESTION, { limitMs: LIMIT_MS });
  asked.abort();
  if (reply?.status !== "ok") throw new Error(`The cell ended with ${JSON.stringify(reply)}`);
  if (!RIGHT.test(answer)) throw new Error(`What was timed is no right answer: ${answer}`);
  return { begun: ((await begun) - start) / 1000, wrote: wroteMs / 1000, answered: ms / 1000 };
}

/** When the engine has made the first token of what it is asked next. */
async function firstWord(folder, signal) {
  const before = (await wordsBegun(folder)) ?? 0;
  while (!signal.aborted) {
    if (((await wordsBegun(folder)) ?? 0) > before) return performance.now();
    await sleep(10);
  }
  return Number.NaN;
}

/** How many answers the engine has begun; undefined without an engine. */
async function wordsBegun(folder) {
  const engine = engineOf(folder);
  if (!engine) return undefined;
  const headers = { authorization: `Bearer ${engine.token}` };
  const metrics = await fetch(new URL("/metrics", engine.url), { headers }).then(
    (response) => response.text(),
    () => "", // it has been told of, and does not listen yet
  );
  return Number(/^qwenlab_first_words_total (\d+)$/m.exec(metrics)?.[1] ?? 0);
}

/** What an engine tells clients: address, token, process. */
function engineOf(folder) {
  const runtime = join(folder, "qwenlab");
  const file = existsSync(runtime) && readdirSync(runtime).find((name) => name.endsWith(".json"));
  return file ? JSON.parse(readFileSync(join(runtime, file), "utf8")) : undefined;
}

/** In a kernel of its own. Its engine ends afterwards, as an idle one does. */
async function withKernel(caches, use) {
  const folder = mkdtempSync(join(tmpdir(), "bench-answer-"));
  copyFileSync(join(root, "notebooks/cars.csv"), join(folder, "cars.csv")); // links out of a folder are not followed
  const env = { ...process.env, QWENLAB_CACHE_DIR: caches, XDG_RUNTIME_DIR: folder };
  const command = (file) => [process.execPath, join(root, "bin/qwenlab.js"), "kernel", file];
  const { child, client } = await startKernel(command, folder, env);
  try {
    await client.request("kernel_info_request", {});
    await client.execute("const first = 1"); // as notebooks begin
    return await use({ client, folder });
  } finally {
    client.close();
    child.kill("SIGKILL");
    await endEngine(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function endEngine(folder) {
  const engine = engineOf(folder);
  if (!engine) return;
  process.kill(engine.pid, "SIGTERM");
  while (existsSync(`/proc/${engine.pid}`)) await sleep(50);
}

const figures = new Map();
function note(row, seconds) {
  figures.set(row, [...(figures.get(row) ?? []), seconds]);
}
for (let round = 1; round <= rounds; round++) {
  process.stderr.write(`round ${round} of ${rounds}\n`);
  const caches = mkdtempSync(join(tmpdir(), "bench-caches-"));
  for (const name of ["models", "driver", "compiler", "python"]) {
    if (existsSync(join(cacheDir, name))) symlinkSync(join(cacheDir, name), join(caches, name));
  }
  await withKernel(caches, async (notebook) => note("the first one ever", await ask(notebook)));
  await withKernel(caches, async (notebook) => {
    note("the first one after a start", await ask(notebook));
    note("the next one", await ask(notebook));
  });
  rmSync(caches, { recursive: true, force: true });
}

const COLUMNS = { begun: "first token after, s", wrote: "query written after, s", answered: "answered after, s" };
const seconds = (values) => Number(median(values).toPrecision(3)).toString();
const line = (cells) => `| ${cells.join(" | ")} |`;
console.log(`${cpus().length} x ${cpus()[0].model.trim()}; Node ${process.version}; medians of ${rounds}\n`);
console.log(`${line(["question", ...Object.values(COLUMNS)])}\n|---|---|---|---|`);
for (const [row, values] of figures) {
  const columns = Object.keys(COLUMNS).map((column) => seconds(values.map((figure) => figure[column])));
  console.log(line([row, ...columns]));
}
process.exit(0);
