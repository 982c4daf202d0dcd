// A front end in the small: starts one kernel, ours or ipykernel, and runs code in it over the protocol's own sockets.
// Sockets are files in a folder that only this user can open; no Jupyter is needed.
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Dealer, type Socket, Subscriber } from "zeromq";
import {
  type Confinement,
  diesWithParent,
  endMarked,
  type JupyterKernel,
  type KernelMessage,
  marked,
  newMark,
  ownFolder,
  type Room,
} from "../interpreter/index.ts";
import { type JupyterMessage, PROTOCOL_VERSION } from "./protocol/messages.ts";
import { createWire, type Wire } from "./protocol/wire.ts";
import { tooLarge } from "./too-large.ts";

const START_TIMEOUT_MS = 60_000; // a slow machine under load; a kernel that cannot start ends by itself
const STOP_TIMEOUT_MS = 3_000; // Jupyter gives a kernel 5 s to end with all that it started
const ASK_AGAIN_MS = 200; // until what the kernel publishes arrives: before the subscription does, it is lost
const PORTS = { shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 };

/** A kernel that could not be started, or that ended. */
export class KernelEndedError extends Error {
  override readonly name = "KernelEndedError";
}

export interface KernelCommand {
  readonly program: string;
  readonly args: readonly string[]; // with CONNECTION_FILE for the file's path
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly confinement?: Confinement;
  readonly readable?: readonly string[]; // when confined, beside the folder
}

export interface StartedKernel extends JupyterKernel {
  readonly room: Room | undefined; // of a confined kernel
}

export const CONNECTION_FILE = "{connection_file}"; // as kernelspecs write it

/** Our own kernel, in `folder`. @throws KernelEndedError if it ends, or does not answer */
export function startOwnKernel(folder: string, signal: AbortSignal): Promise<JupyterKernel> {
  const program = join(dirname(createRequire(import.meta.url).resolve("qwenlab/package.json")), "bin", "qwenlab.js");
  return startJupyterKernel(
    { program: process.execPath, args: [program, "kernel", CONNECTION_FILE], cwd: folder },
    signal,
  );
}

