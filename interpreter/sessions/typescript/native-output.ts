// What reaches the child's real stdout and stderr past JavaScript: native code, child processes with stdio "inherit".
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { startLimit } from "../../start-limit.ts";

const MAX_MARKER_CHARACTERS = 80;
const MAX_SEEN = 1_000; // markers of requests that nobody waited for yet; code may write as many as it likes
const MARKER_WITHIN_MS = 1_000; // a cell may have closed the descriptor that a process of its own still has: then there is no marker to wait for
const HEAP_REPORT = "<--- Last few GCs --->"; // begins what V8 prints before it dies of memory
// What Node prints of our own inspector.
const INSPECTOR_NOTES =
  /Debugger attached\.\n|Waiting for the debugger to disconnect\.\.\.\n|Debugger (?:listening|ending) on ws:\/\/\S+\n|For help, see: https:\/\/nodejs\.org\/en\/docs\/inspector\n/g;

export interface NativeOutput {
  /** Resolves when all that was written before the end of this request has been given on. */
  ended(requestId: number): Promise<void>;
  readonly outOfMemory: boolean;
}

export function readNativeOutput(stream: Readable, token: string, onText: (text: string) => void): NativeOutput {
  const decoder = new StringDecoder("utf8");
  const waiting = new Map<number, () => void>();
  let text = "";
  const seen = new Set<number>();
  let started = false; // what comes before the first marker is Node's own
  let outOfMemory = false;
  let isOver = false; // all that had the descriptor have closed it: no marker comes any more

  const give = (part: string) => {
    if (part === "" || !started || outOfMemory) return;
    const report = part.indexOf(HEAP_REPORT);
    outOfMemory = report >= 0;
    const kept = (outOfMemory ? part.slice(0, report) : part).replace(INSPECTOR_NOTES, "");
    if (kept.trim() !== "" || (kept !== "" && !outOfMemory)) onText(kept);
  };

  stream.on("data", (chunk: Buffer) => {
    text += decoder.write(chunk);
    for (;;) {
      const start = text.indexOf(`\u0000${token}:`);
      const end = start < 0 ? -1 : text.indexOf("\u0000", start + 1);
      if (end < 0) break;
      const id = Number(text.slice(start + token.length + 2, end));
      give(text.slice(0, start));
      text = text.slice(end + 1);
      started = true;
      seen.add(id);
      if (seen.size > MAX_SEEN) for (const oldest of [...seen].slice(0, MAX_SEEN / 2)) seen.delete(oldest);
      waiting.get(id)?.();
    }
    const possible = text.indexOf("\u0000", Math.max(0, text.length - MAX_MARKER_CHARACTERS));
    const whole = possible < 0 ? text.length : possible;
    give(text.slice(0, whole));
    text = text.slice(whole);
  });
  stream.on("end", () => {
    give(text + decoder.end());
    isOver = true;
    for (const done of waiting.values()) done();
  });
  stream.on("error", () => {});

  return {
    ended(id) {
      if (seen.delete(id) || isOver) return Promise.resolve();
      return new Promise((resolve) => {
        const endLimit = startLimit(MARKER_WITHIN_MS, done);
        function done() {
          endLimit();
          waiting.delete(id);
          seen.delete(id);
          resolve();
        }
        waiting.set(id, done);
      });
    },
    get outOfMemory() {
      return outOfMemory;
    },
  };
}
