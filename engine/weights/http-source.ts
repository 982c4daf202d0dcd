import { open } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { EngineError } from "../errors.ts";
import type { HubSource } from "./catalogue.ts";
import { fileBytes, isDiskError, type PartialFile } from "./partial-file.ts";

const ANSWER_TIMEOUT_MS = 6_000; // a machine without access to the hub goes on to the next source soon
const STALL_TIMEOUT_MS = 30_000; // a connection without a byte for so long is lost
const MAX_RETRIES = 4; // in a row without a new byte
const RETRY_DELAY_MS = 500; // times the number of the retry
const MAX_LIST_BYTES = 16 * 2 ** 20; // of a hub's answer about its files

/** The URL of a file on a model hub. Both hubs' addresses change with the variables that their own tools read. */
export function hubUrl({ type, repository, revision }: HubSource, fileName: string, env: NodeJS.ProcessEnv): string {
  const path = `${repository}/resolve/${revision}/${encodeURI(fileName)}`;
  return `${endpointOf(type, env)}/${type === "modelscope" ? "models/" : ""}${path}`;
}

/** A hub's address, without a slash at its end. */
export function endpointOf(type: HubSource["type"], env: NodeJS.ProcessEnv): string {
  const address =
    type === "modelscope"
      ? env.MODELSCOPE_ENDPOINT || "https://www.modelscope.cn"
      : env.QWENLAB_HF_ENDPOINT || env.HF_ENDPOINT || "https://huggingface.co";
  return address.replace(/\/+$/, "");
}

/**
 * A hub's answer about what it has.
 *
 * @returns `next`: the address of the list's next page, on the same host
 * @throws EngineError `model-not-found` for what is not there or not public; `download-failed` for any other reason
 */
export async function fetchJson(
  url: string,
  signal?: AbortSignal,
): Promise<{ body: unknown; next: string | undefined }> {
  const watchdog = startWatchdog(signal);
  try {
    watchdog.expect("answer", ANSWER_TIMEOUT_MS);
    const response = await fetch(url, { headers: { accept: "application/json" }, signal: watchdog.signal });
    if ([401, 403, 404].includes(response.status)) {
      const problem = `${url} answers HTTP ${response.status}: there is no such repository, or it is not public`;
      throw new EngineError("model-not-found", problem);
    }
    if (!response.ok) throw new Error(`answers HTTP ${response.status}`);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      watchdog.expect("byte", STALL_TIMEOUT_MS);
      bytes += chunk.byteLength;
      if (bytes > MAX_LIST_BYTES) throw new Error(`answers with more than ${MAX_LIST_BYTES} bytes`);
      chunks.push(chunk);
    }
    const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
    const isSameHost = next !== undefined && new URL(next, url).origin === new URL(url).origin;
    const text = Buffer.concat(chunks).toString("utf8");
    return { body: JSON.parse(text), next: isSameHost ? new URL(next, url).href : undefined };
  } catch (error) {
    if (signal?.aborted || error instanceof EngineError) throw error;
    const { message, cause } = error as Error; // what fetch, JSON and we throw
    const reason = cause instanceof Error && cause.message ? cause.message : message;
    throw new EngineError("download-failed", `${url}: ${reason}`, { cause: error });
  } finally {
    watchdog.stop();
  }
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
