const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * fetch() from a server that somebody else runs. The libraries that read its answers keep a whole body, or a whole event
 * of a stream, in memory: one that does not end would end this process. It fails instead, and the connection is closed.
 *
 * @param maxBytes of a body, or of each event
 */
export function boundedFetch(maxBytes: number) {
  return async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const response = await fetch(input, init);
    if (!response.body) return response;
    const isEvents = /^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "");
    const { status, statusText, headers } = response;
    const body = response.body.pipeThrough(bounded(maxBytes, isEvents ? eventLength() : totalLength()));
    return new Response(body, { status, statusText, headers });
  };
}

/** Told each chunk, how much of what the reader must keep is there. */
type Length = (chunk: Uint8Array) => number;

function bounded(maxBytes: number, lengthWith: Length): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(chunk, controller) {
      if (lengthWith(chunk) > maxBytes) throw new Error(`more than ${maxBytes} bytes in one piece; no more is read`);
      controller.enqueue(chunk);
    },
  });
}

function totalLength(): Length {
  let length = 0;
  return (chunk) => {
    length += chunk.length;
    return length;
  };
}

/** Of the longest event in the chunk, with what came of it before. Events end with an empty line. */
function eventLength(): Length {
  let event = 0;
  let line = 0;
  let previous = 0;
  return (chunk) => {
    let longest = 0;
    for (const byte of chunk) {
      event++;
      if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) line++;
      else if (byte !== LINE_FEED || previous !== CARRIAGE_RETURN) {
        longest = Math.max(longest, event);
        if (line === 0) event = 0;
        line = 0;
      }
      previous = byte;
    }
    return Math.max(longest, event);
  };
}
