// console and process.stdout/stderr of the cells: each write goes out at once, with the cell that made it.
import { Console } from "node:console";
import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { currentCell } from "./attribution.ts";
import { send } from "./frames-out.ts";
import { OUTPUT_STOPS, outputLimit } from "./output-limit.ts";

const limited = outputLimit();

export function print(name: "stdout" | "stderr", text: string, cellId = currentCell()): void {
  const { kept, stops } = limited(cellId, text);
  if (kept !== "") send({ type: "stream", cellId, name, text: kept });
  if (stops) send({ type: "stream", cellId, name: "stderr", text: OUTPUT_STOPS });
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
