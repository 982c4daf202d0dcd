// Lloyd's algorithm from centers that k-means++ spreads, the best of some runs, as scikit-learn's KMeans(n_init=10).
import { RandomState } from "./random.ts";
import { need } from "./statistics-error.ts";

const RUNS = 10;
const MAX_ROUNDS = 300;
const MAX_OF_SILHOUETTE = 2_000; // rows: each is compared with each

type Point = readonly number[];

export interface Clustering {
  readonly centers: readonly Point[]; // the largest cluster's first
  readonly labels: readonly number[];
  readonly sizes: readonly number[];
  readonly inertia: number;
}

export function kMeans(points: readonly Point[], clusters: number, seed: number): Clustering {
  const different = new Set(points.map((point) => point.join(" "))).size;
  need(different >= clusters, `${clusters} clusters need as many different rows, and there are ${different}`);
  const random = new RandomState(seed);
  const runs = Array.from({ length: RUNS }, () => lloyd(points, spread(points, clusters, random)));
  return runs.reduce((best, run) => (run.inertia < best.inertia ? run : best));
}

/** Each center is a point by chance, the more likely the farther it is from those before; the best of some (greedy k-means++). */
function spread(points: readonly Point[], clusters: number, random: RandomState): Point[] {
  const centers = [points[random.integer(points.length - 1)]!];
  let distances = points.map((point) => distance(point, centers[0]!));
  const tries = 2 + Math.floor(Math.log(clusters)); // scikit-learn's number
  while (centers.length < clusters) {
    const candidates = Array.from({ length: tries }, () => {
      const center = points[pick(distances, random.uniform())]!;
      const left = distances.map((value, i) => Math.min(value, distance(points[i]!, center)));
      return { center, left, sum: left.reduce((total, value) => total + value, 0) };
    });
    const best = candidates.reduce((one, other) => (other.sum < one.sum ? other : one));
    centers.push(best.center);
    distances = best.left;
  }
  return centers;
}

/** The place that a share of the sum falls into. */
function pick(weights: readonly number[], share: number): number {
  let left = share * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, weight] of weights.entries()) {
    left -= weight;
    if (left < 0 && weight > 0) return i;
  }
  return weights.findLastIndex((weight) => weight > 0); // the sum was rounded
}

function lloyd(points: readonly Point[], start: readonly Point[]): Clustering {
  let centers = start;
  let labels: readonly number[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = points.map((point) => nearest(point, centers));
    if (next.every((label, i) => label === labels[i])) break;
    labels = next;
    centers = centers.map((center, k) => centerOf(points.filter((_, i) => next[i] === k)) ?? center);
  }
  const inertia = points.reduce((sum, point, i) => sum + distance(point, centers[labels[i]!]!), 0);
  return bySize(centers, labels, inertia);
}

function bySize(centers: readonly Point[], labels: readonly number[], inertia: number): Clustering {
  const sizes = centers.map((_, k) => labels.filter((label) => label === k).length);
  const order = sizes.map((_, k) => k).sort((a, b) => sizes[b]! - sizes[a]!);
  const placeOf = new Map(order.map((k, place) => [k, place]));
  return {
    centers: order.map((k) => centers[k]!),
    sizes: order.map((k) => sizes[k]!),
    labels: labels.map((label) => placeOf.get(label)!),
    inertia,
  };
}

function nearest(point: Point, centers: readonly Point[]): number {
  const distances = centers.map((center) => distance(point, center));
  return distances.indexOf(Math.min(...distances));
}

function centerOf(points: readonly Point[]): Point | undefined {
  return points[0]?.map((_, j) => points.reduce((sum, point) => sum + point[j]!, 0) / points.length);
}

/** Squared. */
function distance(a: Point, b: Point): number {
  return a.reduce((sum, value, j) => sum + (value - b[j]!) ** 2, 0);
}

/** The mean of (b - a) / max(a, b): a to the own cluster's other points, b to those of the nearest other cluster. */
export function silhouette(points: readonly Point[], { labels, centers }: Clustering, seed: number): number {
  const picked = new RandomState(seed).permutation(points.length).slice(0, MAX_OF_SILHOUETTE);
  const scores = picked.map((i) => {
    const sums = centers.map(() => ({ distance: 0, n: 0 }));
    for (const j of picked) {
      if (j === i) continue;
      const sum = sums[labels[j]!]!;
      sum.distance += Math.sqrt(distance(points[i]!, points[j]!));
      sum.n++;
    }
    const own = sums[labels[i]!]!;
    if (own.n === 0) return 0; // alone in its cluster
    const others = sums.filter(({ n }, k) => k !== labels[i] && n > 0).map((sum) => sum.distance / sum.n);
    const [a, b] = [own.distance / own.n, Math.min(...others)];
    return others.length === 0 ? 0 : (b - a) / Math.max(a, b);
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
