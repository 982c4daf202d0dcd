// The table of fusions: operations that one kernel computes together. What matches no row runs as its plain kernels, so a new
// architecture is right first and becomes fast by a row. Each row is tested against the plain kernels.
import type { Matrix, Value, Vector } from "./graph.ts";
import type { Group } from "./step-list.ts";

/** Who reads what. */
export interface Uses {
  of(value: Value): readonly Value[];
  /** Whether `late` is made of `early`. */
  waitsFor(late: Value, early: Value): boolean;
}

export interface Fusion {
  readonly name: string;
  /** @param root the last of the operations */
  match(root: Value, uses: Uses): Group | undefined;
}

type Of<Op extends Value["op"]> = Extract<Value, { readonly op: Op }>;

/** x = embed; rmsNorm(x) */
const embeddingAndNorm: Fusion = {
  name: "embedding and norm",
  match(root, uses) {
    if (root.op !== "rmsNorm" || root.x.op !== "embed" || !isForProducts(root, uses)) return undefined;
    const embedding = root.x;
    return {
      does: [embedding, root],
      reads: [],
      addTo(steps) {
        const norm = { weight: root.weight, y: steps.makeNormed(root) };
        steps.add({ kernel: "embedding", does: this.does, table: embedding.table, y: steps.makeRows(embedding), norm });
      },
    };
  },
};

/** h = x + linear(y); rmsNorm(h). h is made in x's place. */
const residualAndNorm: Fusion = {
  name: "residual and norm",
  match(root, uses) {
    if (root.op !== "rmsNorm" || root.x.op !== "add" || !isForProducts(root, uses)) return undefined;
    const sum = root.x;
    const product = [sum.a, sum.b].find((value) => isProductFor(value, sum, uses));
    if (product === undefined) return undefined;
    const stream = product === sum.a ? sum.b : sum.a;
    if (!isReadBefore(stream, sum, product, uses)) return undefined;
    const { x, weight } = product;
    return {
      does: [product, sum, root],
      reads: [{ value: x, by: [weight] }, { value: stream }],
      addTo(steps) {
        const input = steps.input(x);
        const norm = { weight: root.weight, y: steps.makeNormed(root) };
        const hidden = steps.makeInPlace(sum, stream);
        steps.add({ kernel: "residual", does: this.does, x: input, weight, hidden, norm });
      },
    };
  },
};

/** h = x + experts(y), x + (experts(y) + z), or x + (experts(y) + gate(z, score)); rmsNorm(h). h is made in x's place. */
const expertsAndNorm: Fusion = {
  name: "experts, residual and norm",
  match(root, uses) {
    if (root.op !== "rmsNorm" || root.x.op !== "add" || !isForProducts(root, uses)) return undefined;
    const sum = root.x;
    const added = [sum.a, sum.b].find((value) => mixtureOf(value, sum, uses) !== undefined);
    if (added === undefined) return undefined;
    const stream = added === sum.a ? sum.b : sum.a;
    const { experts, beside, score, does } = mixtureOf(added, sum, uses)!;
    if (beside === stream || !isReadBefore(stream, sum, added, uses)) return undefined;
    const { x, scores, weights, choice } = experts;
    return {
      does: [...does, sum, root],
      reads: [
        { value: x, by: [weights.gate, weights.up] },
        ...[scores, stream, beside, score].flatMap((value) => (value ? [{ value }] : [])),
      ],
      addTo(steps) {
        const shared = { beside: beside && steps.rows(beside), besideScore: score && steps.rows(score) };
        const read = { x: steps.input(x), scores: steps.rows(scores), ...shared };
        const norm = { weight: root.weight, y: steps.makeNormed(root) };
        const hidden = steps.makeInPlace(sum, stream);
        steps.add({ kernel: "experts residual", does: this.does, ...read, weights, choice, hidden, norm });
      },
    };
  },
};

/** silu(linear(x)) * linear(x) */
const gateUpAndSwiglu: Fusion = {
  name: "gate, up and SwiGLU",
  match(root, uses) {
    if (root.op !== "mul") return undefined;
    const { a, b } = root;
    const [silu, up] = a.op === "silu" ? [a, b] : [b, a];
    if (silu.op !== "silu" || uses.of(silu).length > 1) return undefined;
    const gate = silu.x;
    if (!isProductFor(gate, silu, uses) || !isProductFor(up, root, uses) || gate.x !== up.x) return undefined;
    const weights = [gate.weight, up.weight];
    return {
      does: [gate, silu, up, root],
      reads: [{ value: gate.x, by: weights }],
      addTo(steps) {
        const x = steps.input(gate.x);
        steps.add({ kernel: "gated", does: this.does, x, gate: gate.weight, up: up.weight, y: steps.makeStored(root) });
      },
    };
  },
};

