// One question to a hub. Redirects are followed here, since fetch would follow them anywhere; a server that is busy is waited for.
import { setTimeout as wait } from "node:timers/promises";
import { startLimit } from "../start-limit.ts";

const ANSWER_TIMEOUT_MS = 6_000; // a machine without access to the hub goes on to the next source soon
const STALL_TIMEOUT_MS = 30_000; // a connection without a byte for so long is lost
const LONGEST_WAIT_MS = 60_000; // that a busy server may ask for; past it the next source is sooner
const MAX_WAITS = 3; // for one answer
const MAX_REDIRECTS = 10;

/** What a server says to every repetition of the same request. */
export class Refusal extends Error {}

export interface HubRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly watchdog: Watchdog;
  /** Whether the answer counts, wherever a redirect leads: what is known by its sha256. */
  readonly anywhere: boolean;
  /** Of each answer on the way, also of a redirect. @throws what then ends the request */
  readonly check?: (response: Response) => void;
}

/** The answer itself, whatever its status. @throws Refusal for a redirect that we do not follow, and a server that stays busy */
export async function askHub(url: string, request: HubRequest): Promise<Response> {
  for (let waits = 0; ; waits++) {
    const response = await followed(url, request);
    const askedMs = retryAfterMs(response);
    if (askedMs === undefined) return response;
    await response.body?.cancel();
    if (askedMs > LONGEST_WAIT_MS || waits === MAX_WAITS) {
      const when = `${Math.ceil(askedMs / 1000)} s`;
      throw new Refusal(`answers HTTP ${response.status}: it is busy, and asks to be left alone for ${when}`);
    }
    request.watchdog.rest();
    await wait(askedMs, undefined, { signal: request.watchdog.signal });
  }
}

async function followed(url: string, { headers, watchdog, anywhere, check }: HubRequest): Promise<Response> {
  const first = new URL(url);
  let at = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    watchdog.expect("answer", ANSWER_TIMEOUT_MS);
    const response = await fetch(at.href, { headers, signal: watchdog.signal, redirect: "manual" });
    check?.(response);
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) {
      watchdog.expect("byte", STALL_TIMEOUT_MS);
      return response;
    }
    await response.body?.cancel();
    const next = URL.canParse(location, at.href) ? new URL(location, at) : undefined;
    if (!next || !isHttp(next)) throw new Refusal("sends on to what is no address of the web");
    if (at.protocol === "https:" && next.protocol === "http:")
      throw new Refusal(`sends on to ${next.host} without encryption`);
    if (!anywhere && !isSameHost(first, next)) {
      const remedy = "if that is the hub's own, set HF_ENDPOINT, or MODELSCOPE_ENDPOINT, to it";
      throw new Refusal(`sends on to ${next.host}, whose word about a repository's files does not count; ${remedy}`);
    }
    at = next;
  }
  throw new Refusal(`sends on more than ${MAX_REDIRECTS} times`);
}

function isHttp({ protocol }: URL): boolean {
  return protocol === "https:" || protocol === "http:";
}

/** By the same port, or from HTTP to HTTPS. */
function isSameHost(a: URL, b: URL): boolean {
  return a.origin === b.origin || (a.hostname === b.hostname && a.protocol !== b.protocol);
}

/** How long a server that is busy asks to be left alone: a number of seconds or a date (RFC 9110, 10.2.3). */
function retryAfterMs({ status, headers }: Response): number | undefined {
  const asked = headers.get("retry-after");
  if ((status !== 429 && status !== 503) || asked === null) return undefined;
  const ms = /^\d+$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}

/** A signal that also fires when what is expected does not come in time. */
export interface Watchdog {
  readonly signal: AbortSignal;
  expect(what: string, timeoutMs: number): void;
  /** The next byte of a body. */
  expectByte(): void;
  /** Nothing is expected for now. */
  rest(): void;
  /** Lets go of the connection where the body was not read to its end. */
  stop(): void;
}

export function startWatchdog(outer: AbortSignal | undefined): Watchdog {
  const controller = new AbortController();
  let endLimit = () => {};
  return {
    signal: outer ? AbortSignal.any([outer, controller.signal]) : controller.signal,
    expect(what: string, timeoutMs: number): void {
      endLimit();
      endLimit = startLimit(timeoutMs, () => controller.abort(new Error(`no ${what} within ${timeoutMs / 1000} s`)));
    },
    expectByte(): void {
      this.expect("byte", STALL_TIMEOUT_MS);
    },
    rest(): void {
      endLimit();
    },
    stop(): void {
      endLimit();
      controller.abort();
    },
  };
}
