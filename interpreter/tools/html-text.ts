// What a web page says, without its markup. One pass from left to right: a hostile page costs no more than its length.

const LEFT_OUT = /^<(script|style|noscript|svg)\b/i;
const ENDS_LINE = /^<(br|\/p|\/div|\/li|\/tr|\/h\d)\b/i;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " " };
const LONGEST_NAME = 12; // characters of "<noscript" and the one behind it

/** The text of an HTML page; a line for each paragraph, row or item. */
export function htmlText(html: string): string {
  const lower = html.toLowerCase();
  let text = "";
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf("<", at);
    if (open < 0) return tidied(text + html.slice(at));
    text += html.slice(at, open);
    const start = html.slice(open, open + LONGEST_NAME);
    const close = endOf(lower, open, LEFT_OUT.exec(start)?.[1]?.toLowerCase());
    if (close < 0) return tidied(text); // an open tag to the end, which browsers do not show either
    text += ENDS_LINE.test(start) ? "\n" : " ";
    at = close;
  }
  return tidied(text);
}

/** Where what begins at `open` ends: a comment, an element that is left out as a whole, or a tag. -1: nowhere. */
function endOf(html: string, open: number, element: string | undefined): number {
  if (html.startsWith("<!--", open)) return after(html, "-->", open + 4);
  if (element === undefined) return after(html, ">", open);
  const end = html.indexOf(`</${element}`, open);
  return end < 0 ? -1 : after(html, ">", end);
}

function after(text: string, what: string, from: number): number {
  const found = text.indexOf(what, from);
  return found < 0 ? -1 : found + what.length;
}

function tidied(text: string): string {
  return text
    .replace(/&(amp|lt|gt|quot|nbsp);/g, (_entity, name: string) => ENTITIES[name]!)
    .split("\n")
    .map((line) => line.replace(/\s+/g, " ").trim())
    .filter((line) => line !== "")
    .join("\n");
}
