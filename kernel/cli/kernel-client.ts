// A front end in the small: starts one kernel and runs code in it, over the protocol's own sockets. No Jupyter needed.
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Dealer, type Socket, Subscriber } from "zeromq";
import { CommandError } from "./command.ts";

const DELIMITER = "<IDS|MSG>";
const HOST = "127.0.0.1";
const START_TIMEOUT_MS = 60_000; // a slow machine under load; a kernel that cannot start ends by itself
const STOP_TIMEOUT_MS = 10_000;

export interface KernelMessage {
  readonly header: { readonly msg_type: string; readonly msg_id: string };
  readonly parent: { readonly msg_id?: string };
  readonly content: Readonly<Record<string, unknown>>;
}

export interface KernelClient extends AsyncDisposable {
  /** Runs one cell; `onOutput` gets its iopub messages. @returns the content of execute_reply */
  execute(code: string, onOutput: (message: KernelMessage) => void): Promise<Readonly<Record<string, unknown>>>;
}

/** Starts our kernel in `folder`. @throws CommandError if it ends, or does not answer */
export async function startKernel(folder: string, signal: AbortSignal): Promise<KernelClient> {
  const scratch = mkdtempSync(join(tmpdir(), "qwenlab-run-")); // mode 0700: the file in it holds the key
  const [shellPort, iopubPort, stdinPort, controlPort, heartbeatPort] = await freePorts(5);
  const key = randomBytes(32).toString("hex");
  const connection = {
    transport: "tcp",
    ip: HOST,
    shell_port: shellPort,
    iopub_port: iopubPort,
    stdin_port: stdinPort,
    control_port: controlPort,
    hb_port: heartbeatPort,
    key,
    signature_scheme: "hmac-sha256",
    kernel_name: "qwenlab",
  };
  const connectionFile = join(scratch, "kernel.json");
  writeFileSync(connectionFile, JSON.stringify(connection), { mode: 0o600 });

  const program = join(dirname(createRequire(import.meta.url).resolve("qwenlab/package.json")), "bin", "qwenlab.js");
  const child = spawn(process.execPath, [program, "kernel", connectionFile], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const wire = createWire(key);
  const sockets = { shell: new Dealer(), control: new Dealer(), iopub: new Subscriber() };
  const client = new Client(child, sockets, wire, scratch);
  try {
    sockets.iopub.subscribe();
    sockets.iopub.connect(`tcp://${HOST}:${iopubPort}`);
    sockets.shell.connect(`tcp://${HOST}:${shellPort}`);
    sockets.control.connect(`tcp://${HOST}:${controlPort}`);
    await client.ready(AbortSignal.any([signal, AbortSignal.timeout(START_TIMEOUT_MS)]));
    return client;
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}

interface Sockets {
  readonly shell: Dealer;
  readonly control: Dealer;
  readonly iopub: Subscriber;
}

type Listener = (message: KernelMessage) => void;

class Client implements KernelClient {
  readonly #child: ChildProcess;
  readonly #sockets: Sockets;
  readonly #wire: Wire;
  readonly #scratch: string;
  readonly #ended: Promise<never>; // rejects when the kernel's process ends
  readonly #welcomed: Promise<void>;
  #onWelcome: () => void = () => {};
  readonly #replies = new Map<string, Listener>(); // by the request's msg_id
  readonly #outputs = new Map<string, Listener>();

  constructor(child: ChildProcess, sockets: Sockets, wire: Wire, scratch: string) {
    this.#child = child;
    this.#sockets = sockets;
    this.#wire = wire;
    this.#scratch = scratch;
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-1000);
    });
    this.#ended = new Promise((_, reject) => {
      child.on("error", (error) => reject(new CommandError(`the kernel could not be started: ${error.message}`)));
      child.on("exit", (code, killedBy) => {
        reject(new CommandError(`the kernel ended (${killedBy ?? `exit ${code}`}) ${said.trim()}`.trimEnd()));
      });
    });
    this.#welcomed = new Promise((resolve) => {
      this.#onWelcome = resolve;
    });
    this.#ended.catch(() => {}); // whoever waits for the kernel races with it
    void this.#receive(sockets.shell, this.#replies);
    void this.#receive(sockets.control, this.#replies);
    void this.#receive(sockets.iopub, this.#outputs);
  }

  /** The kernel answers, and what it publishes arrives. */
  async ready(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(new CommandError("the kernel did not start in time")));
    });
    const answers = Promise.all([this.#request("shell", "kernel_info_request", {}), this.#welcomed]);
    await Promise.race([answers, this.#ended, aborted]);
  }

  async execute(code: string, onOutput: Listener): Promise<Readonly<Record<string, unknown>>> {
    const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
    let reply: Promise<KernelMessage> | undefined;
    const idle = new Promise<void>((resolve) => {
      reply = this.#request("shell", "execute_request", content, (message) => {
        if (message.header.msg_type === "status" && message.content.execution_state === "idle") resolve();
        else onOutput(message);
      });
    });
    const [result] = await Promise.race([Promise.all([reply, idle]), this.#ended]);
    return result?.content ?? {};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = new Promise((resolve) => this.#child.once("exit", resolve));
      const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      void this.#request("control", "shutdown_request", { restart: false }).catch(() => {});
      await exited;
      clearTimeout(timer);
    }
    for (const socket of Object.values(this.#sockets)) (socket as Socket).close();
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  #request(channel: "shell" | "control", type: string, content: object, onOutput?: Listener): Promise<KernelMessage> {
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      this.#replies.set(id, resolve);
      if (onOutput) this.#outputs.set(id, onOutput);
      this.#sockets[channel].send(this.#wire.encode(id, type, content)).catch(reject);
    });
  }

  async #receive(socket: Dealer | Subscriber, listeners: Map<string, Listener>): Promise<void> {
    for await (const frames of socket) {
      const message = this.#wire.decode(frames);
      if (message?.header.msg_type === "iopub_welcome") this.#onWelcome();
      if (message) listeners.get(message.parent.msg_id ?? "")?.(message);
    }
  }
}

interface Wire {
  encode(id: string, type: string, content: object): (string | Buffer)[];
  /** Undefined for what is not signed with the key. */
  decode(frames: readonly Buffer[]): KernelMessage | undefined;
}

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol */
function createWire(key: string): Wire {
  const session = randomUUID();
  const sign = (parts: readonly (string | Buffer)[]) => {
    const hmac = createHmac("sha256", key);
    for (const part of parts) hmac.update(part);
    return hmac.digest("hex");
  };
  return {
    encode(id, type, content) {
      const date = new Date().toISOString();
      const header = { msg_id: id, msg_type: type, session, username: "qwenlab", date, version: "5.5" };
      const parts = [JSON.stringify(header), "{}", "{}", JSON.stringify(content)];
      return [DELIMITER, sign(parts), ...parts];
    },
    decode(frames) {
      const start = frames.findIndex((frame) => frame.toString() === DELIMITER);
      const [signature, ...parts] = frames.slice(start + 1, start + 6);
      if (start < 0 || !signature || parts.length < 4) return undefined;
      const expected = Buffer.from(sign(parts));
      if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return undefined;
      const [header, parent, , content] = parts.map((part) => JSON.parse(part.toString()));
      return { header, parent, content };
    },
  };
}

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, HOST, resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
