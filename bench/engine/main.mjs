// The README's figures of the engine, beside its peers with the same weights on the same adapter, alternating in one run.
//
//   node bench/engine/main.mjs [ROUNDS] [--model NAME]     5 rounds by default; with fewer the README is left as it is
//   --node PATH, as often as you like                      a column of another Node for qwenlab
//   node bench/engine/main.mjs --prepare [--model NAME]    fetches the peers that npm and PyPI have into the cache folder
//
// llama.cpp is built by hand, with -DGGML_VULKAN=ON or what the adapter has: LLAMA_BENCH=path/to/llama-bench.
// The adapter is QWENLAB_ADAPTER's, and everybody's. A peer that is not there is left out, with a line that says how to
// get it. Needs a quiet machine: a software adapter shares the cores with everything else, and takes an hour and more.
import { parseArgs } from "node:util";
import { findLlama } from "./llama.mjs";
import { findAdapter, peerEnvironment } from "./machine.mjs";
import { findOnnx, prepareOnnx } from "./onnx.mjs";
import { findOtherNode, findQwenlab, qwenlab } from "./qwenlab.mjs";
import { caption, Figures, writeReadme } from "./table.mjs";

const README_ROUNDS = 5; // at least, for what the README says

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: "string", default: "qwen2.5-coder-0.5b" },
    node: { type: "string", multiple: true, default: [] },
    prepare: { type: "boolean" },
  },
});
const path = (await qwenlab("models", "path", values.model)).trim();
if (values.prepare) {
  await prepareOnnx(path);
  process.exit(0);
}

const rounds = Number(positionals[0] ?? README_ROUNDS);
const own = findQwenlab(path);
const { model, adapter: adapterName } = await own.describe();
const adapter = await findAdapter(adapterName);
const machine = { path, adapter, env: peerEnvironment(adapter) };
const found = [await findLlama(machine), findOnnx(machine)];
for (const line of found.flatMap(({ missing }) => missing)) console.error(`left out: ${line}`);

const figures = new Figures();
const measured = new Map(); // rounds by column
const failures = []; // of peers that are there and do not run
const measure = async ({ column, measure }, round) => {
  console.error(`round ${round} of ${rounds}: ${column}`);
  for (const [row, value] of await measure()) figures.note(row, column, value);
  measured.set(column, round);
};

const otherNodes = await Promise.all(values.node.map((node) => findOtherNode(path, node)));
let peers = [...otherNodes, ...found.flatMap(({ peers }) => peers)];
for (let round = 1; round <= rounds; round++) {
  await measure(own, round);
  for (const peer of peers) {
    try {
      await measure(peer, round);
    } catch ({ message }) {
      peers = peers.filter((other) => other !== peer);
      failures.push({ column: peer.column, reason: message });
      console.error(`left out: ${peer.column}: ${message}`);
    }
  }
  console.error(figures.toMarkdown([...measured.keys()]));
}

const versions = found.flatMap(({ versions }) => versions);
const table = figures.toMarkdown([...measured.keys()]);
const text = `${caption({ model, adapter, versions, measured, failures })}\n\n${table}`;
console.log(text);
if (rounds >= README_ROUNDS) writeReadme({ name: values.model, adapter }, text);
