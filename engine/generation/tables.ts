import { EngineError } from "../errors.ts";

/** Hands out the decoder's block tables, one a request; who comes when all are in use waits, in order. */
export class Tables {
  readonly #free: number[];
  readonly #waiting: ((table: number) => void)[] = [];

  constructor(count: number) {
    this.#free = Array.from({ length: count }, (_, table) => table).reverse();
  }

  /** @throws EngineError `aborted`, at once */
  async take(signal: AbortSignal | undefined): Promise<number> {
    throwIfAborted(signal);
    const free = this.#free.pop();
    if (free !== undefined) return free;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(given), 1);
        reject(aborted(signal));
      };
      const given = (table: number) => {
        signal?.removeEventListener("abort", onAbort);
        resolve(table);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(given);
    });
  }

  giveBack(table: number): void {
    const next = this.#waiting.shift();
    if (next) next(table);
    else this.#free.push(table);
  }
}

/** @throws EngineError `aborted` */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal);
}

export function aborted(signal: AbortSignal | undefined): EngineError {
  return new EngineError("aborted", "The request was aborted.", { cause: signal?.reason });
}
