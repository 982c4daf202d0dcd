// A real kernel process and a front end in the small, that can also misbehave.
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { curveKeyPair, Dealer, Request, type Socket, Subscriber } from "zeromq";
import type { JupyterMessage } from "../../kernel/protocol/messages.ts";
import { createWire, type Wire } from "../../kernel/protocol/wire.ts";
import { freePorts } from "../free-ports.ts";

export const KEY = "a key for tests";
const PATIENCE_MS = 240_000; // of every wait: nothing hangs
const PORT_NAMES = ["shell_port", "control_port", "stdin_port", "iopub_port", "hb_port"] as const;

export interface Execution {
  readonly reply: Record<string, unknown>;
  readonly messages: readonly JupyterMessage[]; // of iopub, busy to idle
}

export interface ExecuteOptions {
  readonly content?: Readonly<Record<string, unknown>>; // of the request, beside the code
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface KernelOptions {
  readonly transport?: "tcp" | "ipc"; // the latter where there is one: another may take a port before the kernel has it
  readonly isEncrypted?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>; // in its folder, before it starts
  readonly answer?: (prompt: string) => string | undefined; // to the kernel's questions
}

/** What the connection file says of where the kernel is heard. */
interface Place {
  readonly addresses: readonly string[]; // in the order of PORT_NAMES
  readonly folder: string | undefined; // of sockets that are files: not the notebook's, which tests look at
  readonly curve: { readonly publicKey: string; readonly secretKey: string } | undefined;
}

export class KernelProcess {
  readonly folder: string;
  readonly place: Place;
  readonly iopub: JupyterMessage[] = [];
  readonly questions: JupyterMessage[] = [];
  readonly exited: Promise<number | null>;
  readonly child: ChildProcess;
  #log = "";
  readonly #wire: Wire = createWire(KEY);
  readonly #sockets: { shell: Dealer; control: Dealer; stdin: Dealer; iopub: Subscriber; heartbeat: Request };
  readonly #replies = new Map<string, JupyterMessage>();
  readonly #waiting = new Set<() => void>();
  #sent: Promise<void> = Promise.resolve();

