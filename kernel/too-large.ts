import { hasMoreValues } from "../interpreter/index.ts";
import type { JupyterMessage } from "./protocol/messages.ts";

const MAX_CONTENT_BYTES = 64 * 2 ** 20; // of JSON: twice what a cell may show
const MAX_CONTENT_VALUES = 8_000_000; // half a gigabyte, parsed
const DELIMITER = "<IDS|MSG>";

/**
 * What stands for a message of our own Python whose content no notebook can hold, which is not read at all: over 512 MB
 * it would not even be a string. @returns undefined for any other message
 */
export function tooLarge(frames: readonly Buffer[]): JupyterMessage | undefined {
  const delimiter = frames.findIndex((frame) => frame.toString("latin1", 0, DELIMITER.length + 1) === DELIMITER);
  const [header, parentHeader, , content] = frames.slice(delimiter + 2);
  if (delimiter < 0 || !header || !parentHeader || !content) return undefined;
  const size = sizeOf(content);
  if (size === undefined) return undefined;
  const own = JSON.parse(header.toString());
  const isOutput = own.msg_type !== "error" && !String(own.msg_type).endsWith("_reply");
  const text = `${own.msg_type} of ${size}; write it to a file, or show a part of it`;
  return {
    identities: [],
    header: isOutput ? { ...own, msg_type: "stream" } : own,
    parentHeader: JSON.parse(parentHeader.toString()),
    metadata: {},
    content: isOutput
      ? { name: "stderr", text: `[not shown: ${text}]\n` }
      : { status: "error", ename: "TooLarge", evalue: text, traceback: [`TooLarge: ${text}`] },
    buffers: [],
  };
}

/** Of what is too large. */
function sizeOf(content: Buffer): string | undefined {
  const [size, limit] = [content.length, MAX_CONTENT_BYTES].map((bytes) => Math.ceil(bytes / 2 ** 20));
  if (content.length > MAX_CONTENT_BYTES) return `${size} MB, over ${limit} MB`;
  return hasMoreValues(content, MAX_CONTENT_VALUES) ? `more than ${MAX_CONTENT_VALUES} values` : undefined;
}
