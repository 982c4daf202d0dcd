// Qwen1.5, Qwen2, Qwen2.5, their Coder and Math, QwQ: https://github.com/huggingface/transformers, models/qwen2/modeling_qwen2.py
// Tensor names are GGUF's: https://github.com/ggml-org/llama.cpp, gguf-py/gguf/constants.py
import type { Graph, Value } from "../graph/graph.ts";
import { mlp } from "./mlp.ts";

export function qwen2(g: Graph): Value {
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
  const project = (name: string, heads: number) => {
    const weight = g.matrix(`${name}.weight`, heads * headDim, hiddenSize);
    return g.heads(g.linear(x, weight, g.vector(`${name}.bias`, heads * headDim)), heads);
  };
  const q = g.rope(project("attn_q", numAttentionHeads));
  const k = g.rope(project("attn_k", numKeyValueHeads));
  const v = project("attn_v", numKeyValueHeads);
  return g.linear(g.attention(q, k, v), g.matrix("attn_output.weight", hiddenSize, numAttentionHeads * headDim));
}
