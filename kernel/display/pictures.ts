import type { MimeBundle } from "../../interpreter/index.ts";

/** What each format begins with, in base64. */
const BEGINNINGS: Readonly<Record<string, RegExp>> = {
  "image/png": /^iVBORw0KGgo/,
  "image/jpeg": /^\/9j\//,
  "image/gif": /^R0lGODdh|^R0lGODlh/,
  "image/webp": /^UklGR.{9}XRUJQ/, // RIFF, four bytes of length, WEBP
};

/** What a tool shows, with no picture in it that is none: exporters write its base64 into the page as it stands. */
export function withPictures(data: MimeBundle): MimeBundle {
  const entries = Object.entries(data).filter(([type, value]) => {
    const beginning = BEGINNINGS[type];
    return !beginning || (typeof value === "string" && beginning.test(value) && /^[\w+/\s]*={0,2}\s*$/.test(value));
  });
  if (entries.length === Object.keys(data).length) return data;
  return { "text/plain": "(a picture that is damaged: not shown)", ...Object.fromEntries(entries) };
}
