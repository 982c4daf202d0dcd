import { performance } from "node:perf_hooks"; // durations: a clock may be put

interface WithUsage {
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
}

/** Counters of a server, as Prometheus reads them. */
export class Metrics {
  running = 0;
  #requests = 0;
  #failures = 0;
  #promptTokens = 0;
  #generatedTokens = 0;
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

  /** Passes an answer's events on, and counts the tokens of its usage. */
  async *counted<T extends WithUsage>(events: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const event of events) {
      this.count(event);
      yield event;
    }
  }

  count({ usage }: WithUsage): void {
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
      counter("busy_seconds_total", "Time with at least one request.", this.#seconds),
    ].join("");
  }
}
