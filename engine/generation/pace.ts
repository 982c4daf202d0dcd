import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { TOKEN_TILE } from "../kernels/linear.ts";

const LEAST_SLEEP_MS = 4; // timers are no finer
const NOTHING_LEFT_MS = 2; // of waiting: the sleep was too long
const REST_SHARE = 0.4; // of the time that was polled; unpolled it would have taken about half
const SHORTER = 0.95; // after a sleep that was too long, and more so after each further one

/**
 * Waits for steps on a software adapter. While a promise of Dawn is pending, Node polls it, and the shaders, which run on
 * the same CPU, take twice as long; so a step is slept through but for its end. To sleep too long costs as much as to
 * poll: the sleep is the shorter one of those that the last two steps of the kind would have needed, so that a single
 * slow step (shaders being compiled, a machine that was suspended) slows no other.
 */
export class Pace {
  readonly #isSoftware: boolean;
  readonly #kinds = { one: new Sleep(), many: new Sleep() }; // tokens of a prompt cost less than one alone

  constructor(isSoftware: boolean) {
    this.#isSoftware = isSoftware;
  }

  /**
   * @param tokens that were submitted just now; 0: a mixture, for which no time is expected
   * @param wait begins to wait for them
   */
  async wait<T>(tokens: number, wait: () => Promise<T>): Promise<T> {
    if (!this.#isSoftware || tokens === 0) return wait();
    const computed = tokens === 1 ? 1 : Math.ceil(tokens / TOKEN_TILE) * TOKEN_TILE;
    const kind = this.#kinds[tokens === 1 ? "one" : "many"];
    const slept = kind.next * computed;
    if (slept >= LEAST_SLEEP_MS) await sleep(slept);
    const started = performance.now();
    const result = await wait();
    kind.learn(slept, performance.now() - started, computed);
    return result;
  }
}

class Sleep {
  #needed: number[] = []; // by the last two steps, ms a token
  #tooLong = 0; // sleeps in a row

  get next(): number {
    return this.#needed.length < 2 ? 0 : Math.min(...this.#needed);
  }

  learn(slept: number, polled: number, tokens: number): void {
    const isTooLong = slept > 0 && polled < NOTHING_LEFT_MS;
    this.#tooLong = isTooLong ? this.#tooLong + 1 : 0;
    const needed = isTooLong ? slept * SHORTER ** (2 ** (this.#tooLong - 1)) : slept + REST_SHARE * polled;
    this.#needed = [...this.#needed.slice(-1), needed / tokens];
  }
}
