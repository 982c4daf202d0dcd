// Which steps of a plan lie in which memory, where one is too small for all, and what crosses from one to the next.
import { EngineError } from "../errors.ts";
import type { Plan } from "../graph/plan.ts";
import { weightsOf } from "../graph/step-weights.ts";
import { type Edge, edgesOf, type Step } from "../graph/steps.ts";
import type { Stage } from "./stage.ts";

/** What lies in one memory as a whole. */
type Item = Step | "output head";

/** Items of each memory. */
export type Division = readonly (readonly Item[])[];

/**
 * Fills each memory as far as it goes, so that there are as few of them, and as few crossings, as can be.
 *
 * @param create a stage of sizes only
 * @param memoryBytes of each
 * @param path of the model, for the error
 * @throws EngineError `out-of-memory` where a memory is too small for a single step
 */
export function divide(plan: Plan, create: () => Stage, memoryBytes: number, path: string): Division {
  const division: Item[][] = [];
  let stage: Stage | undefined;
  for (const item of itemsOf(plan)) {
    if (stage && fill(stage, [item]).byteLength <= memoryBytes) {
      division.at(-1)!.push(item);
      continue;
    }
    stage = fill(create(), [item]);
    if (stage.byteLength > memoryBytes) throw tooLarge(path, item, plan, stage.byteLength, memoryBytes);
    division.push([item]);
  }
  return division;
}

/** In a memory's order. A head whose matrix is the embedding's, too, lies beside it: the matrix is there once. */
function itemsOf({ steps, lmHead }: Plan): readonly Item[] {
  const tied = steps.findIndex((step) => matricesOf(step).includes(lmHead.name));
  return (steps as readonly Item[]).toSpliced(tied < 0 ? steps.length : tied + 1, 0, "output head");
}

function matricesOf(step: Step): readonly string[] {
  return weightsOf(step).matrices.flatMap(({ packed }) => packed.map(({ name }) => name));
}

/** @throws EngineError `out-of-memory` */
export function fill(stage: Stage, items: readonly Item[]): Stage {
  for (const item of items) {
    if (item === "output head") stage.addHead();
    else stage.add(item);
  }
  return stage;
}

function tooLarge(path: string, item: Item, { lmHead }: Plan, needed: number, most: number): EngineError {
  const [kernel, names] = item === "output head" ? [item, [lmHead.name]] : [item.kernel, matricesOf(item)];
  const what = names.length > 0 ? `${kernel} (${names.join(", ")})` : kernel;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  const problem = `its ${what} alone needs ${gigabytes(needed)} and the processors can use ${gigabytes(most)} for one step`;
  const wayOut = "take a shorter context, a file that is quantized to fewer bits, or a GPU";
  return new EngineError("out-of-memory", `${path}: ${problem}: ${wayOut}.`);
}

/** A result that steps of a stage need and those of an earlier one made. */
interface Crossing {
  readonly edge: Edge;
  readonly from: Stage;
}

/** What each stage needs of those before it, and the stage that has the plan's hidden state at the end. */
export function crossingsOf(stages: readonly Stage[], { hidden }: Plan) {
  const holders = new Map<Edge, Stage>(); // where a result was last made or changed
  const crossings = new Map<Stage, readonly Crossing[]>();
  for (const stage of stages) {
    const edges = [...new Set(stage.steps.flatMap(edgesOf))];
    crossings.set(
      stage,
      edges.flatMap((edge) => (holders.has(edge) ? [{ edge, from: holders.get(edge)! }] : [])),
    );
    for (const edge of edges) holders.set(edge, stage);
  }
  return { crossings, last: holders.get(hidden)! };
}

/** Copies what crosses to the stage, of so many tokens. */
export function cross(to: Stage, crossings: readonly Crossing[], tokens: number): void {
  for (const { edge, from } of crossings) {
    const parts = from.results.partsOf(edge, tokens);
    for (const [i, { at, bytes }] of to.results.partsOf(edge, tokens).entries()) {
      to.memory.u8(at, bytes).set(from.memory.u8(parts[i]!.at, bytes));
    }
  }
}
