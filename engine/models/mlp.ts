import type { Graph, Value } from "../graph/graph.ts";

/** SwiGLU (arXiv:2002.05202): down(silu(gate(x)) * up(x)) */
export function mlp(g: Graph, x: Value, intermediateSize: number): Value {
  const { hiddenSize } = g.config;
  const gate = g.linear(x, g.matrix("ffn_gate.weight", intermediateSize, hiddenSize));
  const up = g.linear(x, g.matrix("ffn_up.weight", intermediateSize, hiddenSize));
  return g.linear(g.mul(g.silu(gate), up), g.matrix("ffn_down.weight", hiddenSize, intermediateSize));
}
