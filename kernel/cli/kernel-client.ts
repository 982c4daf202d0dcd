// A front end in the small: starts one kernel and runs code in it, over the protocol's own sockets. No Jupyter needed.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Dealer, type Socket, Subscriber } from "zeromq";
import { type JupyterMessage, PROTOCOL_VERSION } from "../protocol/messages.ts";
import { createWire, type Wire } from "../protocol/wire.ts";
import { CommandError } from "./command.ts";

const START_TIMEOUT_MS = 60_000; // a slow machine under load; a kernel that cannot start ends by itself
const STOP_TIMEOUT_MS = 10_000;

export interface KernelClient extends AsyncDisposable {
  /** Runs one cell; `onOutput` gets its iopub messages. @returns the content of execute_reply */
  execute(code: string, onOutput: (message: JupyterMessage) => void): Promise<Readonly<Record<string, unknown>>>;
}

/** Starts our kernel in `folder`. @throws CommandError if it ends, or does not answer */
export async function startKernel(folder: string, signal: AbortSignal): Promise<KernelClient> {
  const scratch = mkdtempSync(join(tmpdir(), "qwenlab-run-")); // mode 0700: sockets and key are ours alone
  const key = randomBytes(32).toString("hex");
  const ip = join(scratch, "kernel");
  const ports = { shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 };
  const connection = { transport: "ipc", ip, ...ports, key, signature_scheme: "hmac-sha256", kernel_name: "qwenlab" };
  const connectionFile = join(scratch, "kernel.json");
  writeFileSync(connectionFile, JSON.stringify(connection), { mode: 0o600 });

  const program = join(dirname(createRequire(import.meta.url).resolve("qwenlab/package.json")), "bin", "qwenlab.js");
  const child = spawn(process.execPath, [program, "kernel", connectionFile], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const sockets = { shell: new Dealer(), control: new Dealer(), iopub: new Subscriber() };
  const client = new Client(child, sockets, createWire(key), scratch);
  try {
    sockets.iopub.subscribe();
    sockets.iopub.connect(`ipc://${ip}-${ports.iopub_port}`);
    sockets.shell.connect(`ipc://${ip}-${ports.shell_port}`);
    sockets.control.connect(`ipc://${ip}-${ports.control_port}`);
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

type Listener = (message: JupyterMessage) => void;

class Client implements KernelClient {
  readonly #child: ChildProcess;
  readonly #sockets: Sockets;
  readonly #wire: Wire;
  readonly #scratch: string;
  readonly #session = randomUUID();
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
    let reply: Promise<JupyterMessage> | undefined;
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

  #request(channel: "shell" | "control", type: string, content: object, onOutput?: Listener): Promise<JupyterMessage> {
    const message = this.#message(type, content);
    const id = message.header.msg_id;
    return new Promise((resolve, reject) => {
      this.#replies.set(id, resolve);
      if (onOutput) this.#outputs.set(id, onOutput);
      this.#sockets[channel].send(this.#wire.encode(message)).catch(reject);
    });
  }

  #message(type: string, content: object): JupyterMessage {
    const date = new Date().toISOString();
    const ids = { msg_id: randomUUID(), session: this.#session };
    const header = { ...ids, msg_type: type, username: "qwenlab", date, version: PROTOCOL_VERSION };
    return { identities: [], header, parentHeader: {}, metadata: {}, content: { ...content }, buffers: [] };
  }

  async #receive(socket: Dealer | Subscriber, listeners: Map<string, Listener>): Promise<void> {
    for await (const frames of socket) {
      const message = this.#wire.decode(frames);
      if (message.header.msg_type === "iopub_welcome") this.#onWelcome();
      listeners.get(message.parentHeader.msg_id ?? "")?.(message);
    }
  }
}
