/** A test that cannot be done as it was asked for; the message says what to change. */
export class StatisticsError extends Error {
  override readonly name = "StatisticsError";
}

/** @throws StatisticsError */
export function need(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new StatisticsError(problem);
}
