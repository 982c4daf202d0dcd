import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface FileServer extends AsyncDisposable {
  readonly url: string;
  /** The requests so far: "GET /path" or "GET /path bytes=5-". */
  readonly requests: string[];
}

/** A hub on loopback. Each request takes the next answer; the last one stays. */
export async function startFileServer(...answers: [Answer, ...Answer[]]): Promise<FileServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)]!;
    requests.push([request.method, request.url, request.headers.range].filter(Boolean).join(" "));
    answer(request, response);
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const { port } = server.address() as AddressInfo; // of a TCP server
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((settle) => server.close(settle));
    },
  };
}

/** Serves the file, ranges and all, as hubs do. */
export function serving(file: Uint8Array): Answer {
  return (request, response) => {
    const start = rangeStart(request);
    response.writeHead(start === undefined ? 200 : 206, headers(file, start)).end(file.subarray(start ?? 0));
  };
}

/** Promises the whole answer and hangs up after `bytes` of it. */
export function breakingAfter(bytes: number, file: Uint8Array): Answer {
  return (request, response) => {
    const start = rangeStart(request);
    response.writeHead(start === undefined ? 200 : 206, headers(file, start));
    response.write(file.subarray(start ?? 0, (start ?? 0) + bytes), () => response.destroy());
  };
}

/** Knows nothing of ranges. */
export function servingWhole(file: Uint8Array): Answer {
  return (_, response) => {
    response.writeHead(200, headers(file, undefined)).end(file);
  };
}

export function answering(status: number, body = "", type = "text/plain"): Answer {
  return (_, response) => {
    response.writeHead(status, { "content-type": type }).end(body);
  };
}

/** Sends until nobody listens. */
export function endless(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(2 ** 16, "[")));
  };
  response.on("drain", more);
  more();
}

function rangeStart(request: IncomingMessage): number | undefined {
  const start = /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
  return start === undefined ? undefined : Number(start);
}

function headers(file: Uint8Array, start: number | undefined): Record<string, string | number> {
  const whole = { "content-type": "application/octet-stream", "content-length": file.length - (start ?? 0) };
  if (start === undefined) return whole;
  return { ...whole, "content-range": `bytes ${start}-${file.length - 1}/${file.length}` };
}
