import {
  COMING_MODELS,
  listModels,
  type MemoryPlan,
  MODELS,
  modelFile,
  openModelFile,
  planMemory,
  pullModel,
  removeModel,
} from "../../engine/index.ts";
import type { Settings } from "../settings/settings.ts";
import { plannedAdapter, pullReport } from "../setup/model.ts";
import { megabytes, terminalReport } from "../setup/report.ts";
import { type Command, choice, integer, readArguments, UsageError } from "./command.ts";
import { commandSettings } from "./command-settings.ts";

const DEFAULT_CONTEXT = 8192; // tokens
const ACTIONS = ["list", "pull", "remove", "path", "plan"] as const;

export const models: Command = {
  name: "models",
  summary: "list, fetch, remove models; tell what one takes",
  usage: `usage: qwenlab models list [--json]
       qwenlab models pull NAME | hf:OWNER/REPO[/FILE] | ms:OWNER/REPO[/FILE]
       qwenlab models remove NAME
       qwenlab models path NAME
       qwenlab models plan NAME [--context N] [--precision fast|exact] [--json]

list     the catalogue and what else is here: licence, size, the memory that it takes with 8192 tokens, sha256
pull     fetches a model; goes on where an earlier try stopped; checks its sha256: ours, or where we know none the hub's.
         hf: and ms: bring any model of Hugging Face or ModelScope; without FILE its GGUF in Q4_K_M, or the only one there
         is, or where there is none the folder of safetensors (FILE config.json, where there are both).
         From then on the same name is the model's, also for %model and QWENLAB_MODEL
remove   deletes its file
path     prints where its file is
plan     bytes of weights, KV cache and activations with a context of N tokens (default ${DEFAULT_CONTEXT}), before
         anything is loaded: on the processors where there is no GPU, else as a software adapter takes them (on a GPU,
         weights take less); NAME may also be a path`,

  async run(argv) {
    const { values, positionals } = readArguments(
      argv,
      { json: { type: "boolean" }, context: { type: "string" }, precision: { type: "string" } },
      ["ACTION", "[NAME]"],
    );
    const [word = "", name] = positionals;
    const action = ACTIONS.find((candidate) => candidate === word);
    if (!action) throw new UsageError(`${JSON.stringify(word)} is none of ${ACTIONS.join(", ")}`);
    const settings = commandSettings();
    if (action === "list") return list(settings, values.json ?? false);
    if (name === undefined) throw new UsageError(`NAME is missing after ${action}`);
    switch (action) {
      case "pull":
        return pull(name, settings);
      case "remove":
        return remove(name, settings);
      case "path":
        return print(await modelFile(name, settings));
      case "plan":
        return plan(name, settings, values);
      default:
        return action satisfies never;
    }
  },
};

async function list(settings: Settings, asJson: boolean): Promise<number> {
  const entries = (await listModels(settings)).map(({ model, path, isInstalled, partialBytes }) => {
    const isOurs = MODELS.some(({ name }) => name === model.name);
    return { ...model, sha256From: isOurs ? "qwenlab" : "the hub", isInstalled, partialBytes, path };
  });
  if (asJson) return print(JSON.stringify({ models: entries, notYet: COMING_MODELS }, null, 2));
  for (const { name, title, licence, bytes, memoryBytes, sha256, sha256From, isInstalled, partialBytes } of entries) {
    const state = isInstalled ? "here" : partialBytes > 0 ? `${megabytes(partialBytes)} of it here` : "not here";
    const needs = memoryBytes === undefined ? "" : `takes about ${megabytes(memoryBytes)}; `;
    const hash = sha256 ? `sha256 ${sha256}, by ${sha256From}` : "sha256 by the hub, when it is fetched";
    print(`${name.padEnd(22)}${megabytes(bytes).padStart(8)}  ${state.padEnd(20)}${licence}  ${title}`);
    print(`  ${needs}${hash}`);
  }
  for (const { name, architecture, instead } of COMING_MODELS) {
    print(`${name.padEnd(30)}  not yet: its architecture, ${architecture}, does not run; take ${instead}`);
  }
  return 0;
}

async function pull(name: string, settings: Settings): Promise<number> {
  const stopping = new AbortController();
  process.once("SIGINT", () => stopping.abort()).once("SIGTERM", () => stopping.abort());
  const onProgress = pullReport(terminalReport());
  return print(await pullModel(name, { cacheDir: settings.cacheDir, onProgress, signal: stopping.signal }));
}

async function remove(name: string, settings: Settings): Promise<number> {
  const freed = await removeModel(name, settings);
  return print(freed > 0 ? `removed ${name}: ${megabytes(freed)}` : `${name} was not here`);
}

async function plan(
  name: string,
  settings: Settings,
  values: { readonly json?: boolean; readonly context?: string; readonly precision?: string },
): Promise<number> {
  const contextLength =
    values.context === undefined
      ? (settings.context ?? DEFAULT_CONTEXT)
      : integer("context", values.context, { min: 1, max: 1_048_576 });
  const precision = values.precision
    ? choice("precision", values.precision, ["fast", "exact"])
    : (settings.precision ?? "fast");
  await using gguf = await openModelFile(await modelFile(name, settings));
  const adapter = await plannedAdapter(settings);
  const memory: MemoryPlan = await planMemory(gguf, { contextLength, precision, adapter });
  if (values.json) return print(JSON.stringify({ model: name, contextLength, precision, ...memory }, null, 2));
  const line = (label: string, bytes: number) => print(`${label.padEnd(14)}${String(bytes).padStart(16)} bytes`);
  line("weights", memory.weightsBytes);
  line("KV cache", memory.kvCacheBytes);
  line("earlier prompts", memory.prefixBytes);
  line("activations", memory.activationBytes);
  return line("total", memory.totalBytes);
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
