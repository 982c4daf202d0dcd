// The five ZeroMQ sockets of a kernel. Nothing else here imports zeromq.
import { capability, Reply, Router, type Socket, XPublisher } from "zeromq";
import type { Connection } from "./protocol/connection-file.ts";

const LINGER_MS = 1_000; // what was sent before the end still leaves
const MAX_MESSAGE_BYTES = 256 * 2 ** 20; // whoever reaches the port can send; widgets' buffers are large
const OWNERS_ONLY = 0o077; // of sockets that are files
const SUBSCRIBED = 1; // first byte of what an XPUB socket receives

export interface Channel {
  /** Nobody waits for an answer any more. */
  readonly isClosed: boolean;
  receive(): AsyncIterable<readonly Buffer[]>;
  send(frames: readonly Buffer[]): Promise<void>;
}

export interface Sockets {
  readonly shell: Channel;
  readonly control: Channel;
  readonly stdin: Channel;
  readonly iopub: {
    send(frames: readonly Buffer[]): Promise<void>;
    /** The topic of each new subscription. */
    subscriptions(): AsyncIterable<string>;
  };
  /** Ends all receive() loops, after what was sent. */
  close(): Promise<void>;
}

/** Binds all sockets and answers heartbeats. @throws Error that names the address that cannot be bound */
export async function openSockets({ addresses, curve }: Omit<Connection, "key">): Promise<Sockets> {
  if (curve && capability.curve !== true)
    throw new Error("the connection file asks for encryption (CurveZMQ), and the ZeroMQ here was built without it");
  const options = {
    maxMessageSize: MAX_MESSAGE_BYTES,
    ...(curve && { curveServer: true, curvePublicKey: curve.publicKey, curveSecretKey: curve.secretKey }),
  };
  const routerOptions = { ...options, linger: LINGER_MS };
  const shell = new Router(routerOptions);
  const control = new Router(routerOptions);
  const stdin = new Router(routerOptions);
  const heartbeat = new Reply({ ...options, linger: 0 });
  // The default high-water mark drops messages, of any kind, once a slow front end is 1,000 behind.
  const iopub = new XPublisher({ ...options, linger: LINGER_MS, sendHighWaterMark: 0 });
  iopub.verbosity = "allSubs";

  const umask = process.umask(OWNERS_ONLY);
  await Promise.all([
    bind(shell, addresses.shell),
    bind(control, addresses.control),
    bind(stdin, addresses.stdin),
    bind(iopub, addresses.iopub),
    bind(heartbeat, addresses.heartbeat),
  ]).finally(() => process.umask(umask));
  void echo(heartbeat);

  const senders = [shell, control, stdin, iopub].map(inOrder);
  return {
    shell: channel(shell, senders[0]!.send),
    control: channel(control, senders[1]!.send),
    stdin: channel(stdin, senders[2]!.send),
    iopub: {
      send: senders[3]!.send,
      async *subscriptions() {
        for await (const [frame] of received(iopub)) {
          if (frame?.[0] === SUBSCRIBED) yield frame.toString("utf8", 1);
        }
      },
    },
    async close() {
      await Promise.all(senders.map(({ drained }) => drained()));
      for (const socket of [shell, control, stdin, iopub, heartbeat]) socket.close();
    },
  };
}

async function bind(socket: Socket, address: string): Promise<void> {
  try {
    await socket.bind(address);
  } catch (error) {
    throw new Error(`cannot listen on ${address}: ${error instanceof Error ? error.message : error}`);
  }
}

/** Until the socket is closed, which may happen at any moment: what it says of that is no error. */
async function* received(socket: Router | Reply | XPublisher): AsyncGenerator<Buffer[]> {
  while (!socket.closed) {
    try {
      yield await socket.receive();
    } catch (error) {
      if (!socket.closed) throw error;
    }
  }
}

async function echo(heartbeat: Reply): Promise<void> {
  try {
    for await (const frames of received(heartbeat)) await heartbeat.send(frames);
  } catch (error) {
    if (!heartbeat.closed) throw error;
  }
}

function channel(socket: Router, send: Channel["send"]): Channel {
  return {
    get isClosed() {
      return socket.closed;
    },
    receive: () => received(socket),
    send,
  };
}

/** A socket takes one send at a time; a peer that has gone does not stop the next, and after the end it does nothing. */
function inOrder(socket: Router | XPublisher) {
  let last: Promise<void> = Promise.resolve();
  return {
    send(frames: readonly Buffer[]): Promise<void> {
      last = last.then(() => (socket.closed ? undefined : socket.send([...frames]))).catch(() => {});
      return last;
    },
    drained: () => last,
  };
}
