import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fusion } from "../../../engine/graph/fusions.ts";
import { type Architecture, Graph } from "../../../engine/graph/graph.ts";
import { type Plan, planOf } from "../../../engine/graph/plan.ts";
import { evaluate } from "../../../engine/graph/reference.ts";
import type { ModelConfig } from "../../../engine/models/config.ts";
import type { Target } from "../../../engine/target.ts";
import { openGguf } from "../../../engine/weights/gguf.ts";
import { writeGguf } from "../weights/gguf-writer.ts";
import { constantsOf, tensorsFor } from "./tiny-models.ts";

const OUTPUTS = 8; // rows after which a step gives logits

export interface TestedGraph {
  readonly describe: Architecture;
  readonly config: ModelConfig;
  readonly fusions?: readonly Fusion[];
  readonly angles?: readonly number[]; // default: slots
}

export interface GraphLogits {
  readonly plan: Plan;
  readonly together: Float32Array[]; // after the last of the tokens, computed in one step
  readonly alone: Float32Array[]; // after the same ones, a step each
}

/** Logits of a graph with random weights, as a plan of it gives them. */
export async function runGraph(target: Target, graph: TestedGraph, tokens: readonly number[]): Promise<GraphLogits> {
  const { describe, config, fusions, angles } = graph;
  const folder = await mkdtemp(join(tmpdir(), "qwenlab-graph-"));
  const path = join(folder, "graph.gguf");
  await writeFile(path, writeGguf(tensorsFor(describe, config).parts).bytes);
  await using gguf = await openGguf(path);
  const plan = planOf(describe(new Graph(config, gguf)), { path, ...(fusions && { fusions }) });
  const allowed = () => new Uint32Array(Math.ceil(config.vocabSize / 32));
  const loaded = await target.load(plan, gguf, config, { contextLength: 64, numTables: 2, allowed });
  const { runner } = loaded;
  try {
    const rowsOf = (table: number) =>
      tokens.map((token, slot) => ({
        ...{ token, slot, angle: angles?.[slot] ?? slot, table },
        theta: constantsOf(config, 0, tokens.length).ropeTheta,
      }));
    for (const table of [0, 1]) runner.setBlocks(table, 0, [4 * table, 4 * table + 1, 4 * table + 2, 4 * table + 3]);
    const first = Math.max(0, tokens.length - OUTPUTS);
    const outputs = tokens.slice(first).map((_, i) => ({ row: first + i, kind: "logits" as const }));
    const together = (await runner.run(rowsOf(0), outputs)).map(({ values }) => values);
    const alone: Float32Array[] = [];
    for (const row of rowsOf(1)) {
      const [outcome] = await runner.run([row], [{ row: 0, kind: "logits" }]);
      alone.push(outcome!.values);
    }
    return { plan, together, alone: alone.slice(first) };
  } finally {
    loaded.destroy();
    await rm(folder, { recursive: true });
  }
}

/** The same in f64. */
export function referenceLogits({ describe, config, angles }: TestedGraph, tokens: readonly number[]): Float32Array[] {
  const { parts, weights } = tensorsFor(describe, config);
  const checkpoint = { path: "", tensors: new Map(parts.tensors.map((tensor) => [tensor.name, tensor])) };
  const constants = { ...constantsOf(config, tokens.length, tokens.length), ...(angles && { angles }) };
  const logits = evaluate(describe(new Graph(config, checkpoint)), tokens, constants, ({ name }) => weights.get(name)!);
  return logits.slice(-OUTPUTS).map((row) => Float32Array.from(row));
}
