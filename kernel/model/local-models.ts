import { connectEngine, listModels, modelFile } from "../../engine/client.ts";
import type { CellOutput } from "../cells/cell.ts";
import type { Settings } from "../settings/settings.ts";
import { chooseModel, ensureModel, isPullable } from "../setup/model.ts";
import { megabytes, type Report } from "../setup/report.ts";
import type { ModelPlace } from "./models.ts";
import { engineOptions } from "./own-engine.ts";

/** The models of our engine: the catalogue's, and files. */
export function localModels(settings: Settings): ModelPlace {
  const { cacheDir } = settings;
  return {
    name: "this machine",
    defaultModel: () => chooseModel(settings),

    async list() {
      const models = await listModels({ cacheDir });
      return models.map(({ model: { name, bytes, licence }, isInstalled }) => ({
        name,
        note: `${megabytes(bytes)}, ${licence}${isInstalled ? "" : ", to be downloaded"}`,
      }));
    },

    async check(name) {
      if (!isPullable(name)) await modelFile(name, { cacheDir });
    },

    async connect(model, output, loras) {
      const { signal } = output;
      const report = cellReport(output);
      try {
        await ensureModel(model, { cacheDir, report, signal });
        const engine = await connectEngine({
          ...engineOptions(model, settings),
          loras,
          onProgress: ({ stage, done, total }) => report.progress(`${model}: ${stage}`, done, total),
          signal,
        });
        const entries = await listModels({ cacheDir });
        const sha256 = entries.find(({ model: { name } }) => name.toLowerCase() === model.toLowerCase())?.model.sha256;
        return {
          ...engine,
          ...(sha256 !== undefined && { sha256 }),
          isOurs: true,
          reconnect: () => this.connect(model, output, loras),
        };
      } finally {
        report.clear();
      }
    },
  };
}

/** One line in the cell that changes, and goes when the answer comes. */
function cellReport(output: CellOutput): Report & { clear(): void } {
  const displayId = `${output.cellId}-loading`;
  let shown: string | undefined;
  const show = (text: string) => {
    const data = { "text/plain": text };
    if (shown === undefined) output.display(data, { displayId });
    else if (shown !== text) output.updateDisplay(displayId, data);
    shown = text;
  };
  return {
    line: (text) => show(text.trim()),
    progress: (label, done, total) => show(`${label} ${total > 0 ? Math.floor((100 * done) / total) : 0} %`),
    clear() {
      if (shown !== undefined) output.clear(true);
    },
  };
}
