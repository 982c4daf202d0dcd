import type { JupyterMessage } from "./protocol/messages.ts";

const MAX_CONTENT_BYTES = 64 * 2 ** 20; // of JSON: twice what a cell may show
const DELIMITER = "<IDS|MSG>";

/**
 * What stands for a message of our own Python whose content no notebook can hold, which is not read at all: over 512 MB
 * it would not even be a string. @returns undefined for any other message
 */
export function tooLarge(frames: readonly Buffer[]): JupyterMessage | undefined {
  const delimiter = frames.findIndex((frame) => frame.toString("latin1", 0, DELIMITER.length + 1) === DELIMITER);
  const [header, parentHeader, , content] = frames.slice(delimiter + 2);
  if (delimiter < 0 || !header || !parentHeader || !content || content.length <= MAX_CONTENT_BYTES) return undefined;
  const own = JSON.parse(header.toString());
  const isOutput = own.msg_type !== "error" && !String(own.msg_type).endsWith("_reply");
  const [size, limit] = [content.length, MAX_CONTENT_BYTES].map((bytes) => Math.ceil(bytes / 2 ** 20));
  const text = `${own.msg_type} of ${size} MB, over ${limit} MB; write it to a file, or show a part of it`;
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
