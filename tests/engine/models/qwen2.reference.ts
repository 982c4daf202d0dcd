import { TINY, type Weights } from "../tiny-model.ts";

/** Logits after each token, by the formulas of the Qwen2 report and in f64. [tokens][vocabSize] */
export function qwen2Logits(weights: Weights, tokens: readonly number[]): number[][] {
  const { hiddenSize, numHiddenLayers, numAttentionHeads, numKeyValueHeads, headDim } = TINY;
  const weight = (name: string) => weights.get(name)!;
  const embedding = weight("token_embd.weight");
  const hidden = tokens.map((token) => [...embedding.slice(token * hiddenSize, (token + 1) * hiddenSize)]);

  for (let layer = 0; layer < numHiddenLayers; layer++) {
    const of = (name: string) => weight(`blk.${layer}.${name}`);
    const normed = hidden.map((x) => rmsNorm(x, of("attn_norm.weight")));
    const project = (x: number[], name: string) => product(of(`${name}.weight`), x, of(`${name}.bias`));
    const queries = normed.map((x, at) => rotate(heads(project(x, "attn_q"), numAttentionHeads), at));
    const keys = normed.map((x, at) => rotate(heads(project(x, "attn_k"), numKeyValueHeads), at));
    const values = normed.map((x) => heads(project(x, "attn_v"), numKeyValueHeads));
    for (const [at, x] of hidden.entries()) {
      const attended = queries[at]!.flatMap((query, head) => {
        const group = Math.floor(head / (numAttentionHeads / numKeyValueHeads));
        const scores = keys.slice(0, at + 1).map((key) => dot(query, key[group]!) / Math.sqrt(headDim));
        const probabilities = softmax(scores);
        return query.map((_, i) =>
          dot(
            probabilities,
            values.slice(0, at + 1).map((value) => value[group]![i]!),
          ),
        );
      });
      add(x, product(of("attn_output.weight"), attended));
      const y = rmsNorm(x, of("ffn_norm.weight"));
      const up = product(of("ffn_up.weight"), y);
      const gated = product(of("ffn_gate.weight"), y).map((g, i) => (g / (1 + Math.exp(-g))) * up[i]!);
      add(x, product(of("ffn_down.weight"), gated));
    }
  }
  return hidden.map((x) => product(embedding, rmsNorm(x, weight("output_norm.weight"))));
}

export function logSoftmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return logits.map((logit) => logit - most - Math.log(sum));
}

function softmax(scores: readonly number[]): number[] {
  return logSoftmax(scores).map(Math.exp);
}

function product(matrix: Float32Array, x: readonly number[], bias?: Float32Array): number[] {
  return Array.from({ length: matrix.length / x.length }, (_, row) =>
    x.reduce((sum, value, i) => sum + matrix[row * x.length + i]! * value, bias?.[row] ?? 0),
  );
}

function rmsNorm(x: readonly number[], weight: Float32Array): number[] {
  const scale = 1 / Math.sqrt(dot(x, x) / x.length + TINY.rmsNormEps);
  return x.map((value, i) => value * scale * weight[i]!);
}

/** Turns the pairs (i, i + headDim / 2) of each head by the position. */
function rotate(all: readonly number[][], position: number): number[][] {
  const half = TINY.headDim / 2;
  return all.map((head) =>
    head.map((value, i) => {
      const angle = position * TINY.ropeTheta ** (-(i % half) / half);
      const other = head[(i + half) % TINY.headDim]!;
      return value * Math.cos(angle) + (i < half ? -other : other) * Math.sin(angle);
    }),
  );
}

function heads(x: readonly number[], count: number): number[][] {
  return Array.from({ length: count }, (_, i) => x.slice(i * TINY.headDim, (i + 1) * TINY.headDim));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function add(x: number[], y: readonly number[]): void {
  for (const [i, value] of y.entries()) x[i]! += value;
}
