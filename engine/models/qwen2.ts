// Qwen1.5, Qwen2, Qwen2.5 (dense): https://github.com/huggingface/transformers, models/qwen2/modeling_qwen2.py
// Tensor names are GGUF's: https://github.com/ggml-org/llama.cpp, gguf-py/gguf/constants.py
import type { Device } from "../device.ts";
import { type Attention, attentionVariant, compileAttention } from "../kernels/attention.ts";
import type { Linears, LinearWeight } from "../kernels/linear.ts";
import { compileRmsNorm, type RmsNorm } from "../kernels/rms-norm.ts";
import { compileRope, type Rope, ropeRotations } from "../kernels/rope.ts";
import { compileSwiglu, type Swiglu } from "../kernels/swiglu.ts";
import type { Dispatch, Operation } from "../shader.ts";
import type { GgufFile } from "../weights/gguf.ts";
import type { ModelConfig } from "./config.ts";
import { type Decoder, type DecoderInput, HEAD_ROWS } from "./decoder.ts";
import { createDeviceBuffers, type DeviceBuffers } from "./device-buffers.ts";
import { linearSource, readF32 } from "./tensors.ts";

export interface DecoderOptions {
  readonly contextLength: number; // tokens
  readonly maxTokens: number; // a chunk of the prompt; a multiple of TOKEN_TILE
  readonly onBytes: (bytes: number) => void; // of weights read
}

interface Kernels {
  readonly rmsNorm: RmsNorm;
  readonly linear: Linears["compile"];
  readonly rope: Rope;
  readonly attention: Attention;
  readonly swiglu: Swiglu;
}

interface LayerWeights {
  readonly inputLayernorm: GPUBuffer; // f32 [hiddenSize]
  readonly qkvProj: LinearWeight; // [(numHeads + 2 * numKeyValueHeads) * headDim, hiddenSize]
  readonly qkvBias: GPUBuffer; // f32 [(numHeads + 2 * numKeyValueHeads) * headDim]
  readonly oProj: LinearWeight; // [hiddenSize, numHeads * headDim]
  readonly postAttentionLayernorm: GPUBuffer; // f32 [hiddenSize]
  readonly gateUpProj: LinearWeight; // [2 * intermediateSize, hiddenSize]
  readonly downProj: LinearWeight; // [hiddenSize, intermediateSize]
}

interface Weights {
  readonly embedTokens: LinearWeight; // [vocabSize, hiddenSize]
  readonly layers: readonly LayerWeights[];
  readonly norm: GPUBuffer; // f32 [hiddenSize]
  readonly lmHead: LinearWeight; // [vocabSize, hiddenSize]; the embedding itself where they are tied
}

interface LayerCache {
  readonly keys: GPUBuffer; // f32 [contextLength, numKeyValueHeads, headDim]
  readonly values: GPUBuffer; // likewise
}

interface Activations {
  readonly hidden: GPUBuffer; // f32 [maxTokens, hiddenSize], the residual stream, updated in place
  readonly normed: GPUBuffer; // f32 [maxTokens, hiddenSize]
  readonly qkv: GPUBuffer; // f32 [maxTokens, numHeads + 2 * numKeyValueHeads, headDim]
  readonly attended: GPUBuffer; // f32 [maxTokens, numHeads, headDim]
  readonly gateUp: GPUBuffer; // f32 [maxTokens, 2, intermediateSize]
  readonly gated: GPUBuffer; // f32 [maxTokens, intermediateSize]
  readonly headInput: GPUBuffer; // f32 [HEAD_ROWS, hiddenSize]
  readonly logits: GPUBuffer; // f32 [HEAD_ROWS, vocabSize]
  readonly rotations: GPUBuffer; // f32 [contextLength, headDim / 2, 2]
  readonly step: GPUBuffer; // u32 [2]
}

/** One pre-norm decoder layer: hidden += Attention(RMSNorm(hidden)); hidden += MLP(RMSNorm(hidden)). */
async function qwen2Layer(k: Kernels, w: LayerWeights, a: Activations, cache: LayerCache): Promise<Operation[]> {
  return [
    k.rmsNorm({ x: a.hidden, weight: w.inputLayernorm, y: a.normed }),
    await k.linear(w.qkvProj, { x: a.normed, bias: w.qkvBias, y: a.qkv }), // Qwen2: bias on q, k, v only
    k.rope({ ...a, ...cache }), // rotates q and k, fills the cache
    k.attention({ ...a, ...cache }), // causal, grouped-query
    await k.linear(w.oProj, { x: a.attended, y: a.hidden, accumulate: true }),

    k.rmsNorm({ x: a.hidden, weight: w.postAttentionLayernorm, y: a.normed }),
    await k.linear(w.gateUpProj, { x: a.normed, y: a.gateUp }),
    k.swiglu({ gateUp: a.gateUp, y: a.gated }), // silu(gate) * up
    await k.linear(w.downProj, { x: a.gated, y: a.hidden, accumulate: true }),
  ];
}

/**
 * Uploads the weights, compiles the kernels and records every step.
 *
 * @throws EngineError `bad-model-file` for a missing or misshapen tensor, `unsupported-model` for a tensor's type
 */
