import { describe, expect, test } from "vitest";
import { Graph, inOrder, type Value } from "../../../engine/graph/graph.ts";
import { planOf } from "../../../engine/graph/plan.ts";
import { ARCHITECTURES } from "../../../engine/models/architectures.ts";
import { MODEL_TYPES } from "../../../engine/models/config.ts";
import { tensorsFor, tinyConfig } from "./tiny-models.ts";

const config = tinyConfig("qwen2");
const tensors = (() => {
  const { parts } = tensorsFor(ARCHITECTURES.qwen2, config);
  return new Map(parts.tensors.map((tensor) => [tensor.name, tensor]));
})();
const graph = new Graph(config, { path: "model.gguf", tensors });

describe("a tensor that a description asks for", () => {
  test("and that is missing is named, with its file", () => {
    const without = new Map(tensors);
    without.delete("blk.1.attn_k.weight");
    const describe = () => ARCHITECTURES.qwen2(new Graph(config, { path: "model.gguf", tensors: without }));
    expect(describe).toThrow(/model\.gguf: tensor "blk\.1\.attn_k\.weight"/);
  });

  test("and that has another shape is named, with both shapes", () => {
    expect(() => graph.within("blk.0.").matrix("ffn_up.weight", 96, 160)).toThrow(
      /ffn_up\.weight.*\[96,160\].*\[160,96\]/,
    );
  });
});

test("values of shapes that do not fit are the description's mistake", () => {
  const x = graph.embed(graph.matrix("token_embd.weight", config.vocabSize, config.hiddenSize));
  expect(() => graph.heads(x, 5)).toThrow(/heads: a value of shape \[96\], where \[160\]/);
  expect(() => graph.add(x, graph.columns(x, 0, 32))).toThrow(/add: a value of shape \[32\]/);
  expect(() => graph.columns(x, 80, 32)).toThrow(/32 columns of \[96\]/);
});

test("what is read comes before what reads it, once, in graphs of a thousand layers too", () => {
  let x: Value = graph.embed(graph.matrix("token_embd.weight", config.vocabSize, config.hiddenSize));
  for (let i = 0; i < 20_000; i++) x = graph.add(x, x);
  expect(inOrder(x)).toHaveLength(20_001);
});

test("logits that are no product of a norm have no plan", () => {
  const x = graph.embed(graph.matrix("token_embd.weight", config.vocabSize, config.hiddenSize));
  expect(() => planOf(x)).toThrow(/a product without bias, of a norm/);
});

test.each(MODEL_TYPES)("%s: every operation is done by one step, or is only another view", (type) => {
  const own = tinyConfig(type);
  const { parts } = tensorsFor(ARCHITECTURES[type], own);
  const described = new Graph(own, {
    path: "",
    tensors: new Map(parts.tensors.map((tensor) => [tensor.name, tensor])),
  });
  const logits = ARCHITECTURES[type](described);
  const { steps, headInput } = planOf(logits);
  const done = steps.flatMap(({ does }) => does);
  expect(new Set(done).size).toBe(done.length);
  const left = inOrder(logits).filter((value) => !done.includes(value));
  expect(left).toEqual(headInput ? [logits] : [(logits as Extract<Value, { op: "linear" }>).x, logits]); // the head's own
});
