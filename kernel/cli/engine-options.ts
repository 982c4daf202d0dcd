// What the commands that load a model share: which model, and which precision.
import { join } from "node:path";
import {
  type LanguageModel,
  type LoadProgress,
  type LoraSpec,
  modelFile,
  openLanguageModel,
} from "../../engine/index.ts";
import { readLora } from "../model/lora-option.ts";
import type { Settings } from "../settings/settings.ts";
import { terminalReport } from "../setup/report.ts";
import { choice } from "./command.ts";
import { commandSettings } from "./command-settings.ts";

export const PRECISION = { precision: { type: "string" } } as const;
/** Adapters beside the model. */
export const LORA = { lora: { type: "string", multiple: true } } as const;

export function readLoras(options: readonly string[] = []): readonly LoraSpec[] {
  return options.map((option) => readLora(option, process.cwd()));
}

/** Opens a catalogue name or a path on the device of this process. */
export async function openModel(
  nameOrPath: string,
  { precision, lora }: { readonly precision?: string; readonly lora?: readonly string[] },
  signal: AbortSignal,
): Promise<LanguageModel> {
  const settings = commandSettings();
  const chosen = readPrecision(precision, settings);
  const report = terminalReport();
  return openLanguageModel({
    path: await modelFile(nameOrPath, settings),
    tuningFolder: tuningFolder(settings),
    ...(chosen && { precision: chosen }),
    loras: readLoras(lora),
    ...(settings.context !== undefined && { contextLength: settings.context }),
    ...(settings.adapter !== undefined && { adapter: settings.adapter }),
    signal,
    onProgress: (progress) => showLoading(report, progress),
  });
}

export const tuningFolder = ({ cacheDir }: Settings): string => join(cacheDir, "tuning");

export function readPrecision(option: string | undefined, settings: Settings) {
  return option === undefined ? settings.precision : choice("precision", option, ["fast", "exact"]);
}

/** Only on a terminal: a script's log has no use for it. */
function showLoading(report: ReturnType<typeof terminalReport>, { stage, done, total }: LoadProgress): void {
  if (process.stderr.isTTY && stage === "loading") report.progress("loading", done, total);
}
