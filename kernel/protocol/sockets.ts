// The five ZeroMQ sockets of a kernel. Nothing else here imports zeromq.
import { rmSync } from "node:fs";
import { capability, Reply, Router, type Socket, XPublisher } from "zeromq";
import type { Connection } from "./connection-file.ts";

const LINGER_MS = 1_000; // what was sent before the end still leaves
const MAX_FRAME_BYTES = 2 ** 30; // whoever reaches the port can send; what is over it, ZeroMQ drops without a word
const OWNERS_ONLY = 0o077; // of sockets that are files
const SUBSCRIBED = 1; // first byte of what an XPUB socket receives
const [SUBSCRIBE, UNSUBSCRIBE] = [6, 7]; // options of zmq_setsockopt, which zeromq names for subscribers alone

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
    /** Greets each new subscriber with what `welcome` makes of its topic: nothing reaches it before. */
    admit(welcome: (topic: string) => readonly Buffer[]): Promise<void>;
  };
  /** Ends all receive() loops, after what was sent. */
  close(): Promise<void>;
}

/** Binds all sockets and answers heartbeats. @throws Error that names the address that cannot be bound */
export async function openSockets({ addresses, curve }: Omit<Connection, "key">): Promise<Sockets> {
  if (curve && capability.curve !== true)
    throw new Error("the connection file asks for encryption (CurveZMQ), and the ZeroMQ here was built without it");
  const options = {
    maxMessageSize: MAX_FRAME_BYTES,
    ...(curve && { curveServer: true, curvePublicKey: curve.publicKey, curveSecretKey: curve.secretKey }),
  };
  const routerOptions = { ...options, linger: LINGER_MS };
  const shell = new Router(routerOptions);
  const control = new Router(routerOptions);
  const stdin = new Router(routerOptions);
  const heartbeat = new Reply({ ...options, linger: 0 });
  // The default high-water mark drops messages, of any kind, once a slow front end is 1,000 behind.
  const iopub = new Publisher({ ...options, linger: LINGER_MS, sendHighWaterMark: 0 });
  iopub.manual = true;

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
      async admit(welcome) {
        for await (const [frame] of received(iopub)) {
          const topic = frame!.subarray(1);
          if (frame![0] !== SUBSCRIBED) iopub.remove(topic);
          else await senders[3]!.send(welcome(topic.toString()), () => iopub.add(topic));
        }
      },
    },
    async close() {
      await Promise.all(senders.map(({ drained }) => drained()));
      for (const socket of [shell, control, stdin, iopub, heartbeat]) socket.close();
      for (const path of socketFiles(addresses)) rmSync(path, { force: true }); // what is connected stays so
    },
  };
}

function socketFiles(addresses: Connection["addresses"]): string[] {
  const prefix = "ipc://";
  const files = Object.values(addresses).filter((address) => address.startsWith(prefix));
  return files.map((address) => address.slice(prefix.length));
}

/** Says itself when a subscription begins; of its own, ZeroMQ begins it before its subscriber can have been welcomed. */
class Publisher extends XPublisher {
  /** Of whoever sent what was received last, as is what `remove` ends. */
  add(topic: Buffer): void {
    this.setStringOption(SUBSCRIBE, topic);
  }

  /** Of a socket that was closed since it received, there is nothing to end, and its library would throw. */
  remove(topic: Buffer): void {
    if (!this.closed) this.setStringOption(UNSUBSCRIBE, topic);
  }
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
    /** @param first is done right before, after all that was sent earlier */
    send(frames: readonly Buffer[], first?: () => void): Promise<void> {
      last = last
        .then(() => {
          if (socket.closed) return;
          first?.();
          return socket.send([...frames]);
        })
        .catch(() => {});
      return last;
    },
    drained: () => last,
  };
}
