// Qwen1.5-MoE, Qwen2-MoE: https://github.com/huggingface/transformers, models/qwen2_moe/modeling_qwen2_moe.py
// Beside Qwen2: experts in place of the MLP, and one that every token goes through, as far as its gate lets it.
// Tensor names are GGUF's: https://github.com/ggml-org/llama.cpp, gguf-py/gguf/constants.py
import type { Graph, Value } from "../graph/graph.ts";
import { expertsMlp, mlp } from "./mlp.ts";
import { attention } from "./qwen2.ts";

export function qwen2moe(g: Graph): Value {
  const { vocabSize, hiddenSize, numHiddenLayers } = g.config;
  let hidden = g.embed(g.matrix("token_embd.weight", vocabSize, hiddenSize));
  for (let i = 0; i < numHiddenLayers; i++) hidden = layer(g.within(`blk.${i}.`), hidden);
  const normed = g.rmsNorm(hidden, g.vector("output_norm.weight", hiddenSize));
  return g.linear(normed, g.matrix("output.weight", vocabSize, hiddenSize));
}

function layer(g: Graph, x: Value): Value {
  const { hiddenSize } = g.config;
  const h = g.add(x, attention(g, g.rmsNorm(x, g.vector("attn_norm.weight", hiddenSize))));
  return g.add(h, experts(g, g.rmsNorm(h, g.vector("ffn_norm.weight", hiddenSize))));
}

function experts(g: Graph, x: Value): Value {
  const { hiddenSize } = g.config;
  const shared = mlp(g, x, g.config.experts!.sharedExpertIntermediateSize, "_shexp");
  const score = g.linear(x, g.row("ffn_gate_inp_shexp.weight", hiddenSize));
  return g.add(expertsMlp(g, x, { normTopkProb: false }), g.gate(shared, score));
}
