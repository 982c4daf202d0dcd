// Qwen3-MoE, Qwen3-Coder: https://github.com/huggingface/transformers, models/qwen3_moe/modeling_qwen3_moe.py
// Beside Qwen3: experts in place of the MLP; what the chosen ones count adds up to 1.
// Tensor names are GGUF's: https://github.com/ggml-org/llama.cpp, gguf-py/gguf/constants.py
import type { Graph, Value } from "../graph/graph.ts";
import { expertsMlp } from "./mlp.ts";
import { attention } from "./qwen3.ts";

export function qwen3moe(g: Graph): Value {
  const { vocabSize, hiddenSize, numHiddenLayers, tieWordEmbeddings } = g.config;
  const embedTokens = g.matrix("token_embd.weight", vocabSize, hiddenSize);
  let hidden = g.embed(embedTokens);
  for (let i = 0; i < numHiddenLayers; i++) hidden = layer(g.within(`blk.${i}.`), hidden);
  const normed = g.rmsNorm(hidden, g.vector("output_norm.weight", hiddenSize));
  return g.linear(normed, tieWordEmbeddings ? embedTokens : g.matrix("output.weight", vocabSize, hiddenSize));
}

function layer(g: Graph, x: Value): Value {
  const { hiddenSize } = g.config;
  const h = g.add(x, attention(g, g.rmsNorm(x, g.vector("attn_norm.weight", hiddenSize))));
  return g.add(h, expertsMlp(g, g.rmsNorm(h, g.vector("ffn_norm.weight", hiddenSize)), { normTopkProb: true }));
}
