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

export function pictureOfBytes(bytes: Uint8Array): Picture | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  const type = SIGNATURES.find(([, signature]) => signature.test(head))?.[0];
  return type === undefined ? undefined : { [type]: bytes };
}

export function pictureOfDataUrl(url: string): Picture | undefined {
  const [head, type, , isBase64] = DATA_URL.exec(url) ?? [];
  if (head === undefined || type === undefined) return undefined;
  const data = url.slice(head.length);
  if (type === SVG) {
    const text = isBase64 ? Buffer.from(data, "base64").toString() : decodeURIComponent(data);
    return { [SVG]: text };
  }
  return { [type]: isBase64 ? Buffer.from(data, "base64") : Buffer.from(decodeURIComponent(data), "latin1") };
}

/** What a Blob holds: what its type says, else what its bytes are. */
export async function pictureOfBlob(blob: Blob): Promise<Picture | undefined> {
  const isSvg = blob.type.startsWith(SVG);
  if (blob.type !== "" && !blob.type.startsWith("image/")) return undefined;
  return isSvg ? { [SVG]: await blob.text() } : pictureOfBytes(new Uint8Array(await blob.arrayBuffer()));
}

/** An element of some DOM, by its own markup. */
export function pictureOfMarkup(markup: string): Picture {
  return { [/^\s*<svg[\s>]/i.test(markup) ? SVG : "text/html"]: markup };
}
