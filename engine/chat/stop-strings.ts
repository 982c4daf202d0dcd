/** Lets text through up to the first stop string; what may be the beginning of one waits for more. */
export class StopStrings {
  readonly #stops: readonly string[];
  #held = "";
  #isStopped = false;

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== "");
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** The text that is safe to show. */
  push(text: string): string {
    if (this.#isStopped) return "";
    this.#held += text;
    const found = this.#stops.map((stop) => this.#held.indexOf(stop)).filter((index) => index >= 0);
    if (found.length > 0) {
      this.#isStopped = true;
      return this.#release(Math.min(...found));
    }
    return this.#release(this.#held.length - Math.max(0, ...this.#stops.map((stop) => overlap(this.#held, stop))));
  }

  /** What still waits, when no more text comes. */
  end(): string {
    return this.#isStopped ? "" : this.#release(this.#held.length);
  }

  #release(length: number): string {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return text;
  }
}

/** How many characters at the end of `text` are the beginning of `marker`, but not all of it. */
export function overlap(text: string, marker: string): number {
  for (let length = Math.min(marker.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(marker.slice(0, length))) return length;
  }
  return 0;
}
