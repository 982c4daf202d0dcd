// What a cell prints and shows leaves at most 12 times a second, in order: neither a loop that prints nor one that
// updates a display a thousand times a second reaches the browser as that many messages.

import { UpdateAllowance } from "./update-allowance.ts";

const FLUSH_INTERVAL_MS = 80;
const SHARE_OF_TIME = 10; // what took a second to make is not made again for ten: the kernel has other work
const MAX_WAITING = 100; // messages: many more at once would keep the kernel from its other work
const MAX_STREAM_RUNS = 8; // alternating stdout and stderr: more switches in one interval lose their order
const MAX_CHARACTERS_PER_CELL = 32 * 2 ** 20; // images are base64 text here
const MAX_DISPLAYS_PER_CELL = 2_000; // more of them freeze the browser
const MAX_HELD = 200; // displays whose updates come faster than they may be sent

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
  readonly #allowance = new UpdateAllowance();
  #held: CellOutputMessage[] = []; // updates
  #displays = 0;
  #isFull = false;
  #interval = FLUSH_INTERVAL_MS;

  constructor(send: (message: CellOutputMessage) => void) {
    this.#send = send;
  }

  stream(name: "stdout" | "stderr", text: string): void {
    if (text === "" || !this.#admits(text.length)) return;
    this.#dropErased();
    const run = this.#runOf(name);
    if (run) run.text += text;
    else this.#push({ type: "stream", name, text });
  }

  display(content: Display["content"]): void {
    this.#displays++;
    if (!this.#admits(charactersOf(content.data))) return;
    this.#dropErased();
    this.#push({ type: "display_data", content });
  }

  /** Replaces what waits under the same id. Its data may be getters: they are asked once, when it is sent. */
  update(content: Display["content"]): void {
    const id = content.transient.display_id;
    const same = [...this.#held, ...this.#waiting].find(
      (message) => "content" in message && message.content.transient.display_id === id,
    );
    if (same && "content" in same) same.content = content;
    else this.#push({ type: "update_display_data", content });
  }

  /** @param wait for the next output: where none comes, what was shown stays */
  clear(wait: boolean): void {
    if (!wait) this.#waiting = this.#waiting.filter(isUpdate);
    if (this.#waiting.at(-1)?.type !== "clear_output") this.#push({ type: "clear_output", wait });
  }

  /** An output has come: what stands before the last clearing would be erased at once. */
  #dropErased(): void {
    const cleared = this.#waiting.findLastIndex(({ type }) => type === "clear_output");
    if (cleared > 0) this.#waiting = this.#waiting.filter((message, i) => i >= cleared || isUpdate(message));
  }

  /** Sends all that waits, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = [...this.#held, ...this.#waiting];
    this.#held = [];
    this.#waiting = [];
    this.#timed(() => {
      for (const message of waiting.map(made)) if (this.#isFit(message)) this.#send(message);
    });
  }

  #isFit(message: CellOutputMessage): boolean {
    return message.type !== "update_display_data" || this.fits(message.content.data); // a display was looked at before
  }

  #timed(send: () => void): void {
    const started = performance.now();
    send();
    this.#interval = Math.max(FLUSH_INTERVAL_MS, SHARE_OF_TIME * (performance.now() - started));
  }

  /** Whether a form of output is one that a notebook can hold; if not, a word to the user says so. */
  fits(data: Display["content"]["data"]): boolean {
    const characters = charactersOf(data);
    if (characters <= MAX_CHARACTERS_PER_CELL) return true;
    const [size, limit] = [characters, MAX_CHARACTERS_PER_CELL].map((count) => Math.ceil(count / 2 ** 20));
    const text = `[not shown: ${Object.keys(data).join(", ")} of ${size} MB, over the ${limit} MB that a cell shows; write it to a file, or show a part of it]\n`;
    this.#push({ type: "stream", name: "stderr", text });
    return false;
  }

  #push(message: CellOutputMessage): void {
    this.#waiting.push(message);
    if (this.#waiting.length >= MAX_WAITING) this.#flushAffordable();
    else this.#timer ??= setTimeout(() => this.#flushAffordable(), this.#interval);
  }

  /** Sends what waits; of updates as many as may be sent now: the others are held, to be replaced or sent later. */
  #flushAffordable(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = [...this.#held, ...this.#waiting];
    this.#waiting = [];
    this.#held = [];
    this.#timed(() => {
      for (const message of waiting.map(made)) {
        if (!this.#isFit(message)) continue;
        if (message.type !== "update_display_data" || this.#allowance.takes(charactersOf(message.content.data)))
          this.#send(message);
        else this.#held.push(message);
      }
    });
    if (this.#held.length > MAX_HELD) {
      this.#held = [];
      this.#send({ type: "stream", name: "stderr", text: OUTPUT_STOPS });
    }
    if (this.#held.length > 0) this.#timer = setTimeout(() => this.#flushAffordable(), this.#interval);
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

/** It may concern another cell's display, which no clearing of this one erases. */
function isUpdate({ type }: CellOutputMessage): boolean {
  return type === "update_display_data";
}

/** The same, with data that is no longer getters. */
function made(message: CellOutputMessage): CellOutputMessage {
  return "content" in message
    ? { ...message, content: { ...message.content, data: { ...message.content.data } } }
    : message;
}

function charactersOf(data: Readonly<Record<string, unknown>>): number {
  const sizes = Object.values(data).map((value) => (typeof value === "string" ? value : JSON.stringify(value)).length);
  return sizes.reduce((sum, size) => sum + size, 0);
}
