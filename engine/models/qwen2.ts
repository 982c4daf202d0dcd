// Qwen1.5, Qwen2, Qwen2.5 (dense): https://github.com/huggingface/transformers, models/qwen2/modeling_qwen2.py
// Tensor names are GGUF's: https://github.com/ggml-org/llama.cpp, gguf-py/gguf/constants.py
import type { Device } from "../device.ts";
import { EngineError } from "../errors.ts";
import { type Activations, compileActivations, createActivations } from "../kernels/activations.ts";
import {
  type Attention,
  attentionVariant,
  createAttention,
  keyValueBytes,
  WHOLE_CONTEXT,
} from "../kernels/attention.ts";
import { BLOCK_TOKENS, createKeyValues, type KeyValues } from "../kernels/key-values.ts";
import type { Linears, LinearWeight } from "../kernels/linear.ts";
import { BLOCK } from "../kernels/linear-formats.ts";
import { compileRmsNorm } from "../kernels/rms-norm.ts";
import { ropeRotations } from "../kernels/rope.ts";
import type { Operation } from "../shader.ts";
import type { GgufFile } from "../weights/gguf.ts";
import type { ModelConfig } from "./config.ts";
import { type Decoder, type DecoderInput, HEAD_ROWS } from "./decoder.ts";
import { createDeviceBuffers, type DeviceBuffers } from "./device-buffers.ts";
import { linearSource, readF32 } from "./tensors.ts";

export interface DecoderOptions {
  readonly contextLength: number; // tokens
  readonly maxTokens: number; // of a step; a multiple of TOKEN_TILE
  readonly kvBlocks: number; // of BLOCK_TOKENS tokens, shared by all sequences
  readonly numTables: number; // block tables, one a sequence
  readonly onBytes: (bytes: number) => void; // of weights read
}

interface Kernels {
  readonly linear: Linears["compile"];
  readonly residual: Linears["compileResidual"];
  readonly gated: Linears["compileGated"];
  readonly attention: Attention["compile"];
}

interface LayerWeights {
  readonly inputLayernorm: GPUBuffer; // f32 [hiddenSize]
  readonly qkvProj: LinearWeight; // [(numHeads + 2 * numKeyValueHeads) * headDim, hiddenSize]
  readonly qkvBias: GPUBuffer; // f32 [(numHeads + 2 * numKeyValueHeads) * headDim]
  readonly oProj: LinearWeight; // [hiddenSize, numHeads * headDim]
  readonly postAttentionLayernorm: GPUBuffer; // f32 [hiddenSize]
  readonly gateUpProj: LinearWeight; // [2 * intermediateSize, hiddenSize], gate and up in turn
  readonly downProj: LinearWeight; // [hiddenSize, intermediateSize]
}

interface Weights {
  readonly embedTokens: LinearWeight; // [vocabSize, hiddenSize]
  readonly layers: readonly LayerWeights[];
  readonly norm: GPUBuffer; // f32 [hiddenSize]
  readonly lmHead: LinearWeight; // [vocabSize, hiddenSize]; the embedding itself where they are tied
}

interface LayerCache {
  readonly keys: KeyValues; // f32 [kvBlocks, BLOCK_TOKENS, numKeyValueHeads, headDim]
  readonly values: KeyValues; // likewise
}

interface Buffers {
  readonly hidden: GPUBuffer; // f32 [maxTokens, hiddenSize], the residual stream, updated in place
  readonly attentionInput: Activations; // normed [maxTokens, hiddenSize]; after the last layer, the output head's
  readonly qkv: GPUBuffer; // f32 [maxTokens, numHeads + 2 * numKeyValueHeads, headDim]
  readonly attended: Activations; // [maxTokens, numHeads * headDim]
  readonly mlpInput: Activations; // normed [maxTokens, hiddenSize]
  readonly gated: Activations; // [maxTokens, intermediateSize]
  readonly headRows: GPUBuffer; // f32 [HEAD_ROWS, hiddenSize], rows of `hidden`
  readonly headInput: Activations; // normed [HEAD_ROWS, hiddenSize]
  readonly normed: Activations; // f32 [HEAD_ROWS, hiddenSize]
  readonly logits: GPUBuffer; // f32 [HEAD_ROWS, vocabSize]
  readonly rotations: GPUBuffer; // f32 [contextLength, headDim / 2, 2]
  readonly places: GPUBuffer; // u32 [maxTokens, 2]
  readonly blockTables: GPUBuffer; // u32 [numTables, ceil(contextLength / BLOCK_TOKENS)]
}

/**
 * One pre-norm decoder layer: hidden += Attention(RMSNorm(hidden)); hidden += MLP(RMSNorm(hidden)). Who adds to `hidden` begins
 * the norm of what follows, the last one that of the next layer.
 */
