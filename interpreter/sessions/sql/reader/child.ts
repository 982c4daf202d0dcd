// The process that reads for the model: runs its SQL, draws its charts, describes the folder's files. It has no
// variables and nothing to lose: what goes past its limits ends it, and another one is started.
import process from "node:process";
import { serialize } from "node:v8";
import { type FromReader, MEMORY_BYTES, type ToReader } from "./messages.ts";
import { createReader, type Reader } from "./reader.ts";

const WATCH_MS = 50;
const MAX_REPLY_BYTES = 64 * 2 ** 20; // twice what the rows themselves may have
const WORN_BYTES = 600 * 2 ** 20; // results that are no more needed; a new process has them gone at once

process.on("SIGINT", () => {}); // the terminal's, for the kernel
process.on("disconnect", end); // the kernel is gone, killed perhaps

setInterval(() => {
  if (process.memoryUsage.rss() < MEMORY_BYTES) return;
  process.send?.({ type: "out-of-memory" } satisfies FromReader, end);
}, WATCH_MS).unref();

let reader: Promise<Reader> | undefined;

process.on("message", (message: ToReader) => {
  if (message.type === "start") {
    reader = createReader(message.folder);
    void reader.then(() => tell({ type: "ready" }));
  } else if (message.type === "cancel") void reader?.then(({ interrupt }) => interrupt());
  else void answer(message);
});

async function answer({ id, method, params }: Extract<ToReader, { type: "request" }>): Promise<void> {
  try {
    const { handlers } = await reader!;
    const handle = handlers[method] as (params: unknown) => Promise<unknown>; // as: each takes its method's
    const value = await handle(params);
    const size = serialize(value).length; // names of columns and of fields are in every row, whatever was counted before
    if (size > MAX_REPLY_BYTES)
      throw new Error(
        `the result has ${Math.ceil(size / 2 ** 20)} MB with the names in it: select fewer rows or columns`,
      );
    tell({ type: "reply", id, value, isWorn: isWorn() });
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    tell({ type: "failure", id, message, isWorn: isWorn() || /\bmemory\b/i.test(message) });
  }
}

function isWorn(): boolean {
  return process.memoryUsage.rss() > WORN_BYTES;
}

function tell(message: FromReader): void {
  process.send?.(message);
}

/** At once: exit() would wait for DuckDB's threads. */
function end(): void {
  process.kill(process.pid, "SIGKILL");
}