export async function loadQwen2(
  gguf: GgufFile,
  config: ModelConfig,
  { device, info }: Device,
  linears: Linears,
  options: DecoderOptions,
): Promise<Decoder> {
  const { contextLength, maxTokens } = options;
  const buffers = createDeviceBuffers(device);
  const w = await loadWeights(gguf, config, linears, buffers, options.onBytes);
  const k = await compileKernels(device, info.isSoftware, config, linears);
  const tokenIds = buffers.create("token ids", maxTokens);
  const a = createActivations(config, buffers, options);

  const layers: Operation[] = [];
  const keyValues: GPUBuffer[] = [];
  for (const layerWeights of w.layers) {
    const cache = createCache(config, contextLength, buffers);
    keyValues.push(cache.keys, cache.values);
    layers.push(...(await qwen2Layer(k, layerWeights, a, cache)));
  }
  const embedding = await linears.compileEmbedding(w.embedTokens, { tokenIds, y: a.hidden });
  const lmHead = await linears.compile(w.lmHead, { x: a.headInput, y: a.logits, maxTokens: HEAD_ROWS });
  const finalNorm = k.rmsNorm({ x: a.hidden, weight: w.norm, y: a.normed });
  const finalNormOfOne = k.rmsNorm({ x: a.hidden, weight: w.norm, y: a.headInput });

  const input: DecoderInput = { tokenIds, step: a.step };
  const dispatches = (operations: readonly Operation[], numTokens: number): readonly Dispatch[] =>
    operations.flatMap((operation) => operation(numTokens));
  return {
    ...a,
    contextLength,
    maxTokens,
    input,
    keyValues,
    keyValueBytes: config.numKeyValueHeads * config.headDim * Float32Array.BYTES_PER_ELEMENT,
    byteLength: buffers.byteLength() + linears.scratchBytes() + weightBytes(w),
    forward: (numTokens) => dispatches([embedding, ...layers, finalNorm], numTokens),
    head: (numRows) => dispatches([lmHead], numRows),
    next: dispatches([embedding, ...layers, finalNormOfOne, lmHead], 1),
    destroy() {
      buffers.destroy();
      for (const weight of matrices(w)) weight.destroy();
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
      gateUpProj: await linears.upload([
        matrix(name("ffn_gate.weight"), hiddenSize, intermediateSize),
        matrix(name("ffn_up.weight"), hiddenSize, intermediateSize),
      ]),
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

async function compileKernels(
  device: GPUDevice,
  isSoftware: boolean,
  config: ModelConfig,
  linears: Linears,
): Promise<Kernels> {
  const { hiddenSize, rmsNormEps, numAttentionHeads: numHeads, numKeyValueHeads, headDim } = config;
  const heads = { numHeads, numKeyValueHeads, headDim };
  return {
    rmsNorm: await compileRmsNorm(device, hiddenSize, rmsNormEps),
    linear: linears.compile,
    rope: await compileRope(device, heads),
    attention: await compileAttention(device, heads, attentionVariant(device, isSoftware, heads)),
    swiglu: await compileSwiglu(device, config.intermediateSize),
  };
}

function createActivations(
  config: ModelConfig,
  buffers: DeviceBuffers,
  { contextLength, maxTokens }: DecoderOptions,
): Activations {
  const { vocabSize, hiddenSize, intermediateSize, numAttentionHeads, numKeyValueHeads, headDim } = config;
  return {
    hidden: buffers.create("hidden", maxTokens, hiddenSize),
    normed: buffers.create("normed", maxTokens, hiddenSize),
    qkv: buffers.create("qkv", maxTokens, numAttentionHeads + 2 * numKeyValueHeads, headDim),
    attended: buffers.create("attended", maxTokens, numAttentionHeads, headDim),
    gateUp: buffers.create("gate and up", maxTokens, 2, intermediateSize),
    gated: buffers.create("gated", maxTokens, intermediateSize),
    headInput: buffers.create("head input", HEAD_ROWS, hiddenSize),
    logits: buffers.create("logits", HEAD_ROWS, vocabSize),
    rotations: buffers.upload("rotations", ropeRotations(contextLength, headDim, config.ropeTheta)),
    step: buffers.create("step", 2),
  };
}

function createCache(
  { numKeyValueHeads, headDim }: ModelConfig,
  contextLength: number,
  buffers: DeviceBuffers,
): LayerCache {
  return {
    keys: buffers.create("keys", contextLength, numKeyValueHeads, headDim),
    values: buffers.create("values", contextLength, numKeyValueHeads, headDim),
  };
}

function matrices({ embedTokens, layers, lmHead }: Weights): Set<LinearWeight> {
  const ofLayers = layers.flatMap((layer) => [layer.qkvProj, layer.oProj, layer.gateUpProj, layer.downProj]);
  return new Set([embedTokens, ...ofLayers, lmHead]);
}

function weightBytes(weights: Weights): number {
  return [...matrices(weights)].reduce((sum, { byteLength }) => sum + byteLength, 0);
}
