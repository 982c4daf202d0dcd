import type { StepReport } from "../../engine/index.ts";
import { megabytes } from "../setup/report.ts";

const KERNEL_WIDTH = 34; // characters
const SIZES_WIDTH = 18;
const BYTES_WIDTH = 9;

/**
 * What a token runs, a line a step; layers that run the same are told once.
 *
 * @param architecture whose description the operations are named in
 */
export function stepTable(steps: readonly StepReport[], architecture: string): string {
  const head = row("kernel", "values", "weights", `operations of engine/models/${architecture}.ts that it does`);
  const lines = layersOf(steps).flatMap(({ numbers, steps }) => {
    const title = numbers.length === 0 ? [] : [`layer${numbers.length === 1 ? "" : "s"} ${rangesOf(numbers)}`];
    return [...title, ...steps.map(lineOf)];
  });
  const dispatches = steps.reduce((sum, step) => sum + step.dispatches.length, 0);
  const bytes = steps.reduce((sum, step) => sum + step.weightBytes, 0);
  return `${[head, ...lines].join("\n")}\n${dispatches} dispatches a token, before one is chosen; ${megabytes(bytes)} of weights are read\n`;
}

interface Layers {
  readonly numbers: number[]; // none: what is in no layer
  readonly steps: readonly StepReport[]; // of the first of them
}

/** Layers whose steps are the same but for the layer's number, in the order of the first of each. */
function layersOf(steps: readonly StepReport[]): readonly Layers[] {
  const layers: { number: number | undefined; steps: StepReport[] }[] = [];
  for (const step of steps) {
    const [first = ""] = step.operations;
    const named = /blk\.(\d+)\./.exec(first)?.[1];
    // A step without tensors of its own belongs to the layer before.
    const layer = layers.at(-1);
    const isOfBefore = named === undefined && !first.includes(".");
    const number = named === undefined ? undefined : Number(named);
    if (layer && (isOfBefore || layer.number === number)) layer.steps.push(step);
    else layers.push({ number, steps: [step] });
  }
  const alike = new Map<string, Layers>();
  for (const { number, steps: own } of layers) {
    const shape = JSON.stringify(own.map((step) => ({ ...step, operations: step.operations.length })));
    const key = number === undefined ? `${alike.size}` : shape;
    const same = alike.get(key);
    if (same) same.numbers.push(number!);
    else alike.set(key, { numbers: number === undefined ? [] : [number], steps: own });
  }
  return [...alike.values()];
}

/** 0, 1, 3 to 5 */
function rangesOf(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range?.[1] === number - 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`)).join(", ");
}

function lineOf({ kernel, operations, shapes, dispatches, weightBytes }: StepReport): string {
  const sizes = shapes.map(([rows, columns]) => (rows === 1 ? `${columns}` : `${rows} x ${columns}`)).join(", ");
  const bytes = weightBytes > 0 ? `${(weightBytes / 1e6).toFixed(1)} MB` : "";
  const count = dispatches.length === 1 ? "" : ` (${dispatches.length} dispatches)`;
  const does = operations.join(", ").replace(/blk\.\d+\.|\.weight/g, "");
  return row(`${kernel}${count}`, sizes, bytes, does);
}

function row(kernel: string, sizes: string, bytes: string, does: string): string {
  return `  ${kernel.padEnd(KERNEL_WIDTH)}${sizes.padEnd(SIZES_WIDTH)}${bytes.padStart(BYTES_WIDTH)}  ${does}`;
}
