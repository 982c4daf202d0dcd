import { entity, escapeText } from "./foreign-text.ts";

const PROTOCOLS = new Set(["http:", "https:", "mailto:"]);
const EMPTY = "<span></span>"; // what stands on its two sides does not become one word, and with that a link
const MAX_LENGTH = 2_000; // characters of an address: a longer one is nothing that anybody can look at

/** The address of a link as it is followed and shown, or undefined where it is none that may be followed. */
export function safeAddress(address: string): string | undefined {
  if (address.length > MAX_LENGTH) return undefined;
  try {
    const { protocol, username, password, hostname, href } = new URL(address); // an address within the server is none
    if (!PROTOCOLS.has(protocol) || username !== "" || password !== "" || hostname.startsWith("[")) return undefined;
    return href.replace(/[^\w\-.~:/?#@!&'()*+,;=%]/gu, encodeURIComponent);
  } catch {
    return undefined;
  }
}

/** A link with its address beside it, unless that is its text; as text where it may not be followed. */
export function linkMarkdown(text: string, address: string): string {
  if (text === "" && address === "") return EMPTY;
  const target = safeAddress(address);
  if (target === undefined) return escapeText(address === "" || text === address ? text : `${text} (${address})`);
  const link = `[${escapeText(text)}](${target.replace(/[^\w\-.:/?#=%+,;]/g, entity)})`;
  return says(text, target) ? link : `${link} (${escapeText(target)})`;
}

/** The same in HTML. */
export function linkHtml(text: string, address: string): string {
  const target = safeAddress(address);
  if (target === undefined) return linkMarkdown(text, address);
  const link = `<a href="${target.replace(/[^\w\-.:/?#=%+,;]/g, entity)}">${escapeText(text)}</a>`;
  return says(text, target) ? link : `${link} (${escapeText(target)})`;
}

/** Whether the text is the address: as a whole, or without a scheme of its own. */
function says(text: string, target: string): boolean {
  const bare = target.replace(/^(https?:\/\/|mailto:)/, "");
  return [target, bare].some((address) => text === address || `${text}/` === address || text === `${address}/`);
}
