/**
 * A limit on how long something from another process may take. A kernel that was held up finds the limit past and the
 * answer there, both at once: the answer is read first.
 *
 * @returns ends it
 */
export function startLimit(milliseconds: number, onPast: () => void): () => void {
  let isEnded = false;
  const timer = setTimeout(() => {
    setImmediate(() => isEnded || onPast()); // after the loop has read
  }, milliseconds);
  return () => {
    isEnded = true;
    clearTimeout(timer);
  };
}
