import { EngineError } from "./errors.ts";
import { Batcher } from "./generation/batcher.ts";
import { BlockPool } from "./generation/block-pool.ts";
import { generate } from "./generation/generate.ts";
import { openPrefixFiles } from "./generation/prefix-files.ts";
import { embed, score } from "./generation/score.ts";
import { StablePrefixes } from "./generation/stable-prefixes.ts";
import type { LanguageModel, LanguageModelInfo, SamplingOptions } from "./language-model.ts";
import type { ModelConfig } from "./models/config.ts";
import type { LoadedModel, Target } from "./target.ts";
import { isInMask } from "./token-mask.ts";
import type { Tokenizer } from "./tokenizer/tokenizer.ts";
import { VERSION } from "./version.ts";
import type { Lora } from "./weights/lora-file.ts";

/** What is left of a model's file once it is loaded: its header, with the vocabulary, would take as much memory as the engine. */
interface Parts {
  readonly target: Target;
  readonly loaded: LoadedModel;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly allowed: Uint32Array; // tokens that may be chosen, a bit each
  readonly contextLength: number; // tokens
  readonly loras: readonly Pick<Lora, "name" | "identity">[];
  readonly file: Pick<LanguageModelInfo, "path" | "name" | "fileBytes"> & {
    readonly modifiedMs: number;
    readonly chatTemplate: string | undefined;
    readonly sampling: SamplingOptions;
  };
  readonly prefixFolder: string | undefined;
  readonly loadSeconds: number;
}

/** A loaded model's requests, side by side on one target. */
export function languageModel({
  target,
  loaded,
  config,
  tokenizer,
  allowed,
  contextLength,
  ...parts
}: Parts): LanguageModel {
  const { path, name, fileBytes, modifiedMs, chatTemplate, sampling } = parts.file;
  const { runner } = loaded;
  const pool = new BlockPool(loaded.states);
  const batcher = new Batcher(runner, pool);
  const identity = [VERSION, path, fileBytes, modifiedMs, ...target.identity];
  const files = parts.prefixFolder === undefined ? undefined : openPrefixFiles(parts.prefixFolder, identity);
  const context = {
    batcher,
    prefixes: new StablePrefixes(pool, files),
    stepsInFlight: runner.stepsInFlight,
    contextLength,
    stopTokens: tokenizer.stopTokens,
    sampling,
    loras: parts.loras.map(({ name, identity }) => ({ name, identity })),
    isAllowed: (token: number) => isInMask(allowed, token),
  };
  return {
    info: {
      path,
      name,
      fileBytes,
      adapter: target.name,
      precision: target.precision,
      kernels: target.variant,
      contextLength,
      loras: parts.loras.map(({ name }) => name),
      loadSeconds: parts.loadSeconds,
      deviceBytes: loaded.byteLength,
      dispatchesPerToken: runner.dispatchesPerToken,
    },
    config,
    tokenizer,
    chatTemplate,
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
}

function checkTokens(tokens: readonly number[], vocabSize: number): void {
  if (tokens.length === 0) throw new EngineError("bad-request", "the prompt is empty");
  const wrong = tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= vocabSize);
  if (wrong !== undefined) throw new EngineError("bad-request", `token ${wrong}; this model has 0 to ${vocabSize - 1}`);
}