function qwen2Layer(
  k: Kernels,
  w: LayerWeights,
  nextNorm: GPUBuffer,
  a: Buffers,
  cache: LayerCache,
): Promise<Operation[]> {
  const { hidden } = a;
  return Promise.all([
    k.linear(w.qkvProj, { x: a.attentionInput, bias: w.qkvBias, y: a.qkv }), // Qwen2: bias on q, k, v only
    k.attention({ ...a, ...cache }), // RoPE of q and k, fills the cache; causal, grouped-query
    k.residual(w.oProj, { x: a.attended, hidden, normWeight: w.postAttentionLayernorm, next: a.mlpInput }),

    k.gated(w.gateUpProj, { x: a.mlpInput, y: a.gated }), // silu(gate) * up
    k.residual(w.downProj, { x: a.gated, hidden, normWeight: nextNorm, next: a.attentionInput }),
  ]);
}

/**
 * Uploads the weights, compiles the kernels and records every step.
 *
 * @throws EngineError `bad-model-file` for a missing or misshapen tensor, `unsupported-model` for a tensor's type or a head's size
 */
export async function loadQwen2(
  gguf: GgufFile,
  config: ModelConfig,
  { device, info }: Device,
  linears: Linears,
  options: DecoderOptions,
): Promise<Decoder> {
  const { contextLength, maxTokens, kvBlocks } = options;
  if (config.headDim % BLOCK !== 0) {
    const message = `${gguf.path}: attention heads of ${config.headDim} values; kernels take multiples of ${BLOCK}.`;
    throw new EngineError("unsupported-model", message);
  }
  const tableLength = Math.ceil(contextLength / BLOCK_TOKENS);
  const buffers = createDeviceBuffers(device);
  const w = await loadWeights(gguf, config, linears, buffers, options.onBytes);
  const heads = { ...config, numHeads: config.numAttentionHeads };
  const attention = createAttention(device, heads, attentionVariant(device, info.isSoftware, heads, kvBlocks));
  const k = createKernels(attention, linears);
  const tokenIds = buffers.create("token ids", maxTokens);
  const a = createBuffers(device, config, w, linears, buffers, options);

  const compiling: Promise<Operation[]>[] = []; // side by side
  const keyValues: KeyValues[] = [];
  for (const [i, layerWeights] of w.layers.entries()) {
    const create = (label: string) =>
      createKeyValues(
        device,
        attention.variant === "rows" ? "texture" : "buffer",
        label,
        kvBlocks,
        keyValueBytes(heads),
      );
    const cache = { keys: create("keys"), values: create("values") };
    keyValues.push(cache.keys, cache.values);
    compiling.push(qwen2Layer(k, layerWeights, w.layers[i + 1]?.inputLayernorm ?? w.norm, a, cache));
  }
  const first = { tokenIds, hidden: a.hidden, normWeight: w.layers[0]!.inputLayernorm, next: a.attentionInput };
  const [embedding, headRows, lmHead, lmHeadOfOne, norm, ...ofLayers] = await Promise.all([
    linears.compileEmbedding(w.embedTokens, first),
    compileActivations(device, a.headRows, a.headInput, w.norm),
    linears.compile(w.lmHead, { x: a.headInput, y: a.logits }),
    linears.compile(w.lmHead, { x: a.attentionInput, y: a.logits, maxTokens: 1 }),
    compileRmsNorm(device, config.rmsNormEps, { x: a.headRows, weight: w.norm, y: a.normed }),
    ...compiling,
  ]);
  const layers = ofLayers.flat();

  const input: DecoderInput = { tokenIds, places: a.places, blockTables: a.blockTables, tableLength };
  const dispatches = (operations: readonly Operation[], numTokens: number, contextLength?: number) =>
    operations.flatMap((operation) => operation(numTokens, contextLength));
  const ofOne = [embedding, ...layers, lmHeadOfOne];
  const next = { short: dispatches(ofOne, 1, WHOLE_CONTEXT), long: dispatches(ofOne, 1) };
  return {
    hidden: a.hidden,
    headRows: a.headRows,
    normed: a.normed.f32!.values,
    logits: a.logits,
    contextLength,
    maxTokens,
    input,
    keyValues,
    byteLength:
      buffers.byteLength() + linears.scratchBytes() + bytesOf([a.normed, attention, ...keyValues, ...matrices(w)]),
    forward: (numTokens, contextLength) => dispatches([embedding, ...layers], numTokens, contextLength),
    head: (numRows) => dispatches([headRows, lmHead], numRows),
    norm: (numRows) => dispatches([norm], numRows),
    next: (contextLength) => (contextLength <= WHOLE_CONTEXT ? next.short : next.long),
    destroy() {
      buffers.destroy();
      for (const one of [a.normed, attention, ...keyValues, ...matrices(w)]) one.destroy();
    },
  };
}

