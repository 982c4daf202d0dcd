import {
  type AdapterInfo,
  CPU,
  describeCpu,
  isCpu,
  MODELS,
  modelFile,
  type PullProgress,
  parseHubName,
  pullModel,
  REPOSITORY_MODELS,
} from "../../engine/client.ts";
import type { Settings } from "../settings/settings.ts";
import { megabytes, type Report } from "./report.ts";
import { listAdapters } from "./vulkan-driver.ts";

const SOFTWARE_MODEL = "qwen2.5-coder-0.5b"; // larger ones take seconds a token there
const MEMORY_SHARE = 0.7; // of the adapter's: the rest is the desktop's and the driver's
const FREE = "Apache-2.0"; // what nobody chose may be used for anything
const OURS = "qwen2.5-coder-"; // the family that the analyst is measured with

export interface ModelOptions {
  readonly cacheDir: string;
  readonly report: Report;
  readonly signal?: AbortSignal;
}

/**
 * The model for somebody who chose none: the smallest on a software adapter, else the largest Qwen2.5-Coder that fits.
 * WebGPU tells no adapter's memory; the largest buffer it allows is the nearest thing that it tells.
 */
export function defaultModel(adapter: AdapterInfo | undefined): string {
  if (!adapter || adapter.isSoftware) return SOFTWARE_MODEL;
  const fitting = [...MODELS, ...REPOSITORY_MODELS].filter(
    ({ name, licence, memoryBytes = Infinity }) =>
      name.startsWith(OURS) && licence === FREE && memoryBytes <= adapter.maxBufferBytes * MEMORY_SHARE,
  );
  return fitting.at(-1)?.name ?? SOFTWARE_MODEL;
}

/** The model that `settings` name, else the default for the adapter they name. */
export async function chooseModel({ model, adapter, cacheDir }: Settings): Promise<string> {
  return model ?? defaultByAdapter(cacheDir, adapter);
}

const defaults = new Map<string, Promise<string>>(); // by the adapter that was asked for

/** Adapters are looked for once in a process's life: it takes a third of a second, and every question needs its model. */
async function defaultByAdapter(cacheDir: string, wanted: string | undefined): Promise<string> {
  const key = JSON.stringify([cacheDir, wanted]);
  const found = defaults.get(key) ?? findAdapter(cacheDir, wanted).then(defaultModel);
  defaults.set(key, found);
  try {
    return await found;
  } catch (error) {
    defaults.delete(key); // what is wrong with a driver may be mended
    throw error;
  }
}

/** What computes here as things stand. */
export async function findAdapter(cacheDir: string, wanted: string | undefined): Promise<AdapterInfo | undefined> {
  return pickAdapter(wanted === CPU ? [] : await listAdapters(cacheDir), wanted);
}

/** What plans are made for: the processors where nothing else was found, else the adapter that is named. */
export async function plannedAdapter({ cacheDir, adapter }: Settings): Promise<string | undefined> {
  const found = await findAdapter(cacheDir, adapter);
  return found && isCpu(found) ? CPU : adapter;
}

/** Whether WebGPU has to have an adapter for it: a GPU is taken where there is one, and never waited for. */
export function needsAdapter(wanted: string | undefined): boolean {
  return wanted !== undefined && wanted !== CPU;
}

/** @param wanted as QWENLAB_ADAPTER: cpu | gpu | software | part of a name; undefined: a GPU, or the processors */
export function pickAdapter(adapters: readonly AdapterInfo[], wanted: string | undefined): AdapterInfo | undefined {
  if (wanted === CPU) return describeCpu();
  if (wanted === undefined) return adapters.find(({ isSoftware }) => !isSoftware) ?? describeCpu();
  if (wanted === "gpu" || wanted === "software") {
    return adapters.find(({ isSoftware }) => isSoftware === (wanted === "software"));
  }
  return adapters.find(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()));
}

/** Whether a model can be fetched by this name. @throws EngineError for a hub's name that is none */
export function isPullable(name: string): boolean {
  const isListed = [...MODELS, ...REPOSITORY_MODELS].some((model) => model.name === name.toLowerCase());
  return isListed || parseHubName(name) !== undefined;
}

/** The path of a model's file, fetched if it is not here and can be. @throws EngineError */
export async function ensureModel(nameOrPath: string, { cacheDir, report, signal }: ModelOptions): Promise<string> {
  if (!isPullable(nameOrPath)) return modelFile(nameOrPath, { cacheDir });
  return pullModel(nameOrPath, { cacheDir, onProgress: pullReport(report), ...(signal && { signal }) });
}

/** Draws a download, naming each source once. */
export function pullReport(report: Report): (progress: PullProgress) => void {
  let source = "";
  return (progress) => {
    if (progress.source !== source) {
      source = progress.source;
      report.line(`  fetching ${megabytes(progress.total)} from ${source}`);
    }
    report.progress(progress.stage, progress.done, progress.total);
  };
}
