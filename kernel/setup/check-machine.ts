import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { availableParallelism, freemem, totalmem } from "node:os";
import { dirname } from "node:path";
import {
  type AdapterInfo,
  CPU,
  isCpu,
  listModels,
  modelFile,
  openModelFile,
  planMemory,
  webGpuProblem,
} from "../../engine/index.ts";
import { missingForConfinement } from "../../interpreter/index.ts";
import type { Settings } from "../settings/settings.ts";
import { chooseModel, pickAdapter, plannedAdapter } from "./model.ts";
import { findJupyter, missingWidgets, packageNames } from "./python.ts";
import { megabytes } from "./report.ts";
import { runProgram } from "./run-program.ts";
import { describeAdapter } from "./set-up.ts";
import { listAdapters, WITHOUT_WEBGPU } from "./vulkan-driver.ts";

const DEFAULT_CONTEXT = 8192; // tokens
const MIN_FREE_DISK_BYTES = 1e9; // a model, JupyterLab and a driver
const SET_UP = "qwenlab lab sets it up";
const FAST_NODE = 24; // whose V8 compiles relaxed SIMD best

export interface Check {
  readonly name: string;
  /** `optional`: notebooks work without it. */
  readonly state: "ok" | "missing" | "optional";
  readonly detail: string;
  readonly remedy?: string;
}

/** Looks, and changes nothing. Never throws: what cannot be looked at is reported as such. */
export async function checkMachine(settings: Settings): Promise<Check[]> {
  const checks = [
    checkNode(),
    checkAdapter(settings),
    checkModel(settings),
    checkMemory(settings),
    checkDisk(settings),
    checkJupyter(settings),
    checkPython(),
    checkSandbox(),
  ];
  const names = ["node", "adapter", "model", "memory", "disk", "jupyter", "python", "sandbox"];
  const settled = await Promise.allSettled(checks);
  return settled.map((result, i) => {
    if (result.status === "fulfilled") return { name: names[i]!, ...result.value };
    const detail = result.reason instanceof Error ? result.reason.message : String(result.reason);
    return { name: names[i]!, state: "missing", detail };
  });
}

type Finding = Omit<Check, "name">;

async function checkNode(): Promise<Finding> {
  const isOld = nodeVersion() < 22;
  return {
    state: "ok",
    detail: process.version,
    ...(isOld && { remedy: "works, but has left support: Node 22 or 24 is better" }),
  };
}

function nodeVersion(): number {
  return Number.parseInt(process.versions.node, 10);
}

async function checkAdapter({ baseUrl, cacheDir, adapter: wanted }: Settings): Promise<Finding> {
  if (baseUrl !== undefined)
    return { state: "optional", detail: `not needed: the model is at ${new URL(baseUrl).origin}` };
  const adapters = wanted === CPU ? [] : await listAdapters(cacheDir);
  const adapter = pickAdapter(adapters, wanted);
  const whyNone = adapters.length > 0 || wanted === CPU ? undefined : await webGpuProblem();
  if (adapter && isCpu(adapter)) return processors(adapter, wanted, adapters, whyNone);
  if (adapter) return { state: "ok", detail: `${describeAdapter(adapter)}; ${adapter.driver}` };
  const names = adapters.map(({ name }) => name).join(", ");
  if (adapters.length > 0) {
    return {
      state: "missing",
      detail: `none is called ${wanted}; there is: ${names}`,
      remedy: "change QWENLAB_ADAPTER",
    };
  }
  if (whyNone) return { state: "missing", detail: whyNone, remedy: WITHOUT_WEBGPU };
  return { state: "missing", detail: "WebGPU finds none", remedy: `a software driver: ${SET_UP}` };
}

/** What was chosen, and why. */
function processors(
  { name, driver }: AdapterInfo,
  wanted: string | undefined,
  adapters: readonly AdapterInfo[],
  whyNone = "WebGPU finds none",
): Finding {
  const others = adapters.length > 0 ? `WebGPU has only ${adapters.map((one) => one.name).join(", ")}` : whyNone;
  const reason = wanted === undefined ? `no GPU: ${others}` : `by QWENLAB_ADAPTER=${wanted}`;
  const isSlow = nodeVersion() < FAST_NODE;
  const remedy = `works, but Node ${FAST_NODE} reads prompts up to twice as fast on processors`;
  return { state: "ok", detail: `${name}, ${reason}; ${driver}`, ...(isSlow && { remedy }) };
}

