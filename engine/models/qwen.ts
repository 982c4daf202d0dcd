// The first generation, 1.8B to 72B: https://huggingface.co/Qwen/Qwen-7B, modeling_qwen.py
// Beside Qwen2: one matrix for q, k and v, as many key heads as query heads, and config.json's intermediate size is twice the MLP's.
// Tensor names are GGUF's: https://github.com/ggml-org/llama.cpp, gguf-py/gguf/constants.py
import type { Graph, Value } from "../graph/graph.ts";
import { mlp } from "./mlp.ts";

export function qwen(g: Graph): Value {
  const { vocabSize, hiddenSize, numHiddenLayers } = g.config;
  let hidden = g.embed(g.matrix("token_embd.weight", vocabSize, hiddenSize));
  for (let i = 0; i < numHiddenLayers; i++) hidden = layer(g.within(`blk.${i}.`), hidden);
  const normed = g.rmsNorm(hidden, g.vector("output_norm.weight", hiddenSize));
  return g.linear(normed, g.matrix("output.weight", vocabSize, hiddenSize));
}

function layer(g: Graph, x: Value): Value {
  const { hiddenSize, intermediateSize } = g.config;
  const h = g.add(x, attention(g, g.rmsNorm(x, g.vector("attn_norm.weight", hiddenSize))));
  return g.add(h, mlp(g, g.rmsNorm(h, g.vector("ffn_norm.weight", hiddenSize)), intermediateSize / 2));
}

function attention(g: Graph, x: Value): Value {
  const { hiddenSize, numAttentionHeads, headDim } = g.config;
  const size = numAttentionHeads * headDim;
  const qkv = g.linear(x, g.matrix("attn_qkv.weight", 3 * size, hiddenSize), g.vector("attn_qkv.bias", 3 * size));
  const [q, k, v] = [0, 1, 2].map((i) => g.heads(g.columns(qkv, i * size, size), numAttentionHeads)) as [
    Value,
    Value,
    Value,
  ];
  const attended = g.attention(g.rope(q), g.rope(k), v);
  return g.linear(attended, g.matrix("attn_output.weight", hiddenSize, size));
}
