import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Batcher } from "../../../engine/generation/batcher.ts";
import { BlockPool } from "../../../engine/generation/block-pool.ts";
import type { Runner } from "../../../engine/generation/runner.ts";
import { Graph } from "../../../engine/graph/graph.ts";
import { planOf } from "../../../engine/graph/plan.ts";
import type { Sampling } from "../../../engine/kernels/sample.ts";
import { qwen2 } from "../../../engine/models/qwen2.ts";
import { openGguf } from "../../../engine/weights/gguf.ts";
import { modelConfig } from "../../../engine/weights/model-config.ts";
import { openTestTarget, type TestedTarget } from "../targets.ts";
import { writeTinyModel } from "../tiny-model.ts";

const KV_BLOCKS = 20;
export const STEPS_IN_FLIGHT = 4;

/** A small model's requests, of up to 256 tokens each, 64 a step; where steps are queued ahead, four. */
export interface TinyBatcher {
  readonly runner: Runner;
  readonly pool: BlockPool;
  readonly batcher: Batcher;
  /** A request's choices, each asked for when the one before it is read, with nothing taken from the cache. */
  oneByOne(tokens: readonly number[], count: number, sampling?: Sampling): Promise<number[]>;
  destroy(): void;
}

export async function openTinyBatcher(kind: TestedTarget): Promise<TinyBatcher> {
  const folder = await mkdtemp(join(tmpdir(), "qwenlab-batcher-"));
  await using gguf = await openGguf(await writeTinyModel(join(folder, "tiny.gguf")));
  const config = modelConfig(gguf);
  const target = await openTestTarget(kind, "exact", { maxTokens: 64, stepsInFlight: STEPS_IN_FLIGHT });
  const allowed = () => new Uint32Array(Math.ceil(config.vocabSize / 32)).fill(0xffffffff);
  const plan = planOf(qwen2(new Graph(config, gguf)));
  const loaded = await target.load(plan, gguf, config, { contextLength: 256, numTables: 8, allowed });
  await rm(folder, { recursive: true });
  const { runner } = loaded;
  const pool = new BlockPool(loaded.states, KV_BLOCKS);
  const batcher = new Batcher(runner, pool);
  return {
    runner,
    pool,
    batcher,
    async oneByOne(tokens, count, sampling) {
      const turn = await batcher.begin({ reuses: false, sampling });
      const chosen = [await turn.choiceAfter(tokens)];
      while (chosen.length < count) chosen.push(await turn.choiceAfter([chosen.at(-1)!]));
      turn.end();
      return chosen;
    },
    destroy() {
      loaded.destroy();
      target.dispose();
    },
  };
}

export const prompt = (length: number, seed: number) => Array.from({ length }, (_, i) => (i * 31 + seed * 7 + 5) % 256);
