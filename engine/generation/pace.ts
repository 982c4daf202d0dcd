import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

const SLEPT_SHARE = 0.9; // of the expected time
const LEAST_SLEEP_MS = 4; // timers are no finer

/**
 * Waits for steps on a software adapter. While a promise of Dawn is pending, Node polls it and takes half a core from
 * the shaders, which run on the same CPU; so most of the expected time is slept through first.
 */
export class Pace {
  readonly #isSoftware: boolean;
  readonly #msPerToken = { one: 0, many: 0 }; // expected; a token of a prompt costs less than one alone

  constructor(isSoftware: boolean) {
    this.#isSoftware = isSoftware;
  }

  /** @param wait begins to wait for work on `tokens` tokens that was submitted just now */
  async wait<T>(tokens: number, wait: () => Promise<T>): Promise<T> {
    if (!this.#isSoftware || tokens === 0) return wait();
    const kind = tokens === 1 ? "one" : "many";
    const started = performance.now();
    const pause = SLEPT_SHARE * this.#msPerToken[kind] * tokens;
    if (pause >= LEAST_SLEEP_MS) await sleep(pause);
    const result = await wait();
    const took = (performance.now() - started) / tokens;
    this.#msPerToken[kind] = this.#msPerToken[kind] === 0 ? took : (this.#msPerToken[kind] + took) / 2;
    return result;
  }
}
