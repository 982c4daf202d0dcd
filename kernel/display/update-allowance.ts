// Updates replace each other in the notebook's file, but each goes to the front ends: what is sent at once is bounded, and
// what is sent over time.
const MAX_CHARACTERS = 33 * 2 ** 20; // at least the largest display
const CHARACTERS_PER_MS = 2_000;
const MESSAGE_CHARACTERS = 1_000; // what a message costs by itself

export class UpdateAllowance {
  #left = MAX_CHARACTERS;
  #countedAt = performance.now();

  /** Whether an update of this size may be sent now; if so, it is counted. */
  takes(characters: number): boolean {
    const now = performance.now();
    this.#left = Math.min(MAX_CHARACTERS, this.#left + (now - this.#countedAt) * CHARACTERS_PER_MS);
    this.#countedAt = now;
    const cost = characters + MESSAGE_CHARACTERS;
    if (cost > this.#left) return false;
    this.#left -= cost;
    return true;
  }
}
