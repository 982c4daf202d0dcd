import { open } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { EngineError } from "../errors.ts";
import type { HubSource } from "./catalogue.ts";
import { failedRequest } from "./failed-request.ts";
import { askHub, Refusal, startWatchdog } from "./http-request.ts";
import { fileBytes, isDiskError, type PartialFile } from "./partial-file.ts";

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
    const response = await askHub(url, { headers: { accept: "application/json" }, watchdog, anywhere: false });
    if ([401, 403, 404].includes(response.status)) {
      const problem = `${url} answers HTTP ${response.status}: there is no such repository, or it is not public`;
      throw new EngineError("model-not-found", problem);
    }
    if (!response.ok) throw new Error(`answers HTTP ${response.status}`);
    if (isWebPage(response)) throw new Error("answers with a web page, as networks do that ask to sign in");
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      watchdog.expectByte();
      bytes += chunk.byteLength;
      if (bytes > MAX_LIST_BYTES) throw new Error(`answers with more than ${MAX_LIST_BYTES} bytes`);
      chunks.push(chunk);
    }
    const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
    const isSameHost = next !== undefined && new URL(next, url).origin === new URL(url).origin;
    const body = parsed(Buffer.concat(chunks).toString("utf8"));
    return { body, next: isSameHost ? new URL(next, url).href : undefined };
  } catch (error) {
    if (signal?.aborted || error instanceof EngineError) throw error;
    throw new EngineError("download-failed", `${url}: ${failedRequest(error)}`, { cause: error });
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

async function downloadOnce(url: string, offset: number, file: PartialFile, onAnswer: () => void): Promise<void> {
  const watchdog = startWatchdog(file.signal);
  try {
    const headers: Record<string, string> = { "accept-encoding": "identity" }; // offsets count the file's own bytes
    if (offset > 0) headers.range = `bytes=${offset}-`;
    const check = (response: Response) => checkLinkedHash(response, file.sha256);
    const response = await askHub(url, { headers, watchdog, anywhere: true, check });
    let done = acceptedOffset(response, offset, file.bytes);
    onAnswer();
    await using target = await open(file.path, done === 0 ? "w" : "a");
    for await (const chunk of response.body ?? []) {
      watchdog.expectByte();
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
  if (isWebPage(response)) throw new Refusal(`answers with a web page (HTTP ${response.status})`);
  if (response.status !== 200 && response.status !== 206) throw new Refusal(`answers HTTP ${response.status}`);
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get("content-range") ?? "");
  if (response.status === 206 && Number(range?.[1]) !== offset) throw new Refusal("answers with another range");
  const total = response.status === 206 ? range?.[2] : response.headers.get("content-length");
  if (total && Number(total) !== bytes) throw new Refusal(`has ${total} bytes instead of ${bytes}`);
  return response.status === 206 ? offset : 0;
}

/**
 * Hugging Face says with a redirect to a large file's storage which sha256 it has: another one is told before gigabytes are fetched.
 * A plain ETag is any server's own affair, and does not count.
 */
function checkLinkedHash({ headers }: Response, sha256: string | undefined): void {
  const linked = /^(?:W\/)?"?([0-9a-f]{64})"?$/i.exec(headers.get("x-linked-etag") ?? "")?.[1]?.toLowerCase();
  if (linked !== undefined && sha256 !== undefined && linked !== sha256)
    throw new Refusal(`has a file of sha256 ${linked} instead of ${sha256}`);
}

function isWebPage({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("text/html") ?? false;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("does not answer with JSON");
  }
}
