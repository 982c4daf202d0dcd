import type { Outcome, Output, Row, Runner } from "../generation/runner.ts";
import { stepInput } from "../generation/step-input.ts";
import type { Plan } from "../graph/plan.ts";
import type { ModelConfig } from "../models/config.ts";
import { ropeThetaFor } from "../models/long-context.ts";
import { CpuChoices } from "./choices.ts";
import type { Address, CpuMemory } from "./memory.ts";
import { type Part, profileOperations } from "./profile.ts";
import type { Stage } from "./stage.ts";
import { cross, crossingsOf } from "./stages.ts";
import type { WorkQueue } from "./work-queue.ts";

const WORD_BYTES = 4;

export interface CpuRunnerParts {
  readonly stages: readonly Stage[]; // of one of them the head
  readonly plan: Plan;
  readonly queue: WorkQueue;
  readonly tableLength: number; // blocks
  readonly allowed: Uint32Array; // a bit a token that may be chosen. u32 [ceil(vocabSize / 32)]
  readonly maxTokens: number;
}

export function createCpuRunner(config: ModelConfig, parts: CpuRunnerParts): Runner {
  const { stages, plan, queue, tableLength, allowed, maxTokens } = parts;
  const { vocabSize, hiddenSize } = config;
  const choices = new CpuChoices(allowed);
  const { crossings, last } = crossingsOf(stages, plan);
  const withHead = stages.find(({ head }) => head)!;
  const { memory, executor } = withHead.machine;
  const head = withHead.head!;

  function setInput(rows: readonly Row[]): void {
    const { places, rotations } = stepInput(rows, config, tableLength);
    const tokens = rows.map(({ token }) => token!); // known, since no step begins before the one before it is read
    for (const { memory, inputs } of stages) {
      memory.u32(inputs.places, places.length).set(places);
      memory.f32(inputs.rotations, rotations.length).set(rotations);
      memory.u32(inputs.tokenIds, rows.length).set(tokens);
    }
  }

  /** From tokens to caches and hidden states; in the same run a single token's logits, where the head lies where it ends. */
  async function runBody(tokens: number, loras: readonly string[], isToken: boolean): Promise<void> {
    for (const stage of stages) {
      cross(stage, crossings.get(stage)!, tokens);
      const operations = isToken && stage === last ? stage.bodyAndHead(loras) : stage.body(loras);
      if (operations.length > 0) await stage.machine.executor.run(operations, tokens);
    }
  }

  const rowOf = (of: CpuMemory, at: Address, row: number, size: number) => of.f32(at + row * size * WORD_BYTES, size);

  /** From hidden states to logits of the first so many outputs, and the final norm of all. */
  async function runHead(outputs: readonly Output[], headed: number): Promise<void> {
    const hidden = last.results.rows(plan.hidden);
    for (const [i, { row }] of outputs.entries()) {
      rowOf(memory, head.rows, i, hiddenSize).set(rowOf(last.memory, hidden, row, hiddenSize));
    }
    if (headed > 0) await executor.run(head.ofRows, headed);
    if (outputs.length > headed) await executor.run(head.norm, outputs.length);
  }

  /** @param logits of an output, which is a choice: greedy ones are made already */
  function choiceOf({ row, sampling }: Output, rows: readonly Row[], at: number): number {
    if (!sampling) return memory.u32(head.choices, at + 1)[at]!;
    const { slot, table } = rows[row]!;
    return choices.choose(rowOf(memory, head.logits, at, vocabSize), sampling, slot + 1, table);
  }

  /** What a step runs, by memories; of one token its head and its greedy choice, too. */
  function partsOf(tokens: number): readonly Part[] {
    const bodies = stages.map(({ machine, body }) => ({ executor: machine.executor, operations: body([]) }));
    const choice = [...(last === withHead ? head.of(last.results.rows(plan.hidden)) : head.ofRows), ...head.argmax];
    return tokens === 1 ? [...bodies, { executor, operations: choice }] : bodies;
  }

  async function runStep(
    rows: readonly Row[],
    outputs: readonly Output[],
    loras: readonly string[],
  ): Promise<Outcome[]> {
    setInput(rows);
    const headed = outputs.filter(({ kind }) => kind !== "hidden");
    const ordered = [...headed, ...outputs.filter(({ kind }) => kind === "hidden")];
    const isToken = rows.length === 1 && ordered.length === 1 && headed.length === 1 && last === withHead;
    await runBody(rows.length, loras, isToken);
    if (!isToken) await runHead(ordered, headed.length);
    if (headed.some(({ kind, sampling }) => kind === "choice" && !sampling)) {
      await executor.run(head.argmax, headed.length);
    }
    const outcomes = new Map(ordered.map((output, i) => [output, outcomeOf(output, i)]));
    return outputs.map((output) => outcomes.get(output)!);

    function outcomeOf(output: Output, at: number): Outcome {
      if (output.kind === "choice") return { choice: choiceOf(output, rows, at), values: new Float32Array() };
      const isLogits = output.kind === "logits";
      const [from, size] = isLogits ? [head.logits, vocabSize] : [head.normed, hiddenSize];
      const values = rowOf(memory, from, at, size);
      return { choice: -1, values: Float32Array.from(values) };
    }
  }

  return {
    stepsInFlight: 1, // a step that waits for its turn saves nothing here
    maxRows: maxTokens,
    dispatchesPerToken: partsOf(1).reduce((sum, { operations }) => sum + operations.length, 0),
    enableSampling: async () => {},
    setSeen: (table, prompt, answer) => queue.add(() => choices.setSeen(table, prompt, answer)),
    ropeThetaFor: (promptTokens) => ropeThetaFor(config, promptTokens),

    setBlocks(table, first, blocks) {
      const at = (table * tableLength + first) * WORD_BYTES;
      queue.add(() => {
        for (const { memory, inputs } of stages) memory.u32(inputs.blockTables + at, blocks.length).set(blocks);
      });
    },

    run: (rows, outputs, loras = []) => queue.result(() => runStep(rows, outputs, loras)),

    profile: (rows) =>
      queue.result(() => {
        setInput(rows);
        return profileOperations(partsOf(rows.length), rows.length);
      }),
  };
}