/** Queries, keys and values by one product; norms of heads; RoPE and attention. */
const projectionsAndAttention: Fusion = {
  name: "projections, RoPE and attention",
  match(root, uses) {
    if (root.op !== "attention") return undefined;
    const [q, k, v] = [root.q, root.k, root.v].map((value) => projectionOf(value, uses));
    if (!q || !k || !v) return undefined;
    if (!q.rotates || !k.rotates || v.rotates || v.norm || (q.norm === undefined) !== (k.norm === undefined))
      return undefined;
    const packed = packedOf([q, k, v]);
    if (packed === undefined) return undefined;
    const sizes = headSizesOf(root);
    return {
      does: [...new Set([q, k, v].flatMap(({ does }) => does)), root],
      reads: [{ value: q.product.x, by: packed.weights }],
      addTo(steps) {
        const products = new Set([q, k, v].map(({ product }) => product));
        const norms = this.does.filter(({ op }) => op === "rmsNorm");
        const rest = this.does.filter((value) => !products.has(value as Of<"linear">) && !norms.includes(value));
        const x = steps.input(q.product.x);
        const columns = packed.weights.reduce((sum, { rows }) => sum + rows, 0);
        const qkv = steps.scratch("q, k, v", columns);
        steps.add({ kernel: "linear", does: [...products], x, ...packed, y: qkv });
        if (q.norm && k.norm) steps.add({ kernel: "head norm", does: norms, qkv, sizes, q: q.norm, k: k.norm });
        steps.add({ kernel: "attention", does: rest, qkv, sizes, rotates: true, y: steps.makeStored(root) });
      },
    };
  },
};

export const FUSIONS: readonly Fusion[] = [
  embeddingAndNorm,
  residualAndNorm,
  expertsAndNorm,
  gateUpAndSwiglu,
  projectionsAndAttention,
];

export function headSizesOf({ q, k }: Of<"attention">) {
  const [numHeads, headDim] = q.shape as readonly [number, number];
  return { numHeads, numKeyValueHeads: k.shape[0]!, headDim };
}

/** Read by products only, which can do the second half of a norm. */
function isForProducts(norm: Of<"rmsNorm">, uses: Uses): boolean {
  const isWholeRow = norm.shape.length === 1;
  const isProduct = (user: Value) => user.op === "linear" || (user.op === "experts" && user.x === norm);
  return isWholeRow && uses.of(norm).every(isProduct);
}

function isProductFor(value: Value, user: Value, uses: Uses): value is Of<"linear"> {
  return value.op === "linear" && value.bias === undefined && uses.of(value).every((one) => one === user);
}

/** Whether all who read `stream` have done so when `added` is there, so that `sum` can be made in its place. */
function isReadBefore(stream: Value, sum: Value, added: Value, uses: Uses): boolean {
  return stream !== added && uses.of(stream).every((user) => user === sum || uses.waitsFor(added, user));
}

interface Mixture {
  readonly experts: Of<"experts">;
  readonly beside: Value | undefined; // is added
  readonly score: Value | undefined; // how far `beside` counts
  readonly does: readonly Value[];
}

/** experts(y), experts(y) + z, or experts(y) + gate(z, score), where nobody else reads them. */
function mixtureOf(value: Value, user: Value, uses: Uses): Mixture | undefined {
  const isOnlyFor = (one: Value, reader: Value) => uses.of(one).every((other) => other === reader);
  if (!isOnlyFor(value, user)) return undefined;
  if (value.op === "experts") return { experts: value, beside: undefined, score: undefined, does: [value] };
  if (value.op !== "add" || value.a === value.b) return undefined;
  const experts = [value.a, value.b].find((one) => one.op === "experts" && isOnlyFor(one, value));
  if (experts?.op !== "experts") return undefined;
  const beside = experts === value.a ? value.b : value.a;
  if (beside.op !== "gate" || !isOnlyFor(beside, value))
    return { experts, beside, score: undefined, does: [experts, value] };
  return { experts, beside: beside.x, score: beside.score, does: [experts, beside, value] };
}

/** A product, or columns of one, on its way to attention. */
interface Projection {
  readonly product: Of<"linear">;
  readonly columns: Of<"columns"> | undefined;
  readonly norm: Vector | undefined; // of each head
  readonly rotates: boolean;
  readonly does: readonly Value[];
}

function projectionOf(value: Value, uses: Uses): Projection | undefined {
  const does: Value[] = [];
  const through = <Op extends Value["op"]>(at: Value, op: Op): Of<Op> | undefined => {
    if (at.op !== op || uses.of(at).length > 1) return undefined;
    does.unshift(at);
    return at as Of<Op>; // its op is that
  };
  const rope = through(value, "rope");
  const norm = through(rope?.x ?? value, "rmsNorm");
  const heads = through(norm?.x ?? rope?.x ?? value, "heads");
  if (heads === undefined) return undefined;
  const columns = through(heads.x, "columns");
  const product = columns?.x ?? heads.x;
  if (product.op !== "linear") return undefined;
  const isForAttention = columns ? uses.of(product).every(({ op }) => op === "columns") : uses.of(product).length === 1;
  if (!isForAttention) return undefined;
  does.unshift(product);
  return { product, columns, norm: norm?.weight, rotates: rope !== undefined, does };
}

/** Matrices whose rows, one below the other, are those of q, k and v. */
function packedOf(qkv: readonly Projection[]): { weights: readonly Matrix[]; biases: readonly Vector[] } | undefined {
  const products = [...new Set(qkv.map(({ product }) => product))];
  const [first] = products;
  const biases = products.flatMap(({ bias }) => bias ?? []);
  const areAlike = products.every(({ x }) => x === first!.x) && [0, products.length].includes(biases.length);
  const areWhole = products.length === 3 && qkv.every(({ columns }) => columns === undefined);
  let next = 0; // column of one product's result
  const areColumns = qkv.every(({ columns, product }) => {
    const follows = columns?.first === next && product === first;
    next += columns?.shape[0] ?? 0;
    return follows;
  });
  if (!areAlike || !(areWhole || (areColumns && next === first!.weight.rows))) return undefined;
  return { weights: products.map(({ weight }) => weight), biases };
}
