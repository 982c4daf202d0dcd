// The process that reads for the model: runs its SQL, draws its charts, describes the folder's files. It has no
// variables and nothing to lose: what goes past its limits ends it, and another one is started.
import { Socket } from "node:net";
import process from "node:process";
import { encodeFrame, readFrames } from "../../frames.ts";
import type { FromReader } from "./from-reader.ts";
import { MEMORY_BYTES, PIPE_FD, type ToReader } from "./messages.ts";
import { createReader, type Reader } from "./reader.ts";

const WATCH_MS = 50;
const MAX_REPLY_BYTES = 64 * 2 ** 20; // twice what the rows themselves may have
const WORN_BYTES = 600 * 2 ** 20; // results that are no more needed; a new process has them gone at once

process.on("SIGINT", () => {}); // the terminal's, for the kernel
const kernel = new Socket({ fd: PIPE_FD });
kernel.on("error", end);
kernel.on("close", end); // the kernel is gone, killed perhaps

setInterval(() => {
  if (process.memoryUsage.rss() < MEMORY_BYTES) return;
  tell({ type: "out-of-memory" }, end);
}, WATCH_MS).unref();

let reader: Promise<Reader> | undefined;

readFrames(kernel, { onMessage: take, onWrong: end });

function take(given: unknown): void {
  const message = given as ToReader; // as: of the kernel
  if (message.type === "start") {
    reader = createReader(message.folder);
    reader.then(
      () => tell({ type: "ready" }),
      ({ message }: Error) => process.stderr.write(message, end),
    );
  } else if (message.type === "cancel") void reader?.then(({ interrupt }) => interrupt());
  else void answer(message);
}

async function answer({ id, method, params }: Extract<ToReader, { type: "request" }>): Promise<void> {
  try {
    const { handlers } = await reader!;
    const handle = handlers[method] as (params: unknown) => Promise<unknown>; // as: each takes its method's
    const value = await handle(params);
    const frame = encodeFrame({ type: "reply", id, value, isWorn: isWorn() } satisfies FromReader);
    // Names of columns and of fields are in every row, whatever was counted before.
    if (frame.length > MAX_REPLY_BYTES)
      throw new Error(
        `the result has ${Math.ceil(frame.length / 2 ** 20)} MB with the names in it: select fewer rows or columns`,
      );
    kernel.write(frame);
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    tell({ type: "failure", id, message, isWorn: isWorn() || /\bmemory\b/i.test(message) });
  }
}

function isWorn(): boolean {
  return process.memoryUsage.rss() > WORN_BYTES;
}

function tell(message: FromReader, onTaken?: () => void): void {
  kernel.write(encodeFrame(message), onTaken);
}

/** At once: exit() would wait for DuckDB's threads. */
function end(): void {
  process.kill(process.pid, "SIGKILL");
}
