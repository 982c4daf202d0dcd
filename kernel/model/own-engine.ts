import { type ConnectEngineOptions, CPU, startEngine } from "../../engine/client.ts";
import { readSettings, type Settings, type SettingsFrom } from "../settings/settings.ts";
import { chooseModel } from "../setup/model.ts";

/** The engine that a model's questions are asked of, as the user's settings have it. */
export function engineOptions(
  model: string,
  { cacheDir, precision, context, adapter, idleMinutes }: Settings,
): ConnectEngineOptions {
  return {
    model,
    cacheDir,
    idleMinutes,
    ...(precision !== undefined && { precision }),
    ...(context !== undefined && { contextLength: context }),
    ...(adapter !== undefined && { adapter }),
  };
}

/**
 * Starts the engine of the model that the settings name, if its file is on this machine, for a question that is about to
 * be asked. What goes wrong is told by that question, which asks for the same engine. Resolves when there is nothing left
 * to do for it, or when adapters are looked for.
 */
export async function startForQuestion(from: SettingsFrom): Promise<void> {
  try {
    const settings = readSettings({ ...from, tell: () => {} });
    if (settings.baseUrl !== undefined) return;
    const started = chooseModel(settings).then((model) => startEngine(engineOptions(model, settings)));
    started.catch(() => {});
    if (settings.model !== undefined || settings.adapter === CPU) await started;
  } catch {}
}
