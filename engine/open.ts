import { basename } from "node:path";
import { performance } from "node:perf_hooks";
import { chatTemplateOf } from "./chat/first-generation.ts";
import { EngineError } from "./errors.ts";
import { freeMemory } from "./free-memory.ts";
import { MAX_SEQUENCES } from "./generation/batcher.ts";
import { defaultSampling } from "./generation/default-sampling.ts";
import { checkLora } from "./graph/loras.ts";
import { type Plan, planOf } from "./graph/plan.ts";
import type { LanguageModel, OpenLanguageModelOptions, Precision } from "./language-model.ts";
import { languageModel } from "./loaded-language-model.ts";
import { memoryOf } from "./memory-plan.ts";
import { describeModel } from "./models/architectures.ts";
import { once } from "./once.ts";
import { openTarget } from "./open-target.ts";
import type { Target } from "./target.ts";
import { openTokenizer } from "./tokenizer/open-tokenizer.ts";
import type { Tokenizer } from "./tokenizer/tokenizer.ts";
import { MODELS } from "./weights/catalogue.ts";
import { type Lora, type LoraSpec, openLora } from "./weights/lora-file.ts";
import { modelConfig } from "./weights/model-config.ts";
import { type ModelFile, openModelFile } from "./weights/model-file.ts";

const DEFAULT_CONTEXT_LENGTH = 8192; // tokens
const MAX_NAME = 200; // characters; a file's general.name may be megabytes, and begin with a terminal's commands
const DEFAULT_PRECISION: Precision = "fast"; // on every adapter measured so far

/**
 * Opens a model file on an adapter: reads its header, plans the memory, uploads the weights and compiles the kernels.
 *
 * @throws EngineError `model-not-found`, `bad-model-file`, `unsupported-model`, `no-adapter`, `out-of-memory`
 */
export async function openLanguageModel(options: OpenLanguageModelOptions): Promise<LanguageModel> {
  const started = performance.now();
  const { path, precision = DEFAULT_PRECISION, onProgress = () => {}, signal } = options;
  await using gguf = await openModelFile(path);
  onProgress({ stage: "reading", done: gguf.fileBytes, total: gguf.fileBytes });
  const config = modelConfig(gguf);
  const plan = planOf(describeModel(gguf, config), { path });
  const loras = await openLoras(options.loras ?? [], plan, config.modelType);
  const contextLength = chooseContext(options.contextLength, config.maxPositionEmbeddings);

  const { adapter, kernels, tuningFolder, memoryBytes } = options;
  const target = await openTarget({ adapter, kernels, precision, tuningFolder, memoryBytes });
  try {
    const { totalBytes } = await memoryOf(plan, gguf, config, { contextLength, target, loras });
    checkMemory(path, target, contextLength, totalBytes);
    let uploaded = 0;
    const onBytes = (bytes: number) => {
      signal?.throwIfAborted();
      uploaded += bytes;
      onProgress({ stage: "loading", done: uploaded, total: gguf.fileBytes });
    };
    const text = once(() => {
      const tokenizer = openTokenizer(gguf);
      return { tokenizer, allowed: allowedTokens(tokenizer, config.vocabSize) };
    });
    const sizes = { contextLength, numTables: MAX_SEQUENCES, allowed: () => text().allowed, loras, onBytes };
    const loaded = await target.load(plan, gguf, config, sizes);
    onProgress({ stage: "ready", done: 1, total: 1 });
    return languageModel({
      ...text(),
      target,
      loaded,
      config,
      contextLength,
      loras,
      file: {
        path,
        name: nameOf(gguf),
        fileBytes: gguf.fileBytes,
        modifiedMs: gguf.modifiedMs,
        chatTemplate: chatTemplateOf(gguf.metadata),
        sampling: defaultSampling(gguf),
      },
      prefixFolder: options.prefixFolder,
      loadSeconds: (performance.now() - started) / 1000,
    });
  } catch (error) {
    target.dispose();
    throw error;
  }
}

/** @throws EngineError as `openLora` and `checkLora`, `bad-request` for two of one name */
async function openLoras(specs: readonly LoraSpec[], plan: Plan, architecture: string): Promise<Lora[]> {
  const loras: Lora[] = [];
  for (const spec of specs) {
    const lora = await openLora(spec);
    checkLora(lora, plan, architecture);
    const twin = loras.find(({ name }) => name === lora.name);
    if (twin)
      throw new EngineError("bad-request", `${twin.path} and ${lora.path} have one name, ${lora.name}; rename one`);
    loras.push(lora);
  }
  return loras;
}

function chooseContext(wanted: number | undefined, most: number): number {
  if (wanted === undefined) return Math.min(most, DEFAULT_CONTEXT_LENGTH);
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= most) return wanted;
  throw new EngineError("bad-request", `a context of ${wanted} tokens; this model has 1 to ${most}`);
}

/** The machine's own memory can be asked; a GPU's cannot, in WebGPU. */
function checkMemory(path: string, { isInMemory }: Target, contextLength: number, needed: number): void {
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  const needs = `${path} with a context of ${contextLength} tokens needs ${gigabytes(needed)}`;
  const free = freeMemory();
  if (!isInMemory || needed <= free) return;
  const wayOut = "close something, take a smaller model, or a shorter context";
  throw new EngineError("out-of-memory", `${needs} and ${gigabytes(free)} are free: ${wayOut}.`);
}

/** A bit a token; the embedding's other rows are padding. u32 [ceil(vocabSize / 32)] */
function allowedTokens(tokenizer: Tokenizer, vocabSize: number): Uint32Array<ArrayBuffer> {
  const bits = new Uint32Array(Math.ceil(vocabSize / 32));
  for (let token = 0; token < vocabSize; token++) {
    if (tokenizer.isToken(token)) bits[token >> 5]! |= 1 << (token & 31);
  }
  return bits;
}

/** The catalogue's title for its own files: general.name of some is another model's. It goes to terminals and answers. */
function nameOf({ path, fileBytes, metadata }: ModelFile): string {
  const known = MODELS.find(({ fileName, bytes }) => fileName === basename(path) && bytes === fileBytes);
  const name = known?.title ?? metadata.get("general.name") ?? basename(path, ".gguf");
  return String(name)
    .slice(0, MAX_NAME)
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
}
