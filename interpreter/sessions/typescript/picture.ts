// What is a picture, by its first bytes, and by how libraries and browsers hand pictures over.

/** MIME type -> its data, as a front end shows it. */
export type Picture = Readonly<Record<string, unknown>>;

const SIGNATURES: readonly (readonly [type: string, signature: RegExp])[] = [
  ["image/png", /^\x89PNG/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8/],
  ["image/webp", /^RIFF[\s\S]{4}WEBP/],
];
const DATA_URL = /^data:(image\/(?:png|jpeg|gif|webp|svg\+xml))((?:;[\w-]+=[\w-]+)*)(;base64)?,/;
const SVG = "image/svg+xml";
const MAX_URL_CHARACTERS = 32 * 2 ** 20; // a longer one is shown by nobody, and looking at it would copy it

export function pictureOfBytes(bytes: Uint8Array): Picture | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  const type = SIGNATURES.find(([, signature]) => signature.test(head))?.[0];
  return type === undefined ? undefined : { [type]: bytes };
}

/** A text may come from anybody's data: SVG, which can hold scripts, is loaded as a picture, where they do not run. */
export function pictureOfDataUrl(url: string): Picture | undefined {
  if (url.length > MAX_URL_CHARACTERS) return undefined;
  const [head, type, , isBase64] = DATA_URL.exec(url) ?? [];
  if (head === undefined || type === undefined) return undefined;
  const data = url.slice(head.length);
  const bytes = isBase64 ? Buffer.from(data, "base64") : percentDecoded(data);
  if (type !== SVG) return { [type]: bytes };
  return { "text/html": `<img src="data:${SVG};base64,${bytes.toString("base64")}">` };
}

/** What a Blob holds: what its type says, else what its bytes are. */
export async function pictureOfBlob(blob: Blob): Promise<Picture | undefined> {
  const isSvg = blob.type.startsWith(SVG);
  if (blob.type !== "" && !blob.type.startsWith("image/")) return undefined;
  return isSvg ? { [SVG]: await blob.text() } : pictureOfBytes(new Uint8Array(await blob.arrayBuffer()));
}

/** An element of some DOM, by its own markup. Not for plain objects: parsed JSON may have any member. */
export function pictureOfMarkup(markup: string): Picture {
  return { [/^\s*<svg[\s>]/i.test(markup) ? SVG : "text/html"]: markup };
}

function percentDecoded(text: string): Buffer {
  const bytes = Buffer.from(text).toString("latin1");
  const decoded = bytes.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(decoded, "latin1");
}
