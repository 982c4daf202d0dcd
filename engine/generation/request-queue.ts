import { EngineError } from "../errors.ts";

/** Lets one request at a time use the model, in the order in which they came. */
export class RequestQueue {
  #last: Promise<void> = Promise.resolve();

  /**
   * Waits for its turn.
   * @returns what the request calls when it is done
   * @throws EngineError `aborted`, at once
   */
  async enter(signal: AbortSignal | undefined): Promise<() => void> {
    throwIfAborted(signal);
    const before = this.#last;
    let leave: () => void = () => {};
    const done = new Promise<void>((resolve) => {
      leave = resolve;
    });
    this.#last = before.then(() => done);
    try {
      await untilAborted(before, signal);
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }
}

/** @throws EngineError `aborted` */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new EngineError("aborted", "The request was aborted.", { cause: signal.reason });
}

async function untilAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return work;
  let onAbort: () => void = () => {};
  const aborted = new Promise<void>((resolve) => {
    onAbort = resolve;
    signal.addEventListener("abort", onAbort, { once: true });
  });
  await Promise.race([work, aborted]);
  signal.removeEventListener("abort", onAbort);
  throwIfAborted(signal);
}
