// Which cells run: one after another, and inside one the cells that it waits for, as qwen.agent() runs them.

export interface RunningCell {
  readonly cellId: string;
  readonly interrupted: boolean;
}

export interface CellQueue {
  /** After what was queued before; a failed task does not stop the next. What the running cell asks for does not wait. */
  queued<T>(task: () => Promise<T>, cellId?: string): Promise<T>;
  /** Runs a body that interrupt() reaches. */
  run<T>(cellId: string, body: (cell: RunningCell) => Promise<T>): Promise<T>;
  /** @returns fires when the outermost cell has ended; undefined where none runs, or it was interrupted already */
  interrupt(): AbortSignal | undefined;
  /** The outermost cell that runs. */
  readonly current: string | undefined;
}

export function createCellQueue(): CellQueue {
  const running: { readonly cellId: string; readonly stopped: AbortController; interrupted: boolean }[] = [];
  let last: Promise<unknown> = Promise.resolve();

  return {
    queued(task, cellId) {
      if (cellId !== undefined && running.at(-1)?.cellId === cellId) return task();
      const result = last.then(task, task);
      last = result.catch(() => {});
      return result;
    },
    async run(cellId, body) {
      const cell = { cellId, stopped: new AbortController(), interrupted: false };
      running.push(cell);
      try {
        return await body(cell);
      } finally {
        cell.stopped.abort();
        running.splice(running.indexOf(cell), 1);
      }
    },
    interrupt() {
      const [outermost] = running;
      if (outermost === undefined || outermost.interrupted) return undefined;
      for (const cell of running) cell.interrupted = true;
      return outermost.stopped.signal;
    },
    get current() {
      return running[0]?.cellId;
    },
  };
}
