// Queries that small models do not think of by themselves. Where the question's words call for one, it is shown on a table
// that nobody has, so that its shape is taken over and not its names.
import { type Asked, asksFor } from "../languages/index.ts";

const SHAPES: readonly (readonly [asked: Asked, query: string])[] = [
  ["never", "SELECT s.name FROM shops AS s WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.shop = s.name)"],
  [
    "running-total",
    "SELECT day, sum(sum(amount)) OVER (ORDER BY day) AS running_total FROM orders GROUP BY day ORDER BY day",
  ],
  [
    "moving-average",
    "SELECT day, avg(amount) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS moving_average FROM orders",
  ],
  [
    "first-of-each",
    "SELECT city, shop, amount FROM orders QUALIFY row_number() OVER (PARTITION BY city ORDER BY amount DESC) = 1",
  ],
  [
    "change-over-time",
    "SELECT month, total, total - lag(total) OVER (ORDER BY month) AS change FROM (SELECT date_trunc('month', day) AS month, sum(amount) AS total FROM orders GROUP BY 1) ORDER BY month",
  ],
  ["share-of-rows", "SELECT 100.0 * count(*) FILTER (WHERE amount > 50) / count(*) AS percent_over_50 FROM orders"],
  [
    "gaps",
    "SELECT d::DATE AS missing_day FROM generate_series((SELECT min(day) FROM orders), (SELECT max(day) FROM orders), INTERVAL 1 DAY) AS g(d) WHERE d NOT IN (SELECT day FROM orders)",
  ],
];

const MAX_SHAPES = 2; // more would be read instead of the question

/** Lines after the question; "" for most questions. */
export function sqlShapes(question: string): string {
  const asked = SHAPES.filter(([shape]) => asksFor(question, shape)).slice(0, MAX_SHAPES);
  return asked.map(([, query]) => `(A query of this shape: ${query})`).join("\n");
}
