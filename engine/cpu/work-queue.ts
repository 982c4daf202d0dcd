/** Work in the order of the calls, as a GPU's queue has it: each begins when what was added before it has ended. */
export class WorkQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Work that nobody waits for; it does not throw. */
  add(work: () => void): void {
    void this.result(work);
  }

  /** Of failed work those who asked for it hear; what follows runs all the same. */
  result<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}
