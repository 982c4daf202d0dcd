import type { Outcome, Output, Row, Runner } from "../generation/runner.ts";
import { stepInput } from "../generation/step-input.ts";
import type { ModelConfig } from "../models/config.ts";
import { ropeThetaFor } from "../models/long-context.ts";
import { CpuChoices } from "./choices.ts";
import type { Program } from "./compile.ts";
import type { Executor } from "./executor.ts";
import type { Address, CpuMemory } from "./memory.ts";
import { profileOperations } from "./profile.ts";
import type { WorkQueue } from "./work-queue.ts";

const WORD_BYTES = 4;

export interface CpuRunnerParts {
  readonly memory: CpuMemory;
  readonly executor: Executor;
  readonly queue: WorkQueue;
  readonly program: Program;
  readonly allowed: Uint32Array; // a bit a token that may be chosen. u32 [ceil(vocabSize / 32)]
  readonly maxTokens: number;
}

export function createCpuRunner(config: ModelConfig, parts: CpuRunnerParts): Runner {
  const { memory, executor, queue, program, allowed, maxTokens } = parts;
  const { vocabSize, hiddenSize } = config;
  const choices = new CpuChoices(allowed);

  function setInput(rows: readonly Row[]): void {
    const { places, rotations } = stepInput(rows, config, program.tableLength);
    memory.u32(program.places, places.length).set(places);
    memory.f32(program.rotations, rotations.length).set(rotations);
    const tokens = rows.map(({ token }) => token!); // known, since no step begins before the one before it is read
    memory.u32(program.tokenIds, rows.length).set(tokens);
  }

  const rowOf = (at: Address, row: number, size: number) => memory.f32(at + row * size * WORD_BYTES, size);

  /** From `hidden` to logits of the first so many outputs, and the final norm of all. */
  async function runHead(outputs: readonly Output[], headed: number): Promise<void> {
    for (const [i, { row }] of outputs.entries()) {
      rowOf(program.headRows, i, hiddenSize).set(rowOf(program.hidden, row, hiddenSize));
    }
    if (headed > 0) await executor.run(program.head, headed);
    if (outputs.length > headed) await executor.run(program.norm, outputs.length);
  }

  /** @param logits of an output, which is a choice: greedy ones are made already */
  function choiceOf({ row, sampling }: Output, rows: readonly Row[], at: number): number {
    if (!sampling) return memory.u32(program.choices, at + 1)[at]!;
    const { slot, table } = rows[row]!;
    return choices.choose(rowOf(program.logits, at, vocabSize), sampling, slot + 1, table);
  }

  async function runStep(
    rows: readonly Row[],
    outputs: readonly Output[],
    loras: readonly string[],
  ): Promise<Outcome[]> {
    setInput(rows);
    const headed = outputs.filter(({ kind }) => kind !== "hidden");
    const ordered = [...headed, ...outputs.filter(({ kind }) => kind === "hidden")];
    const isToken = rows.length === 1 && ordered.length === 1 && headed.length === 1;
    await executor.run(isToken ? program.next(loras) : program.body(loras), rows.length);
    if (!isToken) await runHead(ordered, headed.length);
    if (headed.some(({ kind, sampling }) => kind === "choice" && !sampling)) {
      await executor.run(program.argmax, headed.length);
    }
    const outcomes = new Map(ordered.map((output, i) => [output, outcomeOf(output, i)]));
    return outputs.map((output) => outcomes.get(output)!);

    function outcomeOf(output: Output, at: number): Outcome {
      if (output.kind === "choice") return { choice: choiceOf(output, rows, at), values: new Float32Array() };
      const isLogits = output.kind === "logits";
      const values = isLogits ? rowOf(program.logits, at, vocabSize) : rowOf(program.normed, at, hiddenSize);
      return { choice: -1, values: Float32Array.from(values) };
    }
  }

  return {
    stepsInFlight: 1, // a step that waits for its turn saves nothing here
    maxRows: maxTokens,
    dispatchesPerToken: program.next([]).length + program.argmax.length,
    enableSampling: async () => {},
    setSeen: (table, prompt, answer) => queue.add(() => choices.setSeen(table, prompt, answer)),
    ropeThetaFor: (promptTokens) => ropeThetaFor(config, promptTokens),

    setBlocks(table, first, blocks) {
      const at = program.blockTables + (table * program.tableLength + first) * WORD_BYTES;
      queue.add(() => memory.u32(at, blocks.length).set(blocks));
    },

    run: (rows, outputs, loras = []) => queue.result(() => runStep(rows, outputs, loras)),

    profile: (rows) =>
      queue.result(() => {
        setInput(rows);
        const operations = rows.length === 1 ? [...program.next([]), ...program.argmax] : program.body([]);
        return profileOperations(executor, operations, rows.length);
      }),
  };
}
