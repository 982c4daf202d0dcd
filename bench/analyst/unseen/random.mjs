// Random values that are the same in each run: the tables of this half are made by them.

/** Mulberry32: 32 bits of state are enough for tables of a thousand rows. */
export function seededRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (low, high) => low + Math.floor(next() * (high - low + 1));
  return {
    integer,
    chance: (probability) => next() < probability,
    pick: (values) => values[Math.floor(next() * values.length)],
    /** @param weights { value: weight }, in any unit */
    weighted(weights) {
      const entries = Object.entries(weights);
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of entries) {
        if (left < weight) return value;
        left -= weight;
      }
      return entries.at(-1)[0]; // where sums of fractions fall short of the whole
    },
    /** Normal, by Box and Muller, rounded: what files hold has a few digits. */
    normal(mean, deviation, digits = 0) {
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      return Number((mean + deviation * radius * Math.cos(2 * Math.PI * next())).toFixed(digits));
    },
    /** @param from, to "2024-01-02"; both may come out */
    day(from, to) {
      const first = Date.parse(from);
      return new Date(first + integer(0, (Date.parse(to) - first) / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
    },
  };
}

const DAY_MS = 86_400_000;
