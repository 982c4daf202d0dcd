// What the CPU target makes of this machine: tokens per second of a whole model's layers, with weights that are all alike.
//   node bench/cpu.mjs [--model 0.5B|1.5B] [--tokens N] [--context N] [--threads N] [--build dot|relaxed|plain] [--steps N]
// --tokens 1 is text; more of them are a prompt, whose output head is left out. --each shows what each kind of operation takes.
import { parseArgs } from "node:util";
import { adviseHugePages } from "../dist/engine/cpu/huge-pages.js";
import { allocateMatrix, availableBuilds, RESERVED_BYTES } from "../dist/engine/cpu/kernels.js";
import { CpuMemory } from "../dist/engine/cpu/memory.js";
import { quantizedBytes } from "../dist/engine/cpu/packed.js";
import { sliceBytes, writeProgram } from "../dist/engine/cpu/records.js";
import { startThreads, threadCount } from "../dist/engine/cpu/threads.js";
import { placesOf } from "../dist/engine/kernels/place.js";

/** As in the files that people download as Q4_K_M: every other layer's `down` has more bits. */
const MODELS = {
  "0.5B": { layers: 24, hidden: 896, width: 4864, heads: [14, 2, 64], vocab: 151936, types: ["Q5_0", "Q8_0"] },
  "1.5B": { layers: 28, hidden: 1536, width: 8960, heads: [12, 2, 128], vocab: 151936, types: ["Q4_K", "Q6_K"] },
};
const FILLING = 0x3c; // as f32 0.0115, and a number in every format

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "0.5B" },
    tokens: { type: "string", default: "1" },
    context: { type: "string", default: "128" },
    threads: { type: "string", default: String(threadCount()) },
    build: { type: "string", default: availableBuilds()[0] },
    steps: { type: "string", default: "12" },
    each: { type: "boolean", default: false },
  },
});
const tokens = Number(values.tokens);
const steps = Number(values.steps);
const memory = new CpuMemory(RESERVED_BYTES);
const threads = startThreads([memory], { count: Number(values.threads), build: values.build });
const weights = []; // ranges of the memory
const operations = model(MODELS[values.model]);
await adviseHugePages(memory, weights);
for (const { at, byteLength } of weights) memory.u8(at, byteLength).fill(FILLING);

const milliseconds = await timesOf(operations);
const median = milliseconds[steps >> 1];
console.log(
  `${values.model}, ${values.build}, ${threads.count} threads, Node ${process.version}: ${tokens} tokens a step, ` +
    `${((1000 * tokens) / median).toFixed(1)} tokens/s (best ${((1000 * tokens) / milliseconds[0]).toFixed(1)}), ` +
    `${(milliseconds.busy / tokens).toFixed(1)} ms of processors a token`,
);
if (values.each) {
  for (const kind of new Set(operations.map(({ kind }) => kind))) {
    const { busy } = await timesOf(operations.filter((one) => one.kind === kind));
    console.log(`  ${kind}: ${(busy / tokens).toFixed(2)} ms`);
  }
}
await threads.dispose();

/** @returns milliseconds of each step, the shortest first; and of all cores together on average, which others' load changes less */
async function timesOf(list) {
  const program = writeProgram(memory, list);
  for (let i = 0; i < 3; i++) await threads.run(program, tokens); // until V8 has optimized it
  const times = [];
  const before = process.cpuUsage();
  for (let i = 0; i < steps; i++) {
    const begin = performance.now();
    await threads.run(program, tokens);
    times.push(performance.now() - begin);
  }
  const { user, system } = process.cpuUsage(before);
  return Object.assign(
    times.sort((a, b) => a - b),
    { busy: (user + system) / 1000 / steps },
  );
}

function model({ layers, hidden, width, heads: [numHeads, numKeyValueHeads, headDim], vocab, types }) {
  const context = Math.max(Number(values.context), tokens);
  const row = (numHeads + 2 * numKeyValueHeads) * headDim;
  const f32 = (count) => memory.allocate(count * 4);
  const rows = (columns) => f32(tokens * columns);
  const matrix = (type, count, columns) => {
    const made = allocateMatrix(memory, { type, rows: count, columns, experts: 1 }, "weights");
    weights.push({ at: made.at, byteLength: memory.byteLength - made.at });
    return made;
  };
  const [x, normed, qkv, attended, gateUp, inner] = [hidden, hidden, row, hidden, 2 * width, width].map(rows);
  const logits = f32(vocab);
  const quantized = memory.allocate(quantizedBytes(width, tokens));
  const places = memory.allocate(tokens * 16);
  const slots = Array.from({ length: tokens }, (_, t) => context - tokens + t);
  memory.u32(places, tokens * 4).set(placesOf(slots.map((slot) => ({ slot, table: 0, sequence: 0, scoreScale: 1 }))));
  const blockTables = f32(Math.ceil(context / 16));
  memory.u32(blockTables, Math.ceil(context / 16)).set(Array.from({ length: Math.ceil(context / 16) }, (_, i) => i));
  const rotations = rows(headDim);
  const weight = f32(hidden);
  const quantize = (of, columns) => ({
    ...{ kind: "quantize", x: of, y: quantized, columns, rowsPerToken: 1, isInTiles: true },
  });
  const norm = (of) => ({
    ...{
      kind: "norm",
      x: of,
      xStride: hidden,
      y: normed,
      yStride: hidden,
      weight,
      count: 1,
      columns: hidden,
      eps: 1e-6,
    },
  });
  const product = (w, y, isAdded = false) => ({
    ...{ kind: "product", weight: w, x: quantized, isQuantized: true, y, yStride: w.rows, bias: 0, isAdded },
    ...{ rowsPerToken: 1, isBeside: false },
  });
  const sizes = { numHeads, numKeyValueHeads, headDim };
  const slices = memory.allocate(sliceBytes(numHeads, context));
  const cacheBytes = Math.ceil(context / 16) * 16 * numKeyValueHeads * headDim * 2;
  const layer = (_, i) => {
    const cache = { type: "f16", keys: memory.allocate(cacheBytes), values: memory.allocate(cacheBytes) };
    const paged = { ...cache, places, blockTables };
    const turned = { x: qkv, xStride: row, y: qkv, yStride: row, numHeads: numHeads + numKeyValueHeads, headDim };
    return [
      norm(x),
      quantize(normed, hidden),
      product(matrix(types[0], row, hidden), qkv),
      { kind: "rotate", ...turned, rotations },
      { kind: "store", qkv, cache: paged, ...sizes },
      { kind: "attention", qkv, cache: paged, y: attended, slices, contextLength: context, ...sizes },
      quantize(attended, hidden),
      product(matrix(types[0], hidden, hidden), x, true),
      norm(x),
      quantize(normed, hidden),
      product(matrix(types[0], 2 * width, hidden), gateUp),
      { kind: "gated", x: gateUp, y: inner, columns: width, rowsPerToken: 1 },
      quantize(inner, width),
      product(matrix(i % 2 === 0 ? "Q6_K" : "Q4_K", hidden, width), x, true),
    ];
  };
  const list = Array.from({ length: layers }, layer).flat();
  if (tokens > 1) return list;
  return [...list, norm(x), quantize(normed, hidden), product(matrix(types[1], vocab, hidden), logits)];
}
