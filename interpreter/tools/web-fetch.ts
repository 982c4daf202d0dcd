import { lookup } from "node:dns";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { z } from "zod";
import { ToolCallError } from "../errors.ts";
import { htmlText } from "./html-text.ts";
import { cutMiddle, defineTool, type Tool } from "./tool.ts";

const MAX_BYTES = 1_000_000;
const TIMEOUT_MS = 20_000;
const MAX_REDIRECTS = 3;

const PRIVATE = new BlockList(); // this machine and its neighbours: nothing of theirs is the web
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4],
] as const) {
  PRIVATE.addSubnet(network, prefix, "ipv4");
}
PRIVATE.addSubnet("fc00::", 7, "ipv6");
PRIVATE.addSubnet("fe80::", 10, "ipv6");
PRIVATE.addSubnet("fec0::", 10, "ipv6");
PRIVATE.addSubnet("ff00::", 8, "ipv6");
for (const mapped of ["::", "::ffff:0:0", "64:ff9b::"]) PRIVATE.addSubnet(mapped, 96, "ipv6"); // ::1, and addresses of IPv4
PRIVATE.addSubnet("64:ff9b:1::", 48, "ipv6"); // likewise, in a network of its own
PRIVATE.addSubnet("2002::", 16, "ipv6");

type IsPrivate = (address: string, family: number) => boolean;

/** The text of a web page; off until the user switches it on, and asked about each time. */
export const webFetch = webFetchTool();

/** @param isPrivate which addresses are not the web; another answer than the usual one is for tests, whose servers are here */
export function webFetchTool(isPrivate: IsPrivate = isOfThisNetwork): Tool {
  return defineTool({
    name: "web_fetch",
    description: "Fetches a web page and returns its text.",
    effect: "acts",
    parameters: z.object({ url: z.url({ protocol: /^https?$/ }) }),
    preview: ({ url }) => ({ language: "json", code: new URL(url).href }), // letters that look like others are xn--… there
    check: async ({ url }) => {
      const { username, password } = new URL(url);
      if (username !== "" || password !== "") throw new ToolCallError(`${url}: a name before the host is not sent`);
    },
    async execute({ url }, { signal }) {
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
      try {
        return cutMiddle(await fetchText(new URL(url), either, isPrivate));
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof ToolCallError) throw error;
        throw new ToolCallError(`${url}: ${timeout.aborted ? "no answer in 20 s" : causeOf(error)}`, { cause: error });
      }
    },
  });
}

function isOfThisNetwork(address: string, family: number): boolean {
  return PRIVATE.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** The page's text. Redirects stay where the user agreed to: on the same host, or its https. */
async function fetchText(start: URL, signal: AbortSignal, isPrivate: IsPrivate): Promise<string> {
  let url = start;
  for (let i = 0; i <= MAX_REDIRECTS; i++) {
    const response = await get(url, signal, isPrivate);
    const { statusCode = 0, headers } = response;
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      response.destroy();
      url = redirect(url, headers.location);
      continue;
    }
    if (statusCode < 200 || statusCode >= 300) {
      response.destroy();
      throw new ToolCallError(`${url}: the server answered ${statusCode}`);
    }
    const type = headers["content-type"] ?? "";
    if (!/^text\/|json|xml/.test(type)) {
      response.destroy();
      throw new ToolCallError(`${url}: ${type || "an unknown type"} is not text`);
    }
    const text = await bodyText(response);
    return type.includes("html") ? htmlText(text) : text;
  }
  throw new ToolCallError(`${start}: it leads from page to page`);
}

function redirect(from: URL, location: string): URL {
  const to = new URL(location, from);
  const becomesSafe =
    from.protocol === "http:" && to.protocol === "https:" && to.hostname === from.hostname && to.port === "";
  if (to.origin === from.origin || becomesSafe) return to;
  throw new ToolCallError(
    `${from} leads to ${to}; the user was asked about ${from.host} only: fetch that address itself`,
  );
}

/** The address that is checked is the one that is connected to: a name may lead elsewhere the next time it is looked up. */
function get(url: URL, signal: AbortSignal, isPrivate: IsPrivate): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) && isPrivate(host, isIP(host))) throw notTheWeb(url); // nothing is looked up then
  const { request } = url.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    const headers = { accept: "text/*, application/json", "accept-encoding": "identity" };
    const sent = request(url, { signal, headers, agent: false, lookup: publicLookup(url, isPrivate) }, resolve);
    sent.on("error", reject);
    sent.end();
  });
}

function publicLookup(url: URL, isPrivate: IsPrivate): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) done(error ?? new Error(`${host} has no address`), "", 0);
      else if (addresses.some(({ address, family }) => isPrivate(address, family))) done(notTheWeb(url), "", 0);
      else if (options.all) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

function notTheWeb(url: URL): ToolCallError {
  return new ToolCallError(`${url}: this is an address of this machine or its network, not the web`);
}

async function bodyText(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BYTES) break; // leaving the loop closes the connection
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
