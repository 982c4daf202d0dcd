/** Starts one of several answers. */
type Start<T> = (signal: AbortSignal) => AsyncGenerator<T>;

/**
 * The events of several answers as they come, each with its answer's index; at most `limit` are under way at a time, and
 * they begin in their order. What fails, or nobody reads on, ends them all.
 */
export async function* sideBySide<T>(
  starts: readonly Start<T>[],
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
): AsyncGenerator<readonly [index: number, event: T]> {
  const stop = new AbortController();
  const answers: AsyncGenerator<T>[] = [];
  const coming = new Map<number, Promise<readonly [index: number, next: IteratorResult<T>]>>();
  const ask = (index: number) => {
    coming.delete(index); // asked last, looked at last: none keeps the others waiting
    coming.set(
      index,
      answers[index]!.next().then((next) => [index, next] as const),
    );
  };
  const fill = () => {
    for (let index = answers.length; coming.size < limit && index < starts.length; index++) {
      answers.push(starts[index]!(AbortSignal.any([signal, stop.signal])));
      ask(index);
    }
  };
  try {
    for (fill(); coming.size > 0; fill()) {
      const [index, next] = await Promise.race(coming.values());
      if (next.done) {
        coming.delete(index);
        continue;
      }
      yield [index, next.value];
      ask(index);
    }
  } finally {
    stop.abort();
    await Promise.allSettled(answers.map((answer) => answer.return(undefined)));
  }
}

/** A gate that opens once, for those who wait for the first of several answers to have read their prompt. */
export class Gate {
  open: () => void = () => {};
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}
