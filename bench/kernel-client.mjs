// A kernel's process and the little of Jupyter's protocol that the benchmarks speak: what it takes is measured from a request's
// sending to its reply.
import { spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Dealer, Request, Subscriber } from "zeromq";

const KEY = "bench";
const REPLY_LIMIT_MS = 30_000; // a reply that has not come by then counts as none

/**
 * @param command what starts it with a connection file's path
 * @param folder that it runs in, which gets the file
 */
export async function startKernel(command, folder, env = process.env) {
  const ports = await freePorts(5);
  const [shell_port, control_port, iopub_port, hb_port, stdin_port] = ports;
  const connection = { transport: "tcp", ip: "127.0.0.1", shell_port, control_port, iopub_port, hb_port, stdin_port };
  const file = join(folder, "kernel.json");
  writeFileSync(
    file,
    JSON.stringify({ ...connection, key: KEY, signature_scheme: "hmac-sha256", kernel_name: "bench" }),
  );
  const [program, ...args] = command(file);
  const child = spawn(program, args, { cwd: folder, stdio: "ignore", env });
  return { child, client: new Client(ports) };
}

class Client {
  #shell = new Dealer({ linger: 0 });
  #control = new Dealer({ linger: 0 });
  #iopub = new Subscriber({ linger: 0 });
  #heartbeat = new Request({ linger: 0 });
  #waiting = new Map(); // by the request's id
  onOutput = () => {}; // told of everything published: its type and content

  constructor(ports) {
    for (const [i, socket] of [this.#shell, this.#control, this.#iopub, this.#heartbeat].entries()) {
      socket.connect(`tcp://127.0.0.1:${ports[i]}`);
    }
    this.#iopub.subscribe();
    const reply = (_, parent, content) => this.#waiting.get(parent.msg_id)?.(content);
    void this.#receive(this.#shell, reply);
    void this.#receive(this.#control, reply);
    void this.#receive(this.#iopub, ({ msg_type }, _, content) => this.onOutput(msg_type, content));
  }

  async #receive(socket, take) {
    for await (const frames of socket) {
      const at = frames.findIndex((frame) => `${frame}` === "<IDS|MSG>");
      const [header, parent, , content] = frames.slice(at + 2).map((frame) => JSON.parse(`${frame}`));
      take(header, parent, content);
    }
  }

  /** Milliseconds to the reply, and its content. */
  async request(type, content, { socket = this.#shell, limitMs = REPLY_LIMIT_MS } = {}) {
    const header = {
      msg_id: randomUUID(),
      session: "bench",
      username: "",
      date: new Date().toISOString(),
      msg_type: type,
      version: "5.3",
    };
    const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
    const signature = createHmac("sha256", KEY).update(parts.join("")).digest("hex");
    const reply = new Promise((resolve) => this.#waiting.set(header.msg_id, resolve));
    const start = performance.now();
    await socket.send(["<IDS|MSG>", signature, ...parts]);
    const answer = await Promise.race([reply, sleep(limitMs, undefined, { ref: false })]);
    return { ms: answer ? performance.now() - start : Number.NaN, answer };
  }

  execute(code, options) {
    const how = { silent: false, store_history: true, user_expressions: {}, allow_stdin: false, stop_on_error: true };
    return this.request("execute_request", { code, ...how }, options);
  }

  interrupt() {
    return this.request("interrupt_request", {}, { socket: this.#control });
  }

  async beat() {
    const start = performance.now();
    await this.#heartbeat.send("beat");
    const heard = await Promise.race([this.#heartbeat.receive(), sleep(10_000, undefined, { ref: false })]);
    return heard ? performance.now() - start : Number.NaN;
  }

  close() {
    for (const socket of [this.#shell, this.#control, this.#iopub, this.#heartbeat]) socket.close();
  }
}

async function freePorts(count) {
  const listen = () =>
    new Promise((resolve) => {
      const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
    });
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map((server) => server.address().port);
  for (const server of servers) server.close();
  return ports;
}
