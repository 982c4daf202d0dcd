const SMALLEST = /(^|[^\d.])0\.5b/i;

/** Whether a model is of the size that needs warnings, and as little beside a question as can be. */
export function isSmallest(model: string): boolean {
  return SMALLEST.test(model);
}
