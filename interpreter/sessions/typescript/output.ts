// console and process.stdout/stderr of the cells: each write goes out at once, with the cell that made it.
import { Console } from "node:console";
import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { currentCell } from "./attribution.ts";
import { send } from "./frames-out.ts";

const MAX_CHARACTERS_PER_CELL = 8 * 2 ** 20; // more freezes a browser; the cell goes on, its output does not

const printed = new Map<string, number>(); // characters, by cell

export function print(name: "stdout" | "stderr", text: string, cellId = currentCell()): void {
  const before = printed.get(cellId) ?? 0;
  if (text === "" || before > MAX_CHARACTERS_PER_CELL) return;
  printed.set(cellId, before + text.length);
  send({ type: "stream", cellId, name, text: text.slice(0, MAX_CHARACTERS_PER_CELL) });
  if (before + text.length > MAX_CHARACTERS_PER_CELL) {
    const note = `\n[output stops here: over ${MAX_CHARACTERS_PER_CELL} characters; the cell goes on]\n`;
    send({ type: "stream", cellId, name: "stderr", text: note });
  }
}

export function redirectOutput(): void {
  const stdout = writer("stdout");
  const stderr = writer("stderr");
  Object.defineProperty(process, "stdout", { value: stdout, configurable: true, enumerable: true });
  Object.defineProperty(process, "stderr", { value: stderr, configurable: true, enumerable: true });
  // A console of our own: Node's reports each call to the inspector, too, which keeps the logged objects alive.
  globalThis.console = new Console({ stdout, stderr, colorMode: false });
}

function writer(name: "stdout" | "stderr"): Writable & { fd: number } {
  const decoder = new StringDecoder("utf8");
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      print(name, typeof chunk === "string" ? chunk : decoder.write(chunk));
      done();
    },
  });
  return Object.assign(stream, { fd: name === "stdout" ? 1 : 2 });
}
