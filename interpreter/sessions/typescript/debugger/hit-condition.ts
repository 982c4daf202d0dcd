// A breakpoint's hit condition: "5" and "== 5" the fifth time, ">= 5" from then on, "% 2" every second time.

const HIT_CONDITION = /^\s*(==?=?|>=?|<=?|%)?\s*(\d+)\s*$/;

export interface HitCondition {
  readonly operator: string;
  readonly count: number;
}

/** What is asked when a breakpoint is reached. */
export interface BreakpointCheck {
  readonly id: number;
  readonly names: readonly string[]; // in its condition and its message
  readonly file?: string; // of the folder, in which it is
  readonly hitCondition?: HitCondition;
}

/** @returns `undefined` for what is none */
export function parseHitCondition(text: string): HitCondition | undefined {
  const [, operator = "==", count] = HIT_CONDITION.exec(text) ?? [];
  return count === undefined ? undefined : { operator, count: Number(count) };
}

export function meetsHitCondition({ operator, count }: HitCondition, hits: number): boolean {
  if (operator === ">") return hits > count;
  if (operator === ">=") return hits >= count;
  if (operator === "<") return hits < count;
  if (operator === "<=") return hits <= count;
  if (operator === "%") return hits % count === 0;
  return hits === count;
}
