// How long the tutorial's first question to the analyst takes, from Shift+Enter on, by whatever computes here.
//
//   [QWENLAB_ADAPTER=...] node bench/first-answer.mjs [ROUNDS]
//
// Each round begins without an engine. First nothing is kept of earlier prompts, as after an installation; then what that engine kept
// when it ended; then the same engine is asked once more.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startKernel } from "./kernel-client.mjs";
import { median } from "./median.mjs";

const QUESTION = "%%agent\nHow many cars in cars.csv are from Japan?"; // of notebooks/01-first-notebook.ipynb
const TRACE = "application/vnd.qwenlab.trace+json";
const LIMIT_MS = 600_000;
const rounds = Number(process.argv[2] ?? 3);
const root = fileURLToPath(new URL("..", import.meta.url));
const cacheDir = process.env.QWENLAB_CACHE_DIR ?? join(process.env.HOME, ".cache/qwenlab");

/** @returns seconds to the first thing that the model wrote, and to the end of its answer */
async function ask(client) {
  const start = performance.now();
  let wroteMs = Number.NaN;
  client.onOutput = (_, { data }) => {
    const trace = data?.[TRACE];
    if (trace && Number.isNaN(wroteMs) && (trace.steps.length > 0 || trace.answer)) wroteMs = performance.now() - start;
  };
  const { ms, answer } = await client.execute(QUESTION, { limitMs: LIMIT_MS });
  if (answer?.status !== "ok") throw new Error(`The cell ended with ${JSON.stringify(answer)}`);
  return { wrote: wroteMs / 1000, answered: ms / 1000 };
}

/** In a kernel of its own. Its engine ends afterwards, as an idle one does. */
async function withKernel(caches, use) {
  const folder = mkdtempSync(join(tmpdir(), "bench-answer-"));
  symlinkSync(join(root, "notebooks/cars.csv"), join(folder, "cars.csv"));
  const env = { ...process.env, QWENLAB_CACHE_DIR: caches, XDG_RUNTIME_DIR: folder };
  const command = (file) => [process.execPath, join(root, "bin/qwenlab.js"), "kernel", file];
  const { child, client } = await startKernel(command, folder, env);
  try {
    await client.request("kernel_info_request", {});
    await client.execute("const first = 1"); // as notebooks begin
    return await use(client);
  } finally {
    client.close();
    child.kill("SIGKILL");
    await endEngine(join(folder, "qwenlab"));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function endEngine(folder) {
  const file = existsSync(folder) && readdirSync(folder).find((name) => name.endsWith(".json"));
  if (!file) return;
  const { pid } = JSON.parse(readFileSync(join(folder, file), "utf8"));
  process.kill(pid, "SIGTERM");
  while (existsSync(`/proc/${pid}`)) await sleep(50);
}

const figures = new Map();
function note(row, { wrote, answered }) {
  figures.set(row, [...(figures.get(row) ?? []), { wrote, answered }]);
}
for (let round = 1; round <= rounds; round++) {
  process.stderr.write(`round ${round} of ${rounds}\n`);
  const caches = mkdtempSync(join(tmpdir(), "bench-caches-"));
  for (const name of ["models", "driver", "compiler"]) {
    if (existsSync(join(cacheDir, name))) symlinkSync(join(cacheDir, name), join(caches, name));
  }
  await withKernel(caches, async (client) => note("the first one ever", await ask(client)));
  await withKernel(caches, async (client) => {
    note("the first one after a start", await ask(client));
    note("the next one", await ask(client));
  });
  rmSync(caches, { recursive: true, force: true });
}

const seconds = (values) => Number(median(values).toPrecision(3)).toString();
console.log(`${cpus().length} x ${cpus()[0].model.trim()}; Node ${process.version}; medians of ${rounds}\n`);
console.log("| question | query written after, s | answered after, s |\n|---|---|---|");
for (const [row, values] of figures) {
  console.log(
    `| ${row} | ${seconds(values.map(({ wrote }) => wrote))} | ${seconds(values.map(({ answered }) => answered))} |`,
  );
}
process.exit(0);
