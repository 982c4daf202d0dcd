// Tail probabilities, by the continued fractions and series of Numerical Recipes (6.1, 6.2, 6.4); relative error < 1e-9.

const EPSILON = 1e-14;
const TINY = 1e-300;
const MAX_TERMS = 10_000;

/** Lanczos' approximation, g = 7. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

export function lnGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x);
  const t = x + 6.5;
  const sum = LANCZOS.slice(1).reduce((total, c, i) => total + c / (x + i), LANCZOS[0]!);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** I_x(a, b) */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < MAX_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const step = d * c;
    result *= step;
    if (Math.abs(step - 1) < EPSILON) break;
  }
  return result;
}

/** Q(a, x): the upper tail. */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(-x + a * Math.log(x) - lnGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < MAX_TERMS && Math.abs(term) > Math.abs(sum) * EPSILON; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return 1 - front * sum;
  }
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let result = d;
  for (let i = 1; i < MAX_TERMS; i++) {
    const factor = -i * (i - a);
    b += 2;
    d = 1 / away(factor * d + b);
    c = away(b + factor / c);
    const step = d * c;
    result *= step;
    if (Math.abs(step - 1) < EPSILON) break;
  }
  return front * result;
}

function away(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** Two-sided. */
export function studentP(t: number, df: number): number {
  return incompleteBeta(df / (df + t * t), df / 2, 0.5);
}

export function fisherP(f: number, df1: number, df2: number): number {
  return incompleteBeta(df2 / (df2 + df1 * f), df2 / 2, df1 / 2);
}

export function chiSquareP(value: number, df: number): number {
  return upperGamma(df / 2, value / 2);
}

/** The upper tail of the normal distribution. */
export function normalTail(z: number): number {
  const half = upperGamma(0.5, (z * z) / 2) / 2;
  return z >= 0 ? half : 1 - half;
}

/** Two-sided. */
export function normalP(z: number): number {
  return upperGamma(0.5, (z * z) / 2);
}

/** The z below which the share `p` of the normal distribution lies. */
export function normalQuantile(p: number): number {
  return p < 0.5 ? -quantile((z) => normalTail(z), p) : quantile((z) => normalTail(z), 1 - p);
}

/** The t that a share `p` of Student's distribution is farther from 0 than. */
export function studentQuantile(p: number, df: number): number {
  return quantile((t) => studentP(t, df), p);
}

/** Where a tail that falls from 0 on is `p`: by halves, to the last bit. */
function quantile(tail: (x: number) => number, p: number): number {
  let low = 0;
  let high = 1;
  while (tail(high) > p) high *= 2;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (tail(middle) > p) low = middle;
    else high = middle;
  }
}
