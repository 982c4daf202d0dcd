import { open } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import type { HubSource } from "./catalogue.ts";
import { fileBytes, isDiskError, type PartialFile } from "./partial-file.ts";

const ANSWER_TIMEOUT_MS = 6_000; // a machine without access to the hub goes on to the next source soon
const STALL_TIMEOUT_MS = 30_000; // a connection without a byte for so long is lost
const MAX_RETRIES = 4; // in a row without a new byte
const RETRY_DELAY_MS = 500; // times the number of the retry

/** The URL of a file on a model hub. Both hubs' addresses change with the variables that their own tools read. */
export function hubUrl({ type, repository, revision }: HubSource, fileName: string, env: NodeJS.ProcessEnv): string {
  const path = `${repository}/resolve/${revision}/${fileName}`;
  const endpoint = (address: string) => address.replace(/\/+$/, "");
  if (type === "modelscope")
    return `${endpoint(env.MODELSCOPE_ENDPOINT || "https://www.modelscope.cn")}/models/${path}`;
  return `${endpoint(env.QWENLAB_HF_ENDPOINT || env.HF_ENDPOINT || "https://huggingface.co")}/${path}`;
}

/** Brings `file` to its full size from where it ends now, and goes on after lost connections. */
export async function downloadHttp(url: string, file: PartialFile): Promise<void> {
  let retries = 0;
  let hasAnswered = false;
  for (;;) {
    const before = (await fileBytes(file.path)) ?? 0;
    if (before === file.bytes) return;
    try {
      await downloadOnce(url, before, file, () => {
        hasAnswered = true;
      });
    } catch (error) {
      if (file.signal?.aborted || !hasAnswered || error instanceof Refusal || isDiskError(error)) throw error;
      retries = ((await fileBytes(file.path)) ?? 0) > before ? 1 : retries + 1;
      if (retries > MAX_RETRIES) throw error;
      await wait(RETRY_DELAY_MS * retries, undefined, file.signal ? { signal: file.signal } : {});
    }
  }
}

/** What a server says to every repetition of the same request. */
class Refusal extends Error {}

async function downloadOnce(url: string, offset: number, file: PartialFile, onAnswer: () => void): Promise<void> {
  const watchdog = startWatchdog(file.signal);
  try {
    watchdog.expect("answer", ANSWER_TIMEOUT_MS);
    const headers: Record<string, string> = { "accept-encoding": "identity" }; // offsets count the file's own bytes
    if (offset > 0) headers.range = `bytes=${offset}-`;
    const response = await fetch(url, { headers, signal: watchdog.signal });
    let done = acceptedOffset(response, offset, file.bytes);
    onAnswer();
    watchdog.expect("byte", STALL_TIMEOUT_MS);
    await using target = await open(file.path, done === 0 ? "w" : "a");
    for await (const chunk of response.body ?? []) {
      watchdog.expect("byte", STALL_TIMEOUT_MS);
      done += chunk.byteLength;
      if (done > file.bytes) throw new Refusal(`sends more than the file's ${file.bytes} bytes`);
      await target.appendFile(chunk);
      file.onBytes(done);
    }
    if (done < file.bytes) throw new Error(`connection ended at byte ${done} of ${file.bytes}`);
  } finally {
    watchdog.stop();
  }
}

/** Where in the file the answer's first byte belongs: `offset`, or 0 from a server that ignores ranges. */
function acceptedOffset(response: Response, offset: number, bytes: number): number {
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("text/html")) throw new Refusal(`answers with a web page (HTTP ${response.status})`);
  if (response.status !== 200 && response.status !== 206) throw new Refusal(`answers HTTP ${response.status}`);
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get("content-range") ?? "");
  if (response.status === 206 && Number(range?.[1]) !== offset) throw new Refusal("answers with another range");
  const total = response.status === 206 ? range?.[2] : response.headers.get("content-length");
  if (total && Number(total) !== bytes) throw new Refusal(`has ${total} bytes instead of ${bytes}`);
  return response.status === 206 ? offset : 0;
}

/** A signal that also fires when what is expected does not come in time. */
function startWatchdog(outer: AbortSignal | undefined) {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: outer ? AbortSignal.any([outer, controller.signal]) : controller.signal,
    expect(what: string, timeoutMs: number): void {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(new Error(`no ${what} within ${timeoutMs / 1000} s`)), timeoutMs);
    },
    stop(): void {
      clearTimeout(timer);
      controller.abort(); // lets go of the connection where the body was not read to its end
    },
  };
}
