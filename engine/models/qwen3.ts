// Qwen3 (dense): https://github.com/huggingface/transformers, models/qwen3/modeling_qwen3.py
// Beside Qwen2: no bias on q, k and v, and a norm of each head of q and k before they are rotated.
// Tensor names are GGUF's: https://github.com/ggml-org/llama.cpp, gguf-py/gguf/constants.py
import type { Graph, Value } from "../graph/graph.ts";
import { mlp } from "./mlp.ts";

export function qwen3(g: Graph): Value {
  const { vocabSize, hiddenSize, numHiddenLayers, tieWordEmbeddings } = g.config;
  const embedTokens = g.matrix("token_embd.weight", vocabSize, hiddenSize);
  let hidden = g.embed(embedTokens);
  for (let i = 0; i < numHiddenLayers; i++) hidden = layer(g.within(`blk.${i}.`), hidden);
  const normed = g.rmsNorm(hidden, g.vector("output_norm.weight", hiddenSize));
  return g.linear(normed, tieWordEmbeddings ? embedTokens : g.matrix("output.weight", vocabSize, hiddenSize));
}

function layer(g: Graph, x: Value): Value {
  const { hiddenSize, intermediateSize } = g.config;
  const h = g.add(x, attention(g, g.rmsNorm(x, g.vector("attn_norm.weight", hiddenSize))));
  return g.add(h, mlp(g, g.rmsNorm(h, g.vector("ffn_norm.weight", hiddenSize)), intermediateSize));
}

export function attention(g: Graph, x: Value): Value {
  const { hiddenSize, numAttentionHeads, numKeyValueHeads, headDim } = g.config;
  const project = (name: string, heads: number) =>
    g.heads(g.linear(x, g.matrix(`${name}.weight`, heads * headDim, hiddenSize)), heads);
  const q = g.rmsNorm(project("attn_q", numAttentionHeads), g.vector("attn_q_norm.weight", headDim));
  const k = g.rmsNorm(project("attn_k", numKeyValueHeads), g.vector("attn_k_norm.weight", headDim));
  const v = project("attn_v", numKeyValueHeads);
  const attended = g.attention(g.rope(q), g.rope(k), v);
  return g.linear(attended, g.matrix("attn_output.weight", hiddenSize, numAttentionHeads * headDim));
}
