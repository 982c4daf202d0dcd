/** Steps that were asked for and not waited for yet, the oldest first. */
export class InFlight {
  readonly #steps: Promise<number>[] = [];

  get count(): number {
    return this.#steps.length;
  }

  start(step: Promise<number>): void {
    step.catch(() => {}); // it is heard of when its turn comes, if it does
    this.#steps.push(step);
  }

  /** The choice of the oldest; undefined if there is none. */
  next(): Promise<number> | undefined {
    return this.#steps.shift();
  }
}
