// LoRA adapters of a plan: products beside those of the base, for the steps that have them. Without one, the plan's steps run as
// they are.
import type { Matrix } from "../graph/graph.ts";
import type { Plan } from "../graph/plan.ts";
import type { Edge, Step } from "../graph/steps.ts";
import type { Activations } from "../kernels/activations.ts";
import type { Linears } from "../kernels/linear.ts";
import { compileLora, type LoraDelta, type LoraTarget } from "../kernels/lora.ts";
import { compileSwigluInTurn } from "../kernels/swiglu.ts";
import type { Operation } from "../shader.ts";
import type { Lora } from "../weights/lora-file.ts";
import type { DeviceBuffers } from "./device-buffers.ts";
import type { Weights } from "./weights.ts";

/** What a plan's steps run for requests with some of the adapters: all of them, in order. */
export type StepsWithLoras = (names: readonly string[]) => readonly Operation[];

export interface LoraParts {
  readonly device: GPUDevice;
  readonly linears: Linears;
  readonly buffers: DeviceBuffers;
  readonly weights: Weights;
  readonly maxTokens: number;
  rows(edge: Edge): GPUBuffer;
  input(edge: Edge): Activations;
}

/** A step whose matrices adapters may add to, and what each of them adds there. */
interface AdaptedStep {
  readonly before: ReadonlyMap<string, Operation>;
  readonly base: Operation;
  readonly baseWithin: Operation | undefined; // of a gated step what is added to before the gate
  readonly after: ReadonlyMap<string, Operation>;
  readonly end: Operation | undefined; // of a gated step the gate
}

/** Compiles what each of the adapters adds. */
export async function compileLoras(
  plan: Plan,
  base: readonly Operation[],
  loras: readonly Lora[],
  parts: LoraParts,
): Promise<StepsWithLoras> {
  const ranks = loras.flatMap(({ matrices }) => [...matrices.values()].map(({ rank }) => rank));
  const z = parts.buffers.create("lora", parts.maxTokens, Math.max(1, ...ranks));
  const deltas = loras.map((lora) => ({ name: lora.name, of: upload(lora, parts.buffers) }));
  const gateUps = new Map<number, GPUBuffer>(); // by width
  const gateUpOf = (width: number) => {
    const buffer = gateUps.get(width) ?? parts.buffers.create("gate and up", parts.maxTokens, width);
    gateUps.set(width, buffer);
    return buffer;
  };

  /** What the adapters add to these matrices of one x. */
  async function compileDeltas(x: Edge, targets: readonly (readonly [Matrix, LoraTarget])[]) {
    const added = new Map<string, Operation>();
    for (const { name, of } of deltas) {
      const found = targets.flatMap(([{ name: matrix }, target]) => {
        const delta = of.get(matrix);
        return delta ? [compileLora(parts.device, parts.input(x), delta, target, z)] : [];
      });
      if (found.length === 0) continue;
      const operations = await Promise.all(found);
      added.set(name, (numTokens) => operations.flatMap((operation) => operation(numTokens)));
    }
    return added;
  }

  const nothing = new Map<string, Operation>();
  async function compileStep(step: Step, own: Operation): Promise<AdaptedStep> {
    const plain = { before: nothing, base: own, baseWithin: undefined, after: nothing, end: undefined };
    if (step.kernel === "linear") {
      return { ...plain, after: await compileDeltas(step.x, sideBySide(step.weights, parts.rows(step.y))) };
    }
    if (step.kernel === "residual") {
      return { ...plain, before: await compileDeltas(step.x, sideBySide([step.weight], parts.rows(step.hidden))) };
    }
    if (step.kernel !== "gated") return plain;
    const { gate, up } = step;
    const weight = parts.weights.matrix([gate, up]);
    const turn = weight.isInTurn ? parts.linears.rowStep : gate.rows;
    const gateUp = gateUpOf(2 * gate.rows);
    const target = { y: gateUp, width: 2 * gate.rows, step: turn, stride: 2 * turn };
    const after = await compileDeltas(step.x, [
      [gate, { ...target, first: 0 }],
      [up, { ...target, first: turn }],
    ]);
    if (after.size === 0) return plain;
    const [baseWithin, end] = await Promise.all([
      parts.linears.compile(weight, { x: parts.input(step.x), y: gateUp }),
      compileSwigluInTurn(parts.device, turn, { gateUp, y: parts.input(step.y) }),
    ]);
    return { ...plain, baseWithin, after, end };
  }

  const steps = await Promise.all(plan.steps.map((step, i) => compileStep(step, base[i]!)));
  return (names) => {
    const of = (added: ReadonlyMap<string, Operation>) => names.flatMap((name) => added.get(name) ?? []);
    return steps.flatMap((step) => {
      const after = of(step.after);
      if (step.baseWithin === undefined) return [...of(step.before), step.base, ...after];
      return after.length > 0 ? [step.baseWithin, ...after, step.end!] : [step.base];
    });
  };
}

function sideBySide(matrices: readonly Matrix[], y: GPUBuffer): (readonly [Matrix, LoraTarget])[] {
  const width = matrices.reduce((sum, { rows }) => sum + rows, 0);
  let first = 0;
  return matrices.map((matrix) => {
    const target = { y, width, first, step: matrix.rows, stride: matrix.rows };
    first += matrix.rows;
    return [matrix, target];
  });
}

function upload({ name, matrices }: Lora, buffers: DeviceBuffers): ReadonlyMap<string, LoraDelta> {
  return new Map(
    [...matrices].map(([matrix, { a, b, ...sizes }]) => {
      const own = (side: string, values: Float32Array<ArrayBuffer>) =>
        buffers.upload(`${name}: ${matrix}, ${side}`, values);
      return [matrix, { ...sizes, a: own("a", a), b: own("b", b) }];
    }),
  );
}