  private constructor(child: ChildProcess, folder: string, place: Place, options: KernelOptions) {
    this.child = child;
    this.folder = folder;
    this.place = place;
    this.exited = new Promise((resolve) => child.on("exit", resolve));
    child.stderr?.on("data", (chunk) => {
      this.#log += chunk;
    });
    const routingId = randomUUID(); // the same on shell and stdin: so the kernel's questions find their way
    const { addresses, curve } = place;
    const common = { linger: 0, ...(curve && clientKeys(curve.publicKey)) };
    this.#sockets = {
      shell: new Dealer({ ...common, routingId }),
      control: new Dealer({ ...common, routingId }),
      stdin: new Dealer({ ...common, routingId }),
      iopub: new Subscriber(common),
      heartbeat: new Request(common),
    };
    const { shell, control, stdin, iopub, heartbeat } = this.#sockets;
    for (const [i, socket] of [shell, control, stdin, iopub, heartbeat].entries()) socket.connect(addresses[i]!);
    iopub.subscribe();
    for (const socket of [shell, control]) {
      void this.#read(socket, (message) => this.#replies.set(String(message.parentHeader.msg_id), message));
    }
    void this.#read(iopub, (message) => this.iopub.push(message));
    void this.#read(stdin, (message) => {
      this.questions.push(message);
      const value = options.answer?.(String(message.content.prompt));
      if (value !== undefined) this.answer(message, value);
    });
  }

  /** Starts a kernel in a folder of its own, and waits until iopub is heard. */
  static async start(options: KernelOptions = {}): Promise<KernelProcess> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "qwenlab-kernel-")));
    for (const [name, text] of Object.entries(options.files ?? {})) writeFileSync(join(folder, name), text);
    const transport = options.transport ?? (process.platform === "win32" ? "tcp" : "ipc");
    const sockets = transport === "tcp" ? undefined : mkdtempSync(join(tmpdir(), "qwenlab-sockets-"));
    const ip = sockets === undefined ? "127.0.0.1" : join(sockets, "kernel");
    const ports = transport === "tcp" ? await freePorts(PORT_NAMES.length) : [1, 2, 3, 4, 5];
    const connectionFile = join(folder, "connection.json");
    const portFields = Object.fromEntries(PORT_NAMES.map((name, i) => [name, ports[i]]));
    const curve = options.isEncrypted ? curveKeyPair() : undefined;
    const curveFields = curve && { curve_publickey: curve.publicKey, curve_secretkey: curve.secretKey };
    const connection = { transport, ip, key: KEY, signature_scheme: "hmac-sha256", ...portFields, ...curveFields };
    writeFileSync(connectionFile, JSON.stringify(connection));
    const child = spawnKernel(connectionFile, { cwd: folder, env: options.env ?? {} });
    const addresses = ports.map((port) => `${transport}://${ip}${transport === "tcp" ? ":" : "-"}${port}`);
    const kernel = new KernelProcess(child, folder, { addresses, folder: sockets, curve }, options);
    await kernel.until(() => kernel.iopub.some(({ header }) => header.msg_type === "iopub_welcome"));
    return kernel;
  }

  get log(): string {
    return this.#log;
  }

  /** @returns the id of the message */
  send(type: string, content: object, { channel = "shell", metadata = {} }: SendOptions = {}): string {
    const message = this.message(type, content, metadata);
    void this.sendFrames(channel, this.#wire.encode(message));
    return message.header.msg_id;
  }

  message(type: string, content: object, metadata: Readonly<Record<string, unknown>> = {}): JupyterMessage {
    const header = {
      msg_id: randomUUID(),
      msg_type: type,
      session: "front end",
      username: "test",
      date: new Date().toISOString(),
      version: "5.5",
    };
    return { identities: [], header, parentHeader: {}, metadata, content: { ...content }, buffers: [] };
  }

  /** In the order of the calls; a socket takes one send at a time. */
  sendFrames(channel: "shell" | "control" | "stdin", frames: readonly (Buffer | string)[]): Promise<void> {
    const socket = this.#sockets[channel];
    this.#sent = this.#sent.then(() => (socket.closed ? undefined : socket.send([...frames]))).catch(() => {});
    return this.#sent;
  }

  answer(question: JupyterMessage, value: string): void {
    const message = { ...this.message("input_reply", { status: "ok", value }), parentHeader: question.header };
    void this.sendFrames("stdin", this.#wire.encode(message));
  }

  /** Sends a request; gives the reply's content. */
  async request(type: string, content: object = {}, options: SendOptions = {}): Promise<Record<string, unknown>> {
    return (await this.reply(this.send(type, content, options))).content;
  }

  async reply(id: string): Promise<JupyterMessage> {
    await this.until(() => this.#replies.has(id));
    return this.#replies.get(id)!;
  }

  hasReply(id: string): boolean {
    return this.#replies.has(id);
  }

  /** Runs a cell and gives all of it. */
  execute(code: string, options: ExecuteOptions = {}): Promise<Execution> {
    return this.finished(this.startCell(code, options));
  }

  /** Sends a cell; gives the id of the message. */
  startCell(code: string, { content = {}, metadata = {} }: ExecuteOptions = {}): string {
    const defaults = { silent: false, store_history: true, user_expressions: {}, allow_stdin: true };
    return this.send("execute_request", { code, stop_on_error: true, ...defaults, ...content }, { metadata });
  }

  async finished(id: string): Promise<Execution> {
    const reply = await this.reply(id);
    await this.until(() => this.messagesOf(id).some((message) => message.content.execution_state === "idle"));
    return { reply: { ...reply.content }, messages: this.messagesOf(id) };
  }

  /** What came on iopub for a request so far. */
  messagesOf(id: string): JupyterMessage[] {
    return this.iopub.filter(({ parentHeader }) => parentHeader.msg_id === id);
  }

  /** What a request printed so far. */
  printed(id: string, name?: "stdout" | "stderr"): string {
    const streams = this.messagesOf(id).filter(({ header }) => header.msg_type === "stream");
    return streams
      .filter(({ content }) => name === undefined || content.name === name)
      .map(({ content }) => content.text)
      .join("");
  }

  /** Resolves when the heartbeat comes back. */
  async heartbeat(): Promise<string> {
    const { heartbeat } = this.#sockets;
    await heartbeat.send("beat");
    const [echo] = await heartbeat.receive();
    return String(echo);
  }

  /** Resolves when the condition holds; it is looked at after each message. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      const look = () => {
        if (!condition()) return;
        stop();
        resolve();
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`waited in vain; the kernel said: ${this.#log}`));
      }, PATIENCE_MS);
      this.#waiting.add(look);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGTERM");
    await this.exited;
    for (const socket of Object.values(this.#sockets)) socket.close();
    for (const folder of [this.folder, this.place.folder]) if (folder) rmSync(folder, { recursive: true, force: true });
  }

  async #read(socket: Socket & AsyncIterable<Buffer[]>, take: (message: JupyterMessage) => void): Promise<void> {
    for await (const frames of socket) {
      take(this.#wire.decode(frames));
      for (const look of [...this.#waiting]) look();
    }
  }
}

/** What a client of CurveZMQ needs: the server's public key, and any keys of its own. */
export function clientKeys(serverKey: string) {
  const { publicKey, secretKey } = curveKeyPair();
  return { curveServerKey: serverKey, curvePublicKey: publicKey, curveSecretKey: secretKey };
}

interface SendOptions {
  readonly channel?: "shell" | "control";
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export function spawnKernel(connectionFile: string, { cwd = ".", env = {} }: { cwd?: string; env?: object } = {}) {
  const program = join(import.meta.dirname, "../../bin/qwenlab.js");
  return spawn(process.execPath, [program, "kernel", connectionFile], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "pipe"],
  });
}
