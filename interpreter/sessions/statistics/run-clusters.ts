import { mean, standardDeviation } from "simple-statistics";
import { type Asked, columns, numeric, told } from "./asked.ts";
import { kMeans, silhouette } from "./k-means.ts";
import { need } from "./statistics-error.ts";
import type { StatisticsResults } from "./statistics-types.ts";

const CLUSTERS = 3;

export async function runClusters(asked: Asked): Promise<StatisticsResults["k-means"]> {
  const { clusters = CLUSTERS, seed = 0, scale = false } = asked;
  const read = await columns(asked, asked.x.map(numeric));
  const points = read.rows as readonly (readonly number[])[];
  need(points.length > clusters, `${clusters} clusters need more rows, and there are ${points.length}`);
  const used = scale ? scaled(points) : points;
  const found = kMeans(used, clusters, seed);
  const labels: (number | null)[] = new Array(read.count).fill(null);
  for (const [i, label] of found.labels.entries()) labels[read.at[i]!] = label;
  const result = {
    clusters: found.sizes.map((n, cluster) => {
      const own = points.filter((_, i) => found.labels[i] === cluster);
      return { cluster, n, center: Object.fromEntries(read.columns.map(({ name }, j) => [name, columnMean(own, j)])) };
    }),
    inertia: found.inertia,
    silhouette: silhouette(used, found, seed),
    labels,
  };
  return told(`k-means with seed ${seed}${scale ? ", columns scaled" : ", columns in their own units"}`, read, result);
}

/** To mean 0 and standard deviation 1, as scikit-learn's StandardScaler. */
function scaled(points: readonly (readonly number[])[]): number[][] {
  const sizes = points[0]!.map((_, j) => {
    const values = points.map((point) => point[j]!);
    return { center: mean(values), spread: standardDeviation(values) || 1 };
  });
  return points.map((point) => point.map((value, j) => (value - sizes[j]!.center) / sizes[j]!.spread));
}

function columnMean(points: readonly (readonly number[])[], column: number): number {
  return points.reduce((sum, point) => sum + point[column]!, 0) / points.length;
}