/** @throws KernelEndedError if it ends, or does not answer */
export async function startJupyterKernel(
  { program, args, confinement, readable = [], ...options }: KernelCommand,
  signal?: AbortSignal,
): Promise<StartedKernel> {
  const scratch = mkdtempSync(join(ownFolder(), "kernel-")); // mode 0700: sockets and key are ours alone
  const key = randomBytes(32).toString("hex");
  const ip = join(scratch, "kernel");
  const connection = { transport: "ipc", ip, ...PORTS, key, signature_scheme: "hmac-sha256", kernel_name: "qwenlab" };
  const connectionFile = join(scratch, "kernel.json");
  writeFileSync(connectionFile, JSON.stringify(connection), { mode: 0o600 });

  const spawnOptions: SpawnOptions = {
    ...options,
    stdio: ["ignore", "ignore", "pipe"],
    detached: process.platform !== "win32", // an interrupt's signal goes to its group
    windowsHide: true,
  };
  const plain = {
    program,
    args: args.map((arg) => (arg === CONNECTION_FILE ? connectionFile : arg)),
    env: options.env ?? process.env,
  };
  const roomOptions = { readable: [...readable, connectionFile], exchange: scratch };
  const command = confinement ? confinement.wrap(plain, roomOptions) : diesWithParent(plain);
  if (confinement && process.getuid?.() === 0) chmodSync(connectionFile, 0o644); // for nobody, in a folder of ours
  const mark = newMark();
  const child = spawn(command.program, command.args, { ...spawnOptions, env: marked(command.env, mark) });
  child.on("exit", () => {
    killGroup(child); // what it started and left
    endMarked(mark); // ... in groups of their own
  });
  const ended: { because?: string } = {};
  const end = (why: string) => {
    ended.because = `the sandbox ended it: it ${why}`;
    killGroup(child);
  };
  const room = child.pid === undefined ? undefined : confinement?.enter(child.pid, end, roomOptions);
  const sockets = (await room?.exchangePath()) ?? scratch; // in a room they are in its own memory
  const client = new Client(child, join(sockets, "kernel"), createWire(key), scratch, room, ended);
  try {
    const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
    await client.ready(signal ? AbortSignal.any([signal, timeout]) : timeout);
    return client;
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}

type Listener = (message: JupyterMessage) => void;
type RequestChannel = "shell" | "control";

class Client implements StartedKernel {
  readonly #child: ChildProcess;
  readonly #sockets: {
    readonly shell: Dealer;
    readonly control: Dealer;
    readonly stdin: Dealer;
    readonly iopub: Subscriber;
  };
  readonly #wire: Wire;
  readonly #scratch: string;
  readonly #room: Room | undefined; // of a confined kernel
  readonly #session = randomUUID();
  readonly #ended: Promise<never>; // rejects when the kernel's process ends
  readonly #heard: Promise<void>; // what it publishes arrives
  #onHeard: () => void = () => {};
  readonly #replies = new Map<string, Listener>(); // by the request's msg_id
  readonly #outputs = new Map<string, Listener>();

  constructor(
    child: ChildProcess,
    ip: string,
    wire: Wire,
    scratch: string,
    room: Room | undefined,
    ended: { readonly because?: string },
  ) {
    this.#child = child;
    this.#room = room;
    this.#wire = wire;
    this.#scratch = scratch;
    const routingId = randomUUID(); // the same on shell and stdin: so the kernel's questions find their way
    this.#sockets = {
      shell: new Dealer({ routingId, linger: 0 }),
      control: new Dealer({ routingId, linger: 0 }),
      stdin: new Dealer({ routingId, linger: 0 }),
      iopub: new Subscriber({ linger: 0 }),
    };
    const { shell, control, stdin, iopub } = this.#sockets;
    iopub.subscribe();
    iopub.connect(`ipc://${ip}-${PORTS.iopub_port}`);
    shell.connect(`ipc://${ip}-${PORTS.shell_port}`);
    control.connect(`ipc://${ip}-${PORTS.control_port}`);
    stdin.connect(`ipc://${ip}-${PORTS.stdin_port}`);
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-1000);
    });
    this.#ended = new Promise((_, reject) => {
      child.on("error", (error) => reject(new KernelEndedError(`the kernel could not be started: ${error.message}`)));
      child.on("exit", (code, killedBy) => {
        reject(
          new KernelEndedError(
            `the kernel ended (${ended.because ?? killedBy ?? `exit ${code}`}) ${said.trim()}`.trimEnd(),
          ),
        );
      });
    });
    this.#heard = new Promise((resolve) => {
      this.#onHeard = resolve;
    });
    this.#ended.catch(() => {}); // whoever waits for the kernel races with it
    void this.#receive(shell, this.#replies);
    void this.#receive(control, this.#replies);
    void this.#receive(stdin, this.#outputs);
    void this.#receive(iopub, this.#outputs);
  }

  get room(): Room | undefined {
    return this.#room;
  }

  get ended(): Promise<never> {
    return this.#ended;
  }

  /** The kernel answers, and what it publishes arrives. */
  async ready(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(new KernelEndedError("the kernel did not start in time")));
    });
    aborted.catch(() => {});
    let timer: NodeJS.Timeout | undefined;
    const ask = async (): Promise<void> => {
      await this.#request("shell", "kernel_info_request", {}, () => this.#onHeard());
      timer = setTimeout(() => void ask().catch(() => {}), ASK_AGAIN_MS);
    };
    try {
      await Promise.race([ask().then(() => this.#heard), this.#ended, aborted]);
    } finally {
      clearTimeout(timer);
    }
  }

  async execute(
    code: string,
    options: {
      onMessage: (message: KernelMessage) => void;
      onInput?: (prompt: string, password: boolean) => Promise<string | undefined>;
      silent?: boolean;
    },
  ): Promise<Readonly<Record<string, unknown>>> {
    const { onMessage, onInput, silent = false } = options;
    const content = { code, silent, store_history: !silent, user_expressions: {}, allow_stdin: onInput !== undefined };
    this.#tellOfOut(await this.#room?.bringIn(), onMessage);
    let reply: Promise<JupyterMessage> | undefined;
    const idle = new Promise<void>((resolve) => {
      reply = this.#request("shell", "execute_request", content, (message) => {
        const { msg_type: type } = message.header;
        if (type === "status" && message.content.execution_state === "idle") resolve();
        else if (type === "input_request") void this.#answerInput(message, onInput);
        else onMessage({ type, content: message.content });
      });
    });
    const [result] = await Promise.race([Promise.all([reply, idle]), this.#ended]);
    this.#tellOfOut(await this.#room?.bringOut(), onMessage);
    return result?.content ?? {};
  }

  #tellOfOut(leftOut: string | undefined, onMessage: (message: KernelMessage) => void): void {
    if (leftOut !== undefined) onMessage({ type: "stream", content: { name: "stderr", text: `${leftOut}\n` } });
  }

  async request(type: string, content: object): Promise<Readonly<Record<string, unknown>>> {
    return (await Promise.race([this.#request("shell", type, content), this.#ended])).content;
  }

  interrupt(): void {
    void this.#request("control", "interrupt_request", {}).catch(() => {});
  }

  kill(): void {
    killGroup(this.#child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null && this.#child.pid !== undefined) {
      const exited = new Promise((resolve) => this.#child.once("exit", resolve));
      const timer = setTimeout(() => killGroup(this.#child), STOP_TIMEOUT_MS);
      void this.#request("control", "shutdown_request", { restart: false }).catch(() => {});
      await exited;
      clearTimeout(timer);
    }
    for (const socket of Object.values(this.#sockets)) (socket as Socket).close();
    await this.#room?.bringOut();
    await this.#room?.close();
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  async #answerInput(
    { header, content }: JupyterMessage,
    onInput: ((prompt: string, password: boolean) => Promise<string | undefined>) | undefined,
  ): Promise<void> {
    const value = await onInput?.(String(content.prompt ?? ""), content.password === true).catch(() => undefined);
    const reply = this.#message("input_reply", { status: "ok", value: value ?? "" });
    await this.#sockets.stdin.send(this.#wire.encode({ ...reply, parentHeader: header })).catch(() => {});
  }

  #request(channel: RequestChannel, type: string, content: object, onOutput?: Listener): Promise<JupyterMessage> {
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
      const message = tooLarge(frames) ?? this.#wire.decode(frames);
      listeners.get(message.parentHeader.msg_id ?? "")?.(message);
    }
  }
}

function killGroup(child: ChildProcess): void {
  try {
    if (process.platform === "win32" || child.pid === undefined) child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // it ended in the meantime
  }
}
