import { basename } from "node:path";
import { performance } from "node:perf_hooks";
import { chatTemplateOf } from "./chat/first-generation.ts";
import { EngineError } from "./errors.ts";
import { freeMemory } from "./free-memory.ts";
import { Batcher, MAX_SEQUENCES } from "./generation/batcher.ts";
import { BlockPool } from "./generation/block-pool.ts";
import { defaultSampling } from "./generation/default-sampling.ts";
import { generate } from "./generation/generate.ts";
import { openPrefixFiles } from "./generation/prefix-files.ts";
import { embed, score } from "./generation/score.ts";
import { StablePrefixes } from "./generation/stable-prefixes.ts";
import { checkLora } from "./graph/loras.ts";
import { type Plan, planOf } from "./graph/plan.ts";
import type { LanguageModel, OpenLanguageModelOptions, Precision } from "./language-model.ts";
import { planMemory } from "./memory-plan.ts";
import { describeModel } from "./models/architectures.ts";
import { openTarget } from "./open-target.ts";
import type { Target } from "./target.ts";
import { isInMask } from "./token-mask.ts";
import { openTokenizer } from "./tokenizer/open-tokenizer.ts";
import type { Tokenizer } from "./tokenizer/tokenizer.ts";
import { VERSION } from "./version.ts";
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
    const { totalBytes } = await planMemory(gguf, { contextLength, precision, target, loras });
    checkMemory(path, target, contextLength, totalBytes);
    let uploaded = 0;
    const onBytes = (bytes: number) => {
      signal?.throwIfAborted();
      uploaded += bytes;
      onProgress({ stage: "uploading", done: uploaded, total: gguf.fileBytes });
    };
    const text = once(() => {
      const tokenizer = openTokenizer(gguf);
      return { tokenizer, allowed: allowedTokens(tokenizer, config.vocabSize) };
    });
    const sizes = { contextLength, numTables: MAX_SEQUENCES, allowed: () => text().allowed, loras, onBytes };
    const loaded = await target.load(plan, gguf, config, sizes);
    const { tokenizer, allowed } = text();
    onProgress({ stage: "ready", done: 1, total: 1 });

    const { runner } = loaded;
    const pool = new BlockPool(loaded.states);
    const batcher = new Batcher(runner, pool);
    const identity = [VERSION, path, gguf.fileBytes, gguf.modifiedMs, ...target.identity];
    const files = options.prefixFolder === undefined ? undefined : openPrefixFiles(options.prefixFolder, identity);
    const context = {
      batcher,
      prefixes: new StablePrefixes(pool, files),
      stepsInFlight: runner.stepsInFlight,
      contextLength,
      stopTokens: tokenizer.stopTokens,
      sampling: defaultSampling(gguf),
      loras: loras.map(({ name, identity }) => ({ name, identity })),
      isAllowed: (token: number) => isInMask(allowed, token),
    };
    return {
      info: {
        path,
        name: nameOf(gguf),
        fileBytes: gguf.fileBytes,
        adapter: target.name,
        precision,
        kernels: target.variant,
        contextLength,
        loras: loras.map(({ name }) => name),
        loadSeconds: (performance.now() - started) / 1000,
        deviceBytes: loaded.byteLength,
        dispatchesPerToken: runner.dispatchesPerToken,
      },
      config,
      tokenizer,
      chatTemplate: chatTemplateOf(gguf.metadata),
      async *generate(promptTokens, request) {
        checkTokens(promptTokens, config.vocabSize);
        return yield* generate(context, promptTokens, request);
      },
      async *score(tokens, request = {}) {
        checkTokens(tokens, config.vocabSize);
        yield* score(context, tokens, request);
      },
      async embed(tokens, request = {}) {
        checkTokens(tokens, config.vocabSize);
        return await embed(context, tokens, request);
      },
      measureCopyBandwidth: () => target.measureCopyBandwidth(),
      measureInt8Peak: () => target.measureInt8Peak(),
      async profile({ numTokens, position }) {
        if (numTokens > target.maxTokens || position + numTokens > contextLength) {
          const room = `a step has up to ${target.maxTokens}, the context ${contextLength}`;
          throw new EngineError("bad-request", `a profile of ${numTokens} tokens after ${position}; ${room}`);
        }
        return await batcher.profile(numTokens, position);
      },
      async [Symbol.asyncDispose]() {
        await batcher.close(); // what runs comes to its end first
        loaded.destroy();
        target.dispose();
      },
    };
  } catch (error) {
    target.dispose();
    throw error;
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
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

function checkTokens(tokens: readonly number[], vocabSize: number): void {
  if (tokens.length === 0) throw new EngineError("bad-request", "the prompt is empty");
  const wrong = tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= vocabSize);
  if (wrong !== undefined) throw new EngineError("bad-request", `token ${wrong}; this model has 0 to ${vocabSize - 1}`);
}

/** Rows past the vocabulary and unused ids are padding: nothing was trained there, and they name no text. */
function isAllowed(tokenizer: Tokenizer, token: number): boolean {
  return token < tokenizer.vocabSize && (tokenizer.isSpecial(token) || tokenizer.encodedText(token) !== "");
}

/** A bit a token. u32 [ceil(vocabSize / 32)] */
function allowedTokens(tokenizer: Tokenizer, vocabSize: number): Uint32Array<ArrayBuffer> {
  const bits = new Uint32Array(Math.ceil(vocabSize / 32));
  for (let token = 0; token < vocabSize; token++) {
    if (isAllowed(tokenizer, token)) bits[token >> 5]! |= 1 << (token & 31);
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
