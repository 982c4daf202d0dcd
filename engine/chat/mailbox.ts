/** What a callback is given, for somebody who iterates. */
export class Mailbox<T> {
  readonly #waiting: T[] = [];
  #wake: () => void = () => {};

  push(item: T): void {
    this.#waiting.push(item);
    this.#wake();
  }

  /** What has come, and what comes until `end` settles; its failure is for whoever awaits it. */
  async *until(end: Promise<unknown>): AsyncGenerator<T> {
    let isOver = false;
    const over = end.then(
      () => undefined,
      () => undefined,
    );
    void over.then(() => {
      isOver = true;
      this.#wake();
    });
    while (!isOver) {
      yield* this.#waiting.splice(0);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (isOver || this.#waiting.length > 0) resolve();
      });
    }
  }
}
