// process.stdin of the cells: whoever reads it asks the person in front of the notebook, a line at a time. An empty answer
// ends the input of those who read to its end; where nobody can be asked it ends with a word, or with the cell.
import { Readable } from "node:stream";
import { currentCell } from "./attribution.ts";
import { failCell } from "./cell-runner.ts";
import { input } from "./input.ts";
import { print } from "./output.ts";

export class TerminalInput extends Readable {
  readonly fd = 0;
  readonly isTTY = false;
  #isWaiting = false; // for a line, which is asked for when somebody reads
  #isAsking = false;

  constructor() {
    super({ highWaterMark: 0 }); // no line is asked for before it is needed
    const ask = () => setImmediate(() => void this.#ask()); // whoever reads one line has stopped reading by then
    this.on("newListener", ask);
    this.on("resume", ask);
  }

  get isOver(): boolean {
    return this.destroyed || this.readableEnded;
  }

  override _read(): void {
    this.#isWaiting = true;
    setImmediate(() => void this.#ask());
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  async #ask(): Promise<void> {
    if (!this.#isWaiting || this.#isAsking || this.isOver || !this.#isRead()) return;
    this.#isAsking = true;
    const hearsEnd = () => this.listenerCount("end") + this.listenerCount("close") > 0;
    const answer = await lineOrEnd(hearsEnd);
    this.#isAsking = false;
    this.#isWaiting = false;
    if (this.isOver) return;
    if (answer === undefined && !hearsEnd()) return void this.destroy(); // else the next cell would find it, and wait
    const endsIt = answer === undefined || (answer === "" && this.listenerCount("end") > 0);
    this.push(endsIt ? null : `${answer}\n`);
  }

  #isRead(): boolean {
    return this.listenerCount("readable") > 0 || (this.listenerCount("data") > 0 && !this.isPaused());
  }
}

/**
 * `undefined` where nobody can be asked. A cell that does not hear of the end would wait for ever: it fails.
 * @param hearsEnd whether the code listens to the end of its input
 */
export async function lineOrEnd(hearsEnd: () => boolean): Promise<string | undefined> {
  const cellId = currentCell();
  try {
    return await input("");
  } catch (error) {
    const isTold = !hearsEnd() && failCell(cellId, error as Error); // as: input() rejects with one
    if (!isTold) print("stderr", `[standard input ends: ${(error as Error).message}]\n`, cellId);
    return undefined;
  }
}
