import { fileURLToPath } from "node:url";
import { isCpu } from "../../dist/engine/index.js";
import {
  CONTEXTS,
  contextRow,
  LONG_CONTEXT,
  LONG_CONTEXT_ROW,
  PROMPTS,
  promptRow,
  READY_ROW,
  RESIDENT_ROW,
  TEXT,
  TEXT_ROW,
  TOGETHER,
  togetherRow,
} from "./rows.mjs";
import { run } from "./run.mjs";

const QWENLAB = fileURLToPath(new URL("../../bin/qwenlab.js", import.meta.url));

export const qwenlab = async (...args) => await qwenlabOn(process.execPath, ...args);

/** What another Node makes of the same. */
export async function findOtherNode(path, node) {
  const version = (await run(node, ["--version"])).stdout.trim().split(".")[0].slice(1);
  const own = findQwenlab(path, node);
  await own.describe();
  return { ...own, column: `qwenlab, Node ${version}` };
}

export function findQwenlab(path, node = process.execPath) {
  let isOnProcessors = false;
  const bench = async (...args) => JSON.parse(await qwenlabOn(node, "bench", path, ...args, "--json"));
  return {
    column: "qwenlab",
    async describe() {
      const result = await bench("--prompt-tokens", "8", "--generate-tokens", "1");
      isOnProcessors = isCpu({ name: result.adapter });
      return result;
    },
    async measure() {
      const figures = [];
      for (const prompt of PROMPTS) figures.push(...(await alone(bench, prompt)));
      for (const sequences of TOGETHER) figures.push(await together(bench, sequences));
      if (isOnProcessors) figures.push(await afterLongContext(bench));
      else for (const context of CONTEXTS) figures.push(await after(bench, context));
      return figures;
    },
  };
}

async function qwenlabOn(node, ...args) {
  return (await run(node, [QWENLAB, ...args])).stdout;
}

async function alone(bench, prompt) {
  const result = await bench("--prompt-tokens", `${prompt}`, "--generate-tokens", `${TEXT}`);
  return [
    [promptRow(prompt), result.prefillTokensPerSecond],
    [TEXT_ROW, result.decodeTokensPerSecond],
    [READY_ROW, result.loadSeconds],
    [RESIDENT_ROW, result.residentBytes / 1e9],
  ];
}

async function together(bench, sequences) {
  const sizes = ["--prompt-tokens", "8", "--generate-tokens", `${TEXT}`];
  const { decodeTokensPerSecond, togetherTokensPerSecond } = await bench(...sizes, "--sequences", `${sequences}`);
  return [togetherRow(sequences), togetherTokensPerSecond / decodeTokensPerSecond];
}

async function afterLongContext(bench) {
  const result = await bench("--prompt-tokens", `${LONG_CONTEXT}`, "--generate-tokens", `${TEXT}`);
  return [LONG_CONTEXT_ROW, result.decodeTokensPerSecond];
}

/** By the adapter's own clock, without what lies between steps: a context of 4,096 need not be read first. */
async function after(bench, context) {
  const { steps } = await bench("--profile", "--prompt-tokens", `${context}`);
  return [contextRow(context), 1000 / steps[0].profile.milliseconds];
}
