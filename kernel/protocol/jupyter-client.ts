// A front end in the small: what it says to a kernel, and hears of it, over the protocol's own sockets.
import { randomUUID } from "node:crypto";
import { Dealer, type Socket, Subscriber } from "zeromq";
import type { JupyterKernel, KernelMessage } from "../../interpreter/index.ts";
import { tooLarge } from "../too-large.ts";
import { type JupyterMessage, PROTOCOL_VERSION } from "./messages.ts";
import type { Wire } from "./wire.ts";

const ASK_AGAIN_MS = 200; // until what the kernel publishes arrives: before the subscription does, it is lost

const LOST =
  "the code ran to its end, and Python's kernel failed before it could answer: was a function of its own replaced, as by time.sleep = None?";
const NO_REPLY = { status: "error", ename: "NoReply", evalue: LOST, traceback: [`NoReply: ${LOST}`] };

/** Of a connection file, for sockets that are files. */
export const PORTS = { shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 };

export interface JupyterClientOptions {
  readonly ip: string; // the beginning of the sockets' names
  readonly wire: Wire;
  readonly ended: Promise<never>; // rejects when the kernel's process ends
  /** The kernel sent what is no message of the protocol: nothing more of it is heard on that socket. */
  readonly onWrong: (why: string) => void;
}

type Content = Readonly<Record<string, unknown>>;
type Listener = (message: JupyterMessage) => void;
type RequestChannel = "shell" | "control";

export class JupyterClient {
  readonly #sockets: {
    readonly shell: Dealer;
    readonly control: Dealer;
    readonly stdin: Dealer;
    readonly iopub: Subscriber;
  };
  readonly #wire: Wire;
  readonly #session = randomUUID();
  readonly #ended: Promise<never>;
  readonly #heard: Promise<void>; // what it publishes arrives
  #onHeard: () => void = () => {};
  readonly #replies = new Map<string, Listener>(); // by the request's msg_id
  readonly #outputs = new Map<string, Listener>();

  constructor({ ip, wire, ended, onWrong }: JupyterClientOptions) {
    this.#wire = wire;
    this.#ended = ended;
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
    this.#heard = new Promise((resolve) => {
      this.#onHeard = resolve;
    });
    const listen = (socket: Dealer | Subscriber, listeners: Map<string, Listener>) =>
      this.#receive(socket, listeners).catch((error: Error) => onWrong(error.message));
    void listen(shell, this.#replies);
    void listen(control, this.#replies);
    void listen(stdin, this.#outputs);
    void listen(iopub, this.#outputs);
  }

  /** The kernel answers, and what it publishes arrives. @throws the signal's reason */
  async ready(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
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

  /** @returns the content of execute_reply, when the kernel is idle again */
  async execute(
    code: string,
    { onMessage, onInput, silent = false }: Parameters<JupyterKernel["execute"]>[1],
  ): Promise<Content> {
    const content = { code, silent, store_history: !silent, user_expressions: {}, allow_stdin: onInput !== undefined };
    let reply: Content | undefined;
    const idle = new Promise<void>((resolve, reject) => {
      const replied = this.#request("shell", "execute_request", content, (message) => {
        const { msg_type: type } = message.header;
        if (type === "status" && message.content.execution_state === "idle") resolve();
        else if (type === "input_request") void this.#answerInput(message, onInput);
        else onMessage({ type, content: message.content } satisfies KernelMessage);
      });
      replied.then((message) => {
        reply = message.content;
      }, reject);
    });
    await Promise.race([idle, this.#ended]);
    // A kernel that is idle has sent its reply, or never will: replies come in their order, and the next one tells which.
    if (reply === undefined) await this.request("kernel_info_request", {});
    return reply ?? NO_REPLY;
  }

  /** @returns the content of the reply */
  async request(type: string, content: object): Promise<Content> {
    return (await Promise.race([this.#request("shell", type, content), this.#ended])).content;
  }

  /** On the control channel; nobody waits for the reply. */
  tell(type: "interrupt_request" | "shutdown_request", content: object): void {
    void this.#request("control", type, content).catch(() => {});
  }

  close(): void {
    for (const socket of Object.values(this.#sockets)) (socket as Socket).close();
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
