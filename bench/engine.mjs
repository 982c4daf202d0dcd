// The README's figures of the engine, beside llama.cpp on the same file, alternating in the same run.
//
//   node bench/engine.mjs [ROUNDS]
//   LLAMA_BENCH=path/to/llama-bench node bench/engine.mjs     with llama.cpp's CPU backend (and Vulkan, if it has it)
//
// llama.cpp's Vulkan backend leaves software adapters out unless they are named: GGML_VK_VISIBLE_DEVICES=0. Both need to
// find the driver: VK_DRIVER_FILES, where it is not the system's.
// Needs a quiet machine: a software adapter shares the cores with everything else.
import { execFile } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const exec = promisify(execFile);
const QWENLAB = fileURLToPath(new URL("../bin/qwenlab.js", import.meta.url));
const MODEL = "qwen2.5-coder-0.5b";
const PROMPTS = [32, 128, 512]; // tokens
const CONTEXTS = [128, 4096]; // tokens before a token of text
const TEXT = 32;
const TOGETHER = [4, 8]; // requests at once
const rounds = Number(process.argv[2] ?? 5);
const { LLAMA_BENCH } = process.env;

const run = async (program, args) => (await exec(program, args, { maxBuffer: 2 ** 26 })).stdout;
const qwenlab = (...args) => run(process.execPath, [QWENLAB, ...args]);
const path = (await qwenlab("models", "path", MODEL)).trim();

const figures = new Map(); // by row and column
const note = (row, column, value) => {
  const key = `${row}\n${column}`;
  figures.set(key, [...(figures.get(key) ?? []), value]);
};

async function ours(prompt) {
  const result = JSON.parse(
    await qwenlab("bench", path, "--prompt-tokens", `${prompt}`, "--generate-tokens", `${TEXT}`, "--json"),
  );
  note(`prompt of ${prompt}, tok/s`, "qwenlab", result.prefillTokensPerSecond);
  note("text, tok/s", "qwenlab", result.decodeTokensPerSecond);
  note("ready after, s", "qwenlab", result.loadSeconds);
  note("resident memory, GB", "qwenlab", result.residentBytes / 1e9);
  return result;
}

async function together(sequences) {
  const args = ["--prompt-tokens", "8", "--generate-tokens", `${TEXT}`, "--sequences", `${sequences}`, "--json"];
  const { decodeTokensPerSecond, togetherTokensPerSecond } = JSON.parse(await qwenlab("bench", path, ...args));
  note(
    `text of ${sequences} requests at once, of one's tok/s`,
    "qwenlab",
    togetherTokensPerSecond / decodeTokensPerSecond,
  );
}

/** By the adapter's own clock, without what lies between steps: a context of 4,096 need not be read first. */
async function contexts() {
  for (const context of CONTEXTS) {
    const { steps } = JSON.parse(await qwenlab("bench", path, "--profile", "--prompt-tokens", `${context}`, "--json"));
    note(`text after ${context}, tok/s of the adapter's time`, "qwenlab", 1000 / steps[0].profile.milliseconds);
  }
}

async function llama({ column, layers, prompts, text }) {
  const device = layers === 0 ? ["-dev", "none"] : []; // else Vulkan would be handed large products
  const sizes = ["-p", prompts.join(","), "-n", `${text}`, "-r", "1", "-t", `${cpus().length}`];
  const args = ["-m", path, ...device, ...sizes, "-ngl", `${layers}`, "-o", "json"];
  for (const { n_prompt, n_gen, avg_ts } of JSON.parse(await run(LLAMA_BENCH, args))) {
    note(n_gen > 0 ? "text, tok/s" : `prompt of ${n_prompt}, tok/s`, column, avg_ts);
  }
}

const peers = [];
if (LLAMA_BENCH) {
  peers.push({ column: "llama.cpp, CPU", layers: 0, prompts: PROMPTS, text: TEXT });
  const devices = await run(LLAMA_BENCH, ["--list-devices"]);
  // On a software adapter it reads 5 tokens a second, and each length twice.
  if (/vulkan/i.test(devices)) peers.push({ column: "llama.cpp, Vulkan", layers: 99, prompts: [PROMPTS[0]], text: 8 });
}

let adapter = "";
for (let round = 1; round <= rounds; round++) {
  process.stderr.write(`round ${round} of ${rounds}\n`);
  for (const prompt of PROMPTS) ({ adapter } = await ours(prompt));
  for (const sequences of TOGETHER) await together(sequences);
  await contexts();
  for (const peer of peers) await llama(peer);
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const columns = ["qwenlab", ...peers.map(({ column }) => column)];
const rows = [...new Set([...figures.keys()].map((key) => key.split("\n")[0]))];
console.log(`${MODEL} Q4_K_M on ${adapter}; ${cpus().length} x ${cpus()[0].model.trim()}; Node ${process.version};`);
console.log(`medians of ${rounds}, alternating; in brackets what qwenlab reaches of it\n`);
console.log(`| | ${columns.join(" | ")} |\n|${"---|".repeat(columns.length + 1)}`);
for (const row of rows) {
  const own = median(figures.get(`${row}\nqwenlab`));
  const cells = columns.map((column) => {
    const values = figures.get(`${row}\n${column}`);
    if (values === undefined) return "";
    const value = median(values);
    return column === "qwenlab"
      ? value.toPrecision(3)
      : `${value.toPrecision(3)} (${((100 * own) / value).toFixed(0)} %)`;
  });
  console.log(`| ${row} | ${cells.join(" | ")} |`);
}
