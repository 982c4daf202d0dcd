// What a cell prints and shows leaves at most 12 times a second, in order: neither a loop that prints nor one that
// updates a display a thousand times a second reaches the browser as that many messages.

const FLUSH_INTERVAL_MS = 80;
const SHARE_OF_TIME = 10; // what took a second to make is not made again for ten: the kernel has other work
const MAX_WAITING = 100; // messages: many more at once would keep the kernel from its other work
const MAX_STREAM_RUNS = 8; // alternating stdout and stderr: more switches in one interval lose their order
const MAX_CHARACTERS_PER_CELL = 32 * 2 ** 20; // images are base64 text here
const MAX_DISPLAYS_PER_CELL = 2_000; // more of them freeze the browser

export const OUTPUT_STOPS = "\n[output stops here: the cell shows too much; it goes on running]\n";

export type CellOutputMessage =
  | { readonly type: "stream"; readonly name: "stdout" | "stderr"; text: string }
  | {
      readonly type: "display_data" | "update_display_data";
      content: {
        readonly data: Readonly<Record<string, unknown>>;
        readonly metadata: Readonly<Record<string, unknown>>;
        readonly transient: { readonly display_id?: string };
      };
    }
  | { readonly type: "clear_output"; readonly wait: boolean };

type Display = Extract<CellOutputMessage, { content: unknown }>;

export class OutputQueue {
  readonly #send: (message: CellOutputMessage) => void;
  #waiting: CellOutputMessage[] = [];
  #timer: NodeJS.Timeout | undefined;
  #characters = 0;
  #displays = 0;
  #isFull = false;
  #interval = FLUSH_INTERVAL_MS;

  constructor(send: (message: CellOutputMessage) => void) {
    this.#send = send;
  }

  stream(name: "stdout" | "stderr", text: string): void {
    if (text === "" || !this.#admits(text.length)) return;
    const run = this.#runOf(name);
    if (run) run.text += text;
    else this.#push({ type: "stream", name, text });
  }

  display(content: Display["content"]): void {
    this.#displays++;
    if (this.#admits(charactersOf(content.data))) this.#push({ type: "display_data", content });
  }

  /** Replaces what waits under the same id. */
  update(content: Display["content"]): void {
    const id = content.transient.display_id;
    const same = this.#waiting.find((message) => "content" in message && message.content.transient.display_id === id);
    if (same && "content" in same) same.content = content;
    else this.#push({ type: "update_display_data", content });
  }

  clear(wait: boolean): void {
    // What waits would be erased at once; updates may concern another cell's display.
    this.#waiting = this.#waiting.filter(({ type }) => type === "update_display_data");
    this.#push({ type: "clear_output", wait });
  }

  /** Sends all that waits, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    const started = performance.now();
    for (const message of waiting) this.#send(message);
    this.#interval = Math.max(FLUSH_INTERVAL_MS, SHARE_OF_TIME * (performance.now() - started));
  }

  #push(message: CellOutputMessage): void {
    this.#waiting.push(message);
    if (this.#waiting.length >= MAX_WAITING) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#interval);
  }

  /** The waiting run of this stream that a text may be added to. */
  #runOf(name: "stdout" | "stderr") {
    const last = this.#waiting.at(-1);
    if (last?.type === "stream" && last.name === name) return last;
    const runs = this.#waiting.filter((message) => message.type === "stream");
    return runs.length < MAX_STREAM_RUNS ? undefined : runs.findLast((run) => run.name === name);
  }

  #admits(characters: number): boolean {
    if (this.#isFull) return false;
    this.#characters += characters;
    this.#isFull = this.#characters > MAX_CHARACTERS_PER_CELL || this.#displays > MAX_DISPLAYS_PER_CELL;
    if (this.#isFull) this.#push({ type: "stream", name: "stderr", text: OUTPUT_STOPS });
    return !this.#isFull;
  }
}

function charactersOf(data: Readonly<Record<string, unknown>>): number {
  const sizes = Object.values(data).map((value) => (typeof value === "string" ? value : JSON.stringify(value)).length);
  return sizes.reduce((sum, size) => sum + size, 0);
}
