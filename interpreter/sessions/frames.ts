// Messages between two of our processes over a pipe: four bytes of length, then JSON. Node's own ipc channel would not
// do: it takes messages of Node's from the other side as well (handles, their acknowledgements), and throws in this
// process when code that nobody has read writes them to its descriptor.
import type { Readable } from "node:stream";
import { hasMoreValues } from "../json-values.ts";

const HEADER_BYTES = 4;
const MAX_FRAME_BYTES = 256 * 2 ** 20; // a display of 200 MB is nothing a notebook can hold
const MAX_VALUES = 16 * 2 ** 20; // a gigabyte, parsed

/** @throws RangeError for what the other side would not take */
export function encodeFrame(message: unknown): Buffer {
  const text = JSON.stringify(message);
  const size = Buffer.byteLength(text);
  if (size > MAX_FRAME_BYTES)
    throw new RangeError(
      `${Math.ceil(size / 2 ** 20)} MB are more than passes between notebook and session at once; take a part of it`,
    );
  const frame = Buffer.allocUnsafe(HEADER_BYTES + size);
  frame.writeUInt32LE(size, 0);
  frame.write(text, HEADER_BYTES);
  if (hasMoreValues(frame.subarray(HEADER_BYTES), MAX_VALUES))
    throw new RangeError(
      `more than ${MAX_VALUES} values are more than pass between notebook and session at once; take a part of them`,
    );
  return frame;
}

export interface FrameReading {
  /** Gets what JSON said, unchecked, and how long that was. What it throws is a wrong frame, too. */
  readonly onMessage: (message: unknown, bytes: number) => void;
  /** Called once; nothing is read after it. */
  readonly onWrong: (error: Error) => void;
}

/** Reads a stream whose other end may write anything: what is kept of it is never more than one frame. */
export function readFrames(stream: Readable, { onMessage, onWrong }: FrameReading): void {
  const cut = frameCutter((body) => {
    if (hasMoreValues(body, MAX_VALUES)) throw new RangeError(`it holds more than ${MAX_VALUES} values`);
    onMessage(JSON.parse(body.toString("utf8")), body.length);
  });
  const onData = (chunk: Buffer) => {
    try {
      cut(chunk);
    } catch (error) {
      stream.off("data", onData).resume(); // read on, and dropped: its writer may wait for that, to be told to end
      onWrong(error as Error); // as: ours and JSON's are no others
    }
  };
  stream.on("data", onData);
}

/**
 * Cuts chunks into the bodies of frames. Its state is right before each body is handed over: what handles one may throw,
 * or be terminated by an interrupt.
 */
function frameCutter(onBody: (body: Buffer) => void): (chunk: Buffer) => void {
  const header = Buffer.alloc(HEADER_BYTES);
  let headerBytes = 0;
  let body: Buffer | undefined; // allocated as a whole: a list of chunks of one byte would be many times as large
  let bodyBytes = 0;
  let rest: Buffer = Buffer.alloc(0);

  function nextBody(): Buffer | undefined {
    while (body === undefined && rest.length > 0) {
      const taken = rest.copy(header, headerBytes);
      headerBytes += taken;
      rest = rest.subarray(taken);
      if (headerBytes < HEADER_BYTES) return undefined;
      const length = header.readUInt32LE(0);
      if (length > MAX_FRAME_BYTES) throw new RangeError(`it says that it has ${length} bytes`);
      body = Buffer.allocUnsafe(length);
    }
    if (body === undefined) return undefined;
    const taken = rest.copy(body, bodyBytes);
    bodyBytes += taken;
    rest = rest.subarray(taken);
    if (bodyBytes < body.length) return undefined;
    const whole = body;
    body = undefined;
    bodyBytes = 0;
    headerBytes = 0;
    return whole;
  }

  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let next = nextBody(); next !== undefined; next = nextBody()) onBody(next);
  };
}
