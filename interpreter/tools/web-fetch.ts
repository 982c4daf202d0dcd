import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { z } from "zod";
import { ToolCallError } from "../errors.ts";
import { cutMiddle, defineTool } from "./tool.ts";

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
  ["192.168.0.0", 16],
] as const) {
  PRIVATE.addSubnet(network, prefix, "ipv4");
}
PRIVATE.addAddress("::1", "ipv6");
PRIVATE.addAddress("::", "ipv6");
PRIVATE.addSubnet("fc00::", 7, "ipv6");
PRIVATE.addSubnet("fe80::", 10, "ipv6");
PRIVATE.addSubnet("::ffff:0:0", 96, "ipv6");

/** The text of a web page; off until the user switches it on, and asked about each time. */
export const webFetch = defineTool({
  name: "web_fetch",
  description: "Fetches a web page and returns its text.",
  effect: "acts",
  parameters: z.object({ url: z.url({ protocol: /^https?$/ }) }),
  preview: ({ url }) => ({ language: "json", code: url }),
  async execute({ url }, { signal }) {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
    try {
      return cutMiddle(await fetchText(new URL(url), either));
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ToolCallError) throw error;
      throw new ToolCallError(`${url}: ${timeout.aborted ? "no answer in 20 s" : causeOf(error)}`, { cause: error });
    }
  },
});

async function fetchText(start: URL, signal: AbortSignal): Promise<string> {
  let url = start;
  for (let i = 0; i <= MAX_REDIRECTS; i++) {
    await refusePrivate(url);
    const response = await fetch(url, { signal, redirect: "manual", headers: { accept: "text/*, application/json" } });
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location) {
      await response.body?.cancel();
      url = new URL(location, url);
      continue;
    }
    if (!response.ok) throw new ToolCallError(`${url}: the server answered ${response.status}`);
    const type = response.headers.get("content-type") ?? "";
    if (!/^text\/|json|xml/.test(type)) throw new ToolCallError(`${url}: ${type || "an unknown type"} is not text`);
    return readable(await bodyText(response), type);
  }
  throw new ToolCallError(`${start}: it leads from page to page`);
}

async function refusePrivate(url: URL): Promise<void> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!/^https?:$/.test(url.protocol)) throw new ToolCallError(`${url}: only http and https`);
  const addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await lookup(host, { all: true });
  for (const { address, family } of addresses) {
    if (PRIVATE.check(address, family === 6 ? "ipv6" : "ipv4")) {
      throw new ToolCallError(`${url}: this is an address of this machine or its network, not the web`);
    }
  }
}

async function bodyText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BYTES) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function readable(text: string, type: string): string {
  if (!type.includes("html")) return text;
  return text
    .replace(/<(script|style|noscript|svg)\b[\s\S]*?<\/\1>/gi, " ")
    .replace(/<(br|\/p|\/div|\/li|\/tr|\/h\d)\b[^>]*>/gi, "\n")
    .replace(/<[^>]+>/g, " ")
    .replace(/&nbsp;/g, " ")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")
    .replace(/[ \t]+/g, " ")
    .replace(/\s*\n\s*/g, "\n")
    .trim();
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
