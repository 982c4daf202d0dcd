import { type AdapterInfo, CPU, isCpu, listModels, modelFile } from "../../engine/client.ts";
import type { Settings } from "../settings/settings.ts";
import { defaultModel, ensureModel, findAdapter, needsAdapter, pickAdapter } from "./model.ts";
import { ensureJupyter, findJupyter, type Jupyter, missingWidgets } from "./python.ts";
import { megabytes, type Report } from "./report.ts";
import { ensureAdapter, listAdapters } from "./vulkan-driver.ts";

export interface SetUp {
  readonly jupyter: Jupyter;
}

export interface SetUpOptions {
  readonly report: Report;
  readonly signal?: AbortSignal;
}

/** What has to be fetched before notebooks can run, a line each; empty: nothing. */
export async function missingParts(settings: Settings): Promise<string[]> {
  const missing: string[] = [];
  let adapter: AdapterInfo | undefined;
  if (settings.baseUrl === undefined) {
    const adapters = settings.adapter === CPU ? [] : await listAdapters(settings.cacheDir);
    adapter = pickAdapter(adapters, settings.adapter);
    if (adapters.length === 0 && needsAdapter(settings.adapter))
      missing.push("a software driver for WebGPU, at most 60 MB");
  }
  const jupyter = await findJupyter(settings.cacheDir);
  if (!jupyter) missing.push("JupyterLab in a Python environment of its own, 200 MB");
  else if (jupyter.prefix && (await missingWidgets(jupyter)).length > 0)
    missing.push("what shows widgets in JupyterLab, at most 20 MB");
  if (settings.baseUrl === undefined) {
    const name = settings.model ?? defaultModel(adapter);
    const entry = (await listModels(settings)).find(({ model }) => model.name === name.toLowerCase());
    if (entry && !entry.isInstalled) {
      const rest = entry.model.bytes - entry.partialBytes;
      missing.push(`the model ${entry.model.title} (${entry.model.licence}), ${megabytes(rest)}`);
    }
  }
  return missing;
}

/** Adapter, JupyterLab, model, in this order (the model's mirror needs pip); says what there is and what it does. */
export async function setUp(settings: Settings, { report, signal }: SetUpOptions): Promise<SetUp> {
  const { cacheDir, baseUrl } = settings;
  const options = { cacheDir, report, ...(signal && { signal }) };
  let adapter: AdapterInfo | undefined;
  if (baseUrl === undefined) {
    if (needsAdapter(settings.adapter)) await ensureAdapter(options);
    adapter = await findAdapter(cacheDir, settings.adapter);
    report.line(`Adapter     ${adapter ? describeAdapter(adapter) : `none is called ${settings.adapter}`}`);
  }
  const jupyter = await ensureJupyter(options);
  report.line(`JupyterLab  ${jupyter.version}${jupyter.prefix ? ` in ${jupyter.prefix}` : ", your own"}`);
  if (baseUrl === undefined) {
    const name = settings.model ?? defaultModel(adapter);
    await ensureModel(name, options);
    report.line(`Model       ${name}, ${await modelFile(name, { cacheDir })}`);
    if (adapter?.isSoftware && name === defaultModel(adapter)) {
      report.line(
        "            (the smallest: it computes on the CPU, and makes mistakes in analysis that larger ones do not)",
      );
    }
  } else {
    report.line(`Model       ${settings.model ?? "the server's first"} at ${new URL(baseUrl).origin}`);
  }
  return { jupyter };
}

export function describeAdapter(adapter: AdapterInfo): string {
  const { name, isSoftware } = adapter;
  return isSoftware && !isCpu(adapter) ? `${name} (software, on the CPU)` : name;
}
