import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { TOKEN_TILE } from "../kernels/linear.ts";

const SLEPT_SHARE = 0.95; // of the expected time
const LEAST_SLEEP_MS = 4; // timers are no finer

/**
 * Waits for steps on a software adapter. While a promise of Dawn is pending, Node polls it and takes half a core from
 * the shaders, which run on the same CPU; so most of the expected time is slept through first. To sleep too long costs
 * more than to poll: what is expected is the shorter of the last two steps of the kind, so that one slow step (shaders
 * being compiled, a machine that was suspended) slows no other.
 */
export class Pace {
  readonly #isSoftware: boolean;
  readonly #steps = { one: [] as number[], many: [] as number[] }; // the last two, ms a token; a prompt's tokens cost less

  constructor(isSoftware: boolean) {
    this.#isSoftware = isSoftware;
  }

  /**
   * @param tokens that were submitted just now; 0: a mixture, for which no time is expected
   * @param wait begins to wait for them
   */
  async wait<T>(tokens: number, wait: () => Promise<T>): Promise<T> {
    if (!this.#isSoftware || tokens === 0) return wait();
    const steps = this.#steps[tokens === 1 ? "one" : "many"];
    const computed = tokens === 1 ? 1 : Math.ceil(tokens / TOKEN_TILE) * TOKEN_TILE;
    const started = performance.now();
    const pause = steps.length < 2 ? 0 : SLEPT_SHARE * Math.min(...steps) * computed;
    if (pause >= LEAST_SLEEP_MS) await sleep(pause);
    const result = await wait();
    steps.push((performance.now() - started) / computed);
    if (steps.length > 2) steps.shift();
    return result;
  }
}
