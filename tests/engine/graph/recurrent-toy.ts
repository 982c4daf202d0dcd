// A small model with all kinds of state: a convolution's, a delta rule's, keys and values. As Qwen3-Next's layers are, with less
// around them.
import type { Graph, Value } from "../../../engine/graph/graph.ts";
import type { ModelConfig } from "../../../engine/models/config.ts";
import { attention } from "../../../engine/models/qwen2.ts";
import { tinyConfig } from "./tiny-models.ts";

const HEADS = { keyHeads: 1, keyDim: 32, valueHeads: 2, valueDim: 32 };
const TAPS = 4;

export const RECURRENT_CONFIG: ModelConfig = tinyConfig("qwen2");

export function recurrentToy(g: Graph): Value {
  const { vocabSize, hiddenSize } = g.config;
  const embedTokens = g.matrix("token_embd.weight", vocabSize, hiddenSize);
  const norm = (at: Graph, x: Value) => at.rmsNorm(x, at.vector("attn_norm.weight", hiddenSize));
  const [first, second] = [g.within("blk.0."), g.within("blk.1.")];
  const embedded = g.embed(embedTokens);
  const h = g.add(embedded, linearAttention(first, norm(first, embedded)));
  const hidden = g.add(h, attention(second, norm(second, h)));
  return g.linear(g.rmsNorm(hidden, g.vector("output_norm.weight", hiddenSize)), embedTokens);
}

function linearAttention(g: Graph, x: Value): Value {
  const { hiddenSize } = g.config;
  const { keyHeads, keyDim, valueHeads, valueDim } = HEADS;
  const [keys, values] = [keyHeads * keyDim, valueHeads * valueDim];
  const project = (name: string, rows: number) => g.linear(x, g.matrix(`${name}.weight`, rows, hiddenSize));
  const mixed = g.conv(project("attn_qkv", 2 * keys + values), g.taps("ssm_conv1d.weight", 2 * keys + values, TAPS));
  const qkv = g.silu(mixed);
  const result = g.deltaRule({
    q: g.heads(g.columns(qkv, 0, keys), keyHeads, keyDim),
    k: g.heads(g.columns(qkv, keys, keys), keyHeads, keyDim),
    v: g.heads(g.columns(qkv, 2 * keys, values), valueHeads, valueDim),
    ...{ a: project("ssm_alpha", valueHeads), beta: project("ssm_beta", valueHeads) },
    ...{ decay: g.vector("ssm_a", valueHeads), bias: g.vector("ssm_dt.bias", valueHeads) },
  });
  return g.linear(result, g.matrix("ssm_out.weight", hiddenSize, values));
}