async function checkModel(settings: Settings): Promise<Finding> {
  if (settings.baseUrl !== undefined) return { state: "optional", detail: "the server's" };
  const name = await chooseModel(settings);
  const entry = (await listModels(settings)).find(({ model }) => model.name === name);
  if (entry && !entry.isInstalled) {
    return {
      state: "missing",
      detail: `${name} is not here (${megabytes(entry.model.bytes)})`,
      remedy: `${SET_UP}, or: qwenlab models pull ${name}`,
    };
  }
  return { state: "ok", detail: `${name}: ${await modelFile(name, settings)}` };
}

async function checkMemory(settings: Settings): Promise<Finding> {
  const detail = `${megabytes(freemem())} free of ${megabytes(totalmem())}, ${availableParallelism()} processors`;
  if (settings.baseUrl !== undefined) return { state: "ok", detail };
  const path = await modelFile(await chooseModel(settings), settings).catch(() => undefined);
  if (path === undefined) return { state: "ok", detail };
  await using gguf = await openModelFile(path);
  const contextLength = settings.context ?? DEFAULT_CONTEXT;
  const adapter = await plannedAdapter(settings);
  const { totalBytes } = await planMemory(gguf, { contextLength, precision: settings.precision ?? "fast", adapter });
  const needs = `${detail}; the model takes ${megabytes(totalBytes)} at most, with ${contextLength} tokens of context`;
  if (totalBytes <= totalmem()) return { state: "ok", detail: needs };
  return { state: "missing", detail: needs, remedy: "choose a smaller model or a smaller QWENLAB_CONTEXT" };
}

async function checkDisk({ cacheDir }: Settings): Promise<Finding> {
  let folder = cacheDir;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  const detail = `${megabytes(bavail * bsize)} free in ${cacheDir}`;
  if (bavail * bsize >= MIN_FREE_DISK_BYTES) return { state: "ok", detail };
  return { state: "optional", detail, remedy: "may be too little for models: free some, or set QWENLAB_CACHE_DIR" };
}

async function checkJupyter({ cacheDir }: Settings): Promise<Finding> {
  const jupyter = await findJupyter(cacheDir);
  if (!jupyter) return { state: "missing", detail: "no JupyterLab 4 found", remedy: SET_UP };
  const [program, ...args] = jupyter.command;
  const { stdout } = await runProgram(program!, [...args, "kernelspec", "list", "--json"]);
  const isRegistered = stdout.includes('"qwenlab"');
  const detail = `JupyterLab ${jupyter.version}${jupyter.prefix ? ` in ${jupyter.prefix}` : ""}`;
  if (isRegistered) {
    const lacks = await missingWidgets(jupyter);
    const wayOut = jupyter.prefix ? SET_UP : `pip install ${packageNames(lacks)}`;
    return {
      state: "ok",
      detail: `${detail}, kernel registered`,
      ...(lacks.length > 0 && { remedy: `works, but shows widgets as text: ${wayOut}` }),
    };
  }
  const remedy = `${SET_UP}, or: qwenlab install ${jupyter.prefix ? `--prefix ${jupyter.prefix}` : "--user"}`;
  return { state: "missing", detail: `${detail}; the kernel is not registered`, remedy };
}

async function checkPython(): Promise<Finding> {
  const { exitCode, stdout } = await runProgram("python3", ["--version"]);
  if (exitCode === 0) return { state: "ok", detail: stdout.trim() };
  return { state: "optional", detail: "no python3", remedy: "only needed where JupyterLab has to be set up" };
}

async function checkSandbox(): Promise<Finding> {
  const missing = missingForConfinement();
  if (missing === undefined) return { state: "ok", detail: "bubblewrap confines what the model writes" };
  return { state: "optional", detail: missing, remedy: "without it generated code is asked about each time" };
}
