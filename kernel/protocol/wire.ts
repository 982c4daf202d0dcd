// Messages as ZeroMQ frames: identities, delimiter, signature, header, parent header, metadata, content, buffers.
// https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
import { createHmac, timingSafeEqual } from "node:crypto";
import type { JupyterMessage, MessageHeader } from "./messages.ts";

const DELIMITER = Buffer.from("<IDS|MSG>");
const SIGNED_FRAMES = 4;
const MAX_MESSAGE_BYTES = 256 * 2 ** 20; // widgets' buffers are large; from 512 MB on JSON would be no string

/** Frames that are no message for us: logged and dropped. */
export class BadMessageError extends Error {
  override readonly name = "BadMessageError";
}

export interface Wire {
  encode(message: JupyterMessage): Buffer[];
  /** @throws BadMessageError */
  decode(frames: readonly Buffer[]): JupyterMessage;
}

/** @param key of the connection file; the empty key switches signatures off, as the protocol has it. */
export function createWire(key: string, maxBytes = MAX_MESSAGE_BYTES): Wire {
  const sign = (frames: readonly Buffer[]): Buffer => {
    if (key === "") return Buffer.alloc(0);
    const hmac = createHmac("sha256", key);
    for (const frame of frames) hmac.update(frame);
    return Buffer.from(hmac.digest("hex"));
  };

  return {
    encode({ identities, header, parentHeader, metadata, content, buffers }) {
      const signed = [header, parentHeader, metadata, content].map((part) => Buffer.from(JSON.stringify(part)));
      return [...identities, DELIMITER, sign(signed), ...signed, ...buffers];
    },

    decode(frames) {
      const delimiter = frames.findIndex((frame) => frame.equals(DELIMITER));
      if (delimiter < 0) throw new BadMessageError("no delimiter");
      const signature = frames[delimiter + 1];
      const signed = frames.slice(delimiter + 2, delimiter + 2 + SIGNED_FRAMES);
      if (!signature || signed.length < SIGNED_FRAMES) throw new BadMessageError("too few frames");
      if (!equal(signature, sign(signed))) throw new BadMessageError("wrong signature");
      const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
      if (bytes > maxBytes) return refusedMessage(frames.slice(0, delimiter), signed[0]!, bytes, maxBytes);
      const [header, parentHeader, metadata, content] = signed.map(readObject);
      return {
        identities: frames.slice(0, delimiter),
        header: readHeader(header!),
        parentHeader: parentHeader as unknown as MessageHeader, // signed by the front end, and only handed back
        metadata: metadata!,
        content: content!,
        buffers: frames.slice(delimiter + 2 + SIGNED_FRAMES),
      };
    },
  };
}

/** It can be answered: so whoever sent it does not wait in vain. */
function refusedMessage(
  identities: readonly Buffer[],
  header: Buffer,
  bytes: number,
  maxBytes: number,
): JupyterMessage {
  if (header.length > maxBytes) throw new BadMessageError("a header that is too large");
  const [size, most] = [bytes, maxBytes].map((count) => `${Math.ceil(count / 2 ** 20)} MB`);
  const refused = `a message of ${size}: the kernel takes ${most} at most; put the data in a file and read that`;
  const nothing = { parentHeader: {}, metadata: {}, content: {}, buffers: [] };
  return { identities, header: readHeader(readObject(header)), ...nothing, refused };
}

/** Takes as long for a wrong signature as for the right one. */
function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function readObject(frame: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(frame.toString("utf8"));
  } catch (cause) {
    throw new BadMessageError("a frame is not JSON", { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new BadMessageError("a frame is not a JSON object");
}

function readHeader(header: Record<string, unknown>): MessageHeader {
  if (typeof header.msg_id !== "string" || typeof header.msg_type !== "string") {
    throw new BadMessageError("a header without msg_id or msg_type");
  }
  // The other fields are only handed back, with each answer: texts and numbers, since what nests deeply can be read and not
  // written again.
  const plain = Object.entries(header).filter(([, value]) => typeof value !== "object" || value === null);
  return Object.fromEntries(plain) as unknown as MessageHeader;
}
