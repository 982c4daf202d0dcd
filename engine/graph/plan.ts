// What an adapter runs for a graph, made before there is a device: steps in order, where each result lies, and which of them
// share a buffer. Operations that a row of the table of fusions matches become one step; others run as plain kernels.
import { EngineError } from "../errors.ts";
import { BLOCK } from "../kernels/linear-formats.ts";
import { FUSIONS, type Fusion, type Uses } from "./fusions.ts";
import { inOrder, inputsOf, type Matrix, type Value, type Vector } from "./graph.ts";
import { plainGroup } from "./plain-groups.ts";
import { type Group, StepList } from "./step-list.ts";
import { type Edge, edgesOf, type Step } from "./steps.ts";

/** What results share that are not there at the same time. */
export type PlanBuffer = Edge;

/** Everything up to the rows that the final norm reads, and what makes logits of them. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly buffers: readonly PlanBuffer[];
  /** The buffer of each result of `steps`. */
  bufferOf(edge: Edge): PlanBuffer;
  readonly hidden: Edge; // before the final norm
  readonly headInput: Edge | undefined; // with the final norm begun by the last step; undefined: it is not
  readonly finalNorm: Vector;
  readonly lmHead: Matrix;
}

export interface PlanOptions {
  readonly path?: string; // of the model, for errors
  readonly fusions?: readonly Fusion[]; // default: all that there are
}

/**
 * @param logits what an architecture gives
 * @throws EngineError `unsupported-model` for rows that kernels do not take
 */
export function planOf(logits: Value, { path = "", fusions = FUSIONS }: PlanOptions = {}): Plan {
  if (logits.op !== "linear" || logits.bias || logits.x.op !== "rmsNorm") {
    throw new TypeError("logits are a product without bias, of a norm");
  }
  const { x: final, weight: lmHead } = logits;
  const groups = groupsOf(logits, fusions);
  const isBegun = groups.has(final);
  const reads = [...new Set(groups.values())].flatMap(({ reads }) => reads);
  const steps = new StepList(path, [
    ...reads,
    { value: final.x },
    ...(isBegun ? [{ value: final, by: [lmHead] }] : []),
  ]);
  addInOrder(steps, groups, isBegun ? final : final.x);

  checkSizes(steps.steps, path);
  const hidden = steps.rows(final.x);
  const headInput = isBegun ? steps.input(final) : undefined;
  const { buffers, bufferOf } = shareBuffers(steps.steps, headInput ? [hidden, headInput] : [hidden]);
  return { steps: steps.steps, buffers, bufferOf, hidden, headInput, finalNorm: final.weight, lmHead };
}

/** Of what is in no edge: those were checked when they were made. */
function checkSizes(steps: readonly Step[], path: string): void {
  for (const step of steps) {
    const [what, size] =
      step.kernel === "attention"
        ? ["attention: heads", step.sizes.headDim]
        : step.kernel === "experts" || step.kernel === "experts residual"
          ? [`${step.weights.gate.name}: experts`, step.weights.gate.rows]
          : ["", 0];
    if (size % BLOCK === 0) continue;
    const problem = `${what} of ${size} values; kernels take multiples of ${BLOCK}`;
    throw new EngineError("unsupported-model", `${path}: ${problem}.`);
  }
}

/** Each operation's group; the final norm has one only where it is begun by another step. */
function groupsOf(logits: Value & { readonly op: "linear" }, fusions: readonly Fusion[]): Map<Value, Group> {
  const values = inOrder(logits).slice(0, -1);
  const uses = usesOf([...values, logits]);
  const groups = new Map<Value, Group>();
  for (const value of values.toReversed()) {
    if (groups.has(value)) continue;
    const fused = fusions.map((fusion) => fusion.match(value, uses)).find((group) => group !== undefined);
    const isFree = fused?.does.every((one) => !groups.has(one));
    const group = fused && isFree ? fused : value === logits.x ? undefined : plainGroup(value);
    for (const one of group?.does ?? []) groups.set(one, group!);
  }
  return groups;
}

/** Each group behind those whose results it reads, ending with that of `last`. */
function addInOrder(steps: StepList, groups: ReadonlyMap<Value, Group>, last: Value): void {
  const added = new Set<Group>();
  const groupOf = (value: Value): Group => groups.get(value) ?? groupOf(inputsOf(value)[0]!); // a view is its input's
  const waiting = [groupOf(last)];
  for (let group = waiting.at(-1); group !== undefined; group = waiting.at(-1)) {
    const missing = group.reads.map(({ value }) => groupOf(value)).filter((one) => !added.has(one));
    if (missing.length > 0) {
      waiting.push(...missing.reverse());
    } else {
      waiting.pop();
      if (!added.has(group)) group.addTo(steps);
      added.add(group);
    }
  }
}

function usesOf(values: readonly Value[]): Uses {
  const users = new Map<Value, Value[]>(values.map((value) => [value, []]));
  for (const value of values) for (const input of inputsOf(value)) users.get(input)!.push(value);
  const place = new Map(values.map((value, i) => [value, i]));
  return {
    of: (value) => users.get(value)!,
    waitsFor(late, early) {
      const seen = new Set([late]);
      for (const value of seen) {
        if (value === early) return true;
        for (const input of inputsOf(value)) if (place.get(input)! >= place.get(early)!) seen.add(input);
      }
      return false;
    },
  };
}

/**
 * Results of one kind and size share buffers where their lives do not meet. All such buffers are stored alike, for all that
 * read any of them: each other way to store would be another shader.
 */
function shareBuffers(steps: readonly Step[], atEnd: readonly Edge[]) {
  const kindOf = ({ kind, columns, rowsPerToken, isNormed }: Edge) =>
    `${kind} ${rowsPerToken} x ${columns} ${isNormed}`;
  const lastUse = new Map<Edge, number>();
  for (const [i, step] of steps.entries()) for (const edge of edgesOf(step)) lastUse.set(edge, i);
  for (const edge of atEnd) lastUse.set(edge, steps.length);

  const numbers = new Map<Edge, number>(); // of the buffers of a kind
  const free = new Map<string, number[]>();
  const counts = new Map<string, number>();
  for (const [i, step] of steps.entries()) {
    const edges = new Set(edgesOf(step));
    for (const edge of edges) {
      if (numbers.has(edge)) continue;
      const kind = kindOf(edge);
      const number = free.get(kind)?.pop() ?? counts.get(kind) ?? 0;
      counts.set(kind, Math.max(counts.get(kind) ?? 0, number + 1));
      numbers.set(edge, number);
    }
    for (const edge of edges) {
      if (lastUse.get(edge) === i) free.set(kindOf(edge), [...(free.get(kindOf(edge)) ?? []), numbers.get(edge)!]);
    }
  }

  const buffers = new Map<string, PlanBuffer[]>();
  for (const [kind, count] of counts) {
    const edges = [...numbers.keys()].filter((edge) => kindOf(edge) === kind);
    const readBy = [...new Set(edges.flatMap((edge) => edge.readBy))];
    const isReadAsRows = edges.some((edge) => edge.isReadAsRows);
    const firsts = Array.from({ length: count }, (_, n) => edges.find((edge) => numbers.get(edge) === n)!);
    buffers.set(
      kind,
      firsts.map((edge) => ({ ...edge, readBy, isReadAsRows })),
    );
  }
  return {
    buffers: [...buffers.values()].flat(),
    bufferOf: (edge: Edge) => buffers.get(kindOf(edge))![numbers.get(edge)!]!,
  };
}
