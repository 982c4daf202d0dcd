import type { ExpertChoice, Graph, Value } from "../graph/graph.ts";

/** SwiGLU (arXiv:2002.05202): down(silu(gate(x)) * up(x)). `suffix` is that of the tensors' names. */
export function mlp(g: Graph, x: Value, intermediateSize: number, suffix = ""): Value {
  const { hiddenSize } = g.config;
  const gate = g.linear(x, g.matrix(`ffn_gate${suffix}.weight`, intermediateSize, hiddenSize));
  const up = g.linear(x, g.matrix(`ffn_up${suffix}.weight`, intermediateSize, hiddenSize));
  return g.linear(g.mul(g.silu(gate), up), g.matrix(`ffn_down${suffix}.weight`, hiddenSize, intermediateSize));
}

/** The same by the experts that a router chooses for each token. */
export function expertsMlp(g: Graph, x: Value, choice: Pick<ExpertChoice, "normTopkProb">): Value {
  const { hiddenSize } = g.config;
  const { numExperts, numExpertsPerTok, moeIntermediateSize } = g.config.experts!;
  const scores = g.linear(x, g.matrix("ffn_gate_inp.weight", numExperts, hiddenSize));
  const weights = {
    gate: g.expertMatrix("ffn_gate_exps.weight", numExperts, moeIntermediateSize, hiddenSize),
    up: g.expertMatrix("ffn_up_exps.weight", numExperts, moeIntermediateSize, hiddenSize),
    down: g.expertMatrix("ffn_down_exps.weight", numExperts, hiddenSize, moeIntermediateSize),
  };
  return g.experts(x, scores, weights, { numExpertsPerTok, ...choice });
}
