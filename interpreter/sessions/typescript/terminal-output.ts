import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

const COLUMNS = 80;
const ROWS = 24;
const DESTROYED = Symbol.for("nodejs.stream.destroyed"); // Node marks by it what it has destroyed and what does not say so

type Callback = (error?: Error | null) => void;

/** process.stdout and process.stderr: with a terminal's methods, and as open as one: what a cell ends, others write to. */
export class TerminalOutput extends Writable {
  readonly isTTY = false; // programs that see a terminal draw over lines above the last one
  readonly columns = COLUMNS;
  readonly rows = ROWS;
  readonly fd: 1 | 2;
  readonly #print: (text: string) => void;
  readonly #decoder = new StringDecoder("utf8");

  constructor(fd: 1 | 2, print: (text: string) => void) {
    super({ decodeStrings: false, autoDestroy: false, emitClose: false });
    this.fd = fd;
    this.#print = print;
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: Callback): void {
    this.#print(typeof chunk === "string" ? chunk : this.#decoder.write(chunk));
    done();
  }

  override end(...given: unknown[]): this {
    const [chunk, encoding] = given.filter((value) => typeof value !== "function");
    const done = given.find((value) => typeof value === "function") as Callback | undefined; // as: what end() takes
    if (chunk !== undefined && chunk !== null) this.write(chunk, encoding as BufferEncoding);
    process.nextTick(() => {
      this.emit("finish"); // what pipes into it waits for this
      done?.();
    });
    return this;
  }

  override destroy(): this {
    process.nextTick(() => this.emit("close"));
    return this;
  }

  get [DESTROYED](): boolean {
    return false;
  }

  set [DESTROYED](_isDestroyed: boolean) {
    // it stays open
  }

  clearLine(direction: -1 | 0 | 1, done?: Callback): boolean {
    return this.#command(`${direction < 0 ? 1 : direction > 0 ? 0 : 2}K`, done);
  }

  clearScreenDown(done?: Callback): boolean {
    return this.#command("0J", done);
  }

  cursorTo(x: number, y?: number | Callback, done?: Callback): boolean {
    return this.#command(`${x + 1}G`, typeof y === "function" ? y : done);
  }

  moveCursor(dx: number, _dy: number, done?: Callback): boolean {
    return dx === 0 ? this.write("", done) : this.#command(`${Math.abs(dx)}${dx < 0 ? "D" : "C"}`, done);
  }

  getWindowSize(): [columns: number, rows: number] {
    return [COLUMNS, ROWS];
  }

  getColorDepth(): number {
    return 8;
  }

  hasColors(count = 16): boolean {
    return count <= 2 ** this.getColorDepth();
  }

  #command(sequence: string, done?: Callback): boolean {
    return this.write(`\u001b[${sequence}`, done);
  }
}
