import { performance } from "node:perf_hooks"; // durations: a clock may be put

/** What is counted of an answer, or of an event of one. */
interface Counted {
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
  readonly choices?: readonly { readonly text?: string; readonly delta?: object }[];
}

/** Counters of a server, as Prometheus reads them. */
export class Metrics {
  running = 0;
  #requests = 0;
  #failures = 0;
  #promptTokens = 0;
  #generatedTokens = 0;
  #begun = 0;
  #beginSeconds = 0;
  #seconds = 0;
  #busySince = 0; // ms

  /** So far, also those that have ended. */
  get requests(): number {
    return this.#requests;
  }

  started(): void {
    this.#requests++;
    if (this.running++ === 0) this.#busySince = performance.now();
  }

  ended(): void {
    if (--this.running === 0) this.#seconds += (performance.now() - this.#busySince) / 1000;
  }

  failed(): void {
    this.#failures++;
  }

  /**
   * Passes an answer's events on, and counts the tokens of its usage, and how long its first word took. A client that
   * leaves before the usage has had its prompts read all the same: `start` tells of each when it is about to be.
   */
  async *counted<T extends Counted>(
    start: (onPrompt: (tokens: number) => void) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    const started = performance.now();
    let isBegun = false;
    let hasUsage = false;
    let prompts = 0;
    try {
      for await (const event of start((tokens) => (prompts += tokens))) {
        this.count(event);
        hasUsage ||= Boolean(event.usage);
        if (!isBegun && saysSomething(event)) {
          isBegun = true;
          this.#begun++;
          this.#beginSeconds += (performance.now() - started) / 1000;
        }
        yield event;
      }
    } finally {
      if (!hasUsage) this.#promptTokens += prompts;
    }
  }

  count({ usage }: Counted): void {
    this.#promptTokens += usage?.prompt_tokens ?? 0;
    this.#generatedTokens += usage?.completion_tokens ?? 0;
  }

  text(): string {
    const counter = (name: string, help: string, value: number, type = "counter") =>
      `# HELP qwenlab_${name} ${help}\n# TYPE qwenlab_${name} ${type}\nqwenlab_${name} ${value}\n`;
    return [
      counter("requests_total", "Requests for an answer or an embedding.", this.#requests),
      counter("failures_total", "Requests that ended in an error.", this.#failures),
      counter("requests_running", "Requests under way or waiting.", this.running, "gauge"),
      counter("prompt_tokens_total", "Tokens read.", this.#promptTokens),
      counter("generated_tokens_total", "Tokens written.", this.#generatedTokens),
      counter("first_words_total", "Requests whose answer has begun.", this.#begun),
      counter("first_word_seconds_total", "Time that these took to their answer's first word.", this.#beginSeconds),
      counter("busy_seconds_total", "Time with at least one request.", this.#seconds),
    ].join("");
  }
}

/** Of a choice's delta the role comes before anything is computed, and is no word. */
function saysSomething({ choices = [] }: Counted): boolean {
  return choices.some(({ text = "", delta = {} }) => {
    const { role: _, ...words } = delta as Readonly<Record<string, unknown>>;
    return text !== "" || Object.values(words).some((word) => word !== "" && word != null);
  });
}