async function loadWeights(
  gguf: GgufFile,
  config: ModelConfig,
  linears: Linears,
  buffers: DeviceBuffers,
  onBytes: (bytes: number) => void,
): Promise<Weights> {
  const { vocabSize, hiddenSize, intermediateSize, headDim } = config;
  const qSize = config.numAttentionHeads * headDim;
  const kvSize = config.numKeyValueHeads * headDim;

  const vector = async (name: string, size: number) => buffers.upload(name, await readF32(gguf, name, size));
  const matrix = (name: string, columns: number, rows: number) => linearSource(gguf, name, [columns, rows], onBytes);

  const loadLayer = async (layer: number): Promise<LayerWeights> => {
    const name = (part: string) => `blk.${layer}.${part}`;
    const qkvBias = [
      ...(await readF32(gguf, name("attn_q.bias"), qSize)),
      ...(await readF32(gguf, name("attn_k.bias"), kvSize)),
      ...(await readF32(gguf, name("attn_v.bias"), kvSize)),
    ];
    return {
      inputLayernorm: await vector(name("attn_norm.weight"), hiddenSize),
      qkvProj: await linears.upload([
        matrix(name("attn_q.weight"), hiddenSize, qSize),
        matrix(name("attn_k.weight"), hiddenSize, kvSize),
        matrix(name("attn_v.weight"), hiddenSize, kvSize),
      ]),
      qkvBias: buffers.upload(name("attn_qkv.bias"), Float32Array.from(qkvBias)),
      oProj: await linears.upload([matrix(name("attn_output.weight"), qSize, hiddenSize)]),
      postAttentionLayernorm: await vector(name("ffn_norm.weight"), hiddenSize),
      gateUpProj: await linears.upload(
        [
          matrix(name("ffn_gate.weight"), hiddenSize, intermediateSize),
          matrix(name("ffn_up.weight"), hiddenSize, intermediateSize),
        ],
        { inTurn: true },
      ),
      downProj: await linears.upload([matrix(name("ffn_down.weight"), intermediateSize, hiddenSize)]),
    };
  };

  const embedTokens = await linears.upload([matrix("token_embd.weight", hiddenSize, vocabSize)]);
  const layers: LayerWeights[] = [];
  for (let layer = 0; layer < config.numHiddenLayers; layer++) layers.push(await loadLayer(layer));
  const norm = await vector("output_norm.weight", hiddenSize);
  const lmHead = config.tieWordEmbeddings
    ? embedTokens
    : await linears.upload([matrix("output.weight", hiddenSize, vocabSize)]);
  linears.finishUploads();
  return { embedTokens, layers, norm, lmHead };
}

function createKernels({ compile: attention }: Attention, linears: Linears): Kernels {
  return { linear: linears.compile, residual: linears.compileResidual, gated: linears.compileGated, attention };
}

/** Layers share them: each is read before the next layer writes it. */
function createBuffers(
  device: GPUDevice,
  config: ModelConfig,
  { layers, lmHead }: Weights,
  linears: Linears,
  buffers: DeviceBuffers,
  { contextLength, maxTokens, numTables }: DecoderOptions,
): Buffers {
  const { vocabSize, hiddenSize, numAttentionHeads, numKeyValueHeads, headDim, rmsNormEps: normEps } = config;
  const normed = { label: "normed", columns: hiddenSize, maxTokens: HEAD_ROWS, f32: true, int8: undefined };
  const weights = (name: "qkvProj" | "oProj" | "gateUpProj" | "downProj") => layers.map((layer) => layer[name]);
  return {
    hidden: buffers.create("hidden", maxTokens, hiddenSize),
    attentionInput: linears.createActivations("attention input", [...weights("qkvProj"), lmHead], { normEps }),
    qkv: buffers.create("qkv", maxTokens, numAttentionHeads + 2 * numKeyValueHeads, headDim),
    attended: linears.createActivations("attended", weights("oProj")),
    mlpInput: linears.createActivations("mlp input", weights("gateUpProj"), { normEps }),
    gated: linears.createActivations("gated", weights("downProj")),
    headRows: buffers.create("head rows", HEAD_ROWS, hiddenSize),
    headInput: linears.createActivations("head input", [lmHead], { maxTokens: HEAD_ROWS, normEps }),
    normed: createActivations(device, normed),
    logits: buffers.create("logits", HEAD_ROWS, vocabSize),
    rotations: buffers.upload("rotations", ropeRotations(contextLength, headDim, config.ropeTheta)),
    places: buffers.create("places", maxTokens, 2),
    blockTables: buffers.create("block tables", numTables, Math.ceil(contextLength / BLOCK_TOKENS)),
  };
}

function matrices({ embedTokens, layers, lmHead }: Weights): Set<LinearWeight> {
  const ofLayers = layers.flatMap((layer) => [layer.qkvProj, layer.oProj, layer.gateUpProj, layer.downProj]);
  return new Set([embedTokens, ...ofLayers, lmHead]);
}

function bytesOf(planes: Iterable<{ readonly byteLength: number }>): number {
  return [...planes].reduce((sum, { byteLength }) => sum + byteLength, 0);
}
