// llama.cpp on the same file: its CPU backend, and each other backend that has the adapter.
import { cpus } from "node:os";
import {
  LONG_CONTEXT,
  LONG_CONTEXT_ROW,
  PROMPTS,
  promptRow,
  READY_ROW,
  RESIDENT_ROW,
  TEXT,
  TEXT_ROW,
} from "./rows.mjs";
import { run } from "./run.mjs";

const { LLAMA_BENCH } = process.env;

export async function findLlama({ path, adapter, env }) {
  if (!LLAMA_BENCH) {
    const how = "build llama.cpp with -DGGML_VULKAN=ON and start with LLAMA_BENCH=path/to/llama-bench";
    return { peers: [], versions: [], missing: [`llama.cpp: ${how}`] };
  }
  const devices = (await run(LLAMA_BENCH, ["--list-devices"], { env })).stdout;
  // A line is "  Vulkan0: NAME (MEMORY)".
  const found = [...devices.matchAll(/^\s*([A-Za-z]+)(\d+): (.*)$/gm)].filter(([, , , name]) =>
    name.includes(adapter.name),
  );
  const on = (device, backend) => ({
    column: `llama.cpp, ${backend}`,
    measure: () => measure({ path, env, device, isSlow: device !== "none" && adapter.isSoftware }),
  });
  if (adapter.isCpu) return { peers: [onProcessors({ path, env })], versions: [await version()], missing: [] };
  // Without a device: one that holds no layers would still be handed large products.
  const peers = [on("none", "CPU"), ...found.map(([, backend, index]) => on(`${backend}${index}`, backend))];
  const none = `llama.cpp on ${adapter.name}: build it with a backend that \`llama-bench --list-devices\` names it for`;
  const missing = found.length > 0 ? [] : [none];
  return { peers, versions: [await version()], missing };
}

function onProcessors(machine) {
  const device = "none";
  return {
    column: "llama.cpp, CPU",
    async measure() {
      const figures = await measure({ ...machine, device, isSlow: false });
      const args = [...argumentsOf(machine.path, device), "-p", "0", "-n", `${TEXT}`, "-d", `${LONG_CONTEXT}`];
      const [{ avg_ts }] = JSON.parse((await run(LLAMA_BENCH, args, { env: machine.env })).stdout);
      return figures.set(LONG_CONTEXT_ROW, avg_ts);
    },
  };
}

function argumentsOf(path, device) {
  const layers = device === "none" ? 0 : 99; // all of them
  return ["-m", path, "-dev", device, "-ngl", `${layers}`, "-t", `${cpus().length}`, "-r", "1", "-o", "json"];
}

/** llama-bench warms up with each prompt as a whole, which is too much where it reads 3 tokens a second: once, then. */
async function measure({ path, env, device, isSlow }) {
  const prompts = isSlow ? [PROMPTS[0], ...PROMPTS] : PROMPTS;
  const texts = isSlow ? [1, TEXT] : [TEXT];
  const args = [...argumentsOf(path, device), "-p", prompts.join(","), "-n", texts.join(","), "--progress"];
  if (isSlow) args.push("--no-warmup");

  let started = 0;
  let ready = 0;
  const { stdout, residentBytes } = await run(LLAMA_BENCH, args, {
    env,
    onLine(line) {
      if (line.endsWith("starting")) started ||= performance.now();
      else if (/ run( |$)/.test(line)) ready ||= performance.now();
    },
  });
  const figures = new Map([[READY_ROW, (ready - started) / 1000]]); // by row: a warm-up is overwritten by what follows
  if (residentBytes > 0) figures.set(RESIDENT_ROW, residentBytes / 1e9);
  for (const { n_prompt, n_gen, avg_ts } of JSON.parse(stdout)) {
    figures.set(n_gen > 0 ? TEXT_ROW : promptRow(n_prompt), avg_ts);
  }
  return figures;
}

/** "llama.cpp VERSION"; a build from an archive knows no commit. */
async function version() {
  const { stdout, stderr } = await run(LLAMA_BENCH, ["--version"]);
  return `llama.cpp ${/version: (\S+)/.exec(stdout + stderr)?.[1] ?? "of unknown version"}`;
}
