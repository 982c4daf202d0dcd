// The README's figures of the kernel, beside tslab's own kernel in the same run.
//
//   node bench/kernel.mjs [ROUNDS]
import { spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Dealer, Request, Subscriber } from "zeromq";

const KEY = "bench";
const CELLS = 100;
const rounds = Number(process.argv[2] ?? 3);
const root = fileURLToPath(new URL("..", import.meta.url));
const KERNELS = {
  qwenlab: (file) => [join(root, "bin/qwenlab.js"), "kernel", file],
  tslab: (file) => [join(root, "node_modules/tslab/bin/tslab"), "kernel", "--config-path", file],
};

class Client {
  #shell = new Dealer({ linger: 0 });
  #control = new Dealer({ linger: 0 });
  #iopub = new Subscriber({ linger: 0 });
  #heartbeat = new Request({ linger: 0 });
  #waiting = new Map(); // by the request's id

  constructor(ports) {
    for (const [i, socket] of [this.#shell, this.#control, this.#iopub, this.#heartbeat].entries()) {
      socket.connect(`tcp://127.0.0.1:${ports[i]}`);
    }
    this.#iopub.subscribe();
    void this.#receive(this.#shell);
    void this.#receive(this.#control);
  }

  async #receive(socket) {
    for await (const frames of socket) {
      const at = frames.findIndex((frame) => `${frame}` === "<IDS|MSG>");
      const [, parent, , content] = frames.slice(at + 2).map((frame) => JSON.parse(`${frame}`));
      this.#waiting.get(parent.msg_id)?.(content);
    }
  }

  /** Milliseconds to the reply, and its content. */
  async request(type, content, socket = this.#shell) {
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
    const answer = await Promise.race([reply, sleep(30_000, undefined, { ref: false })]);
    return { ms: answer ? performance.now() - start : Number.NaN, answer };
  }

  execute(code) {
    return this.request("execute_request", {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
    });
  }

  interrupt() {
    return this.request("interrupt_request", {}, this.#control);
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
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve) => {
          const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => server.address().port);
  for (const server of servers) server.close();
  return ports;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function measure(name, note) {
  const folder = mkdtempSync(join(tmpdir(), "bench-kernel-"));
  const ports = await freePorts(5);
  const file = join(folder, "kernel.json");
  const [shell_port, control_port, iopub_port, hb_port, stdin_port] = ports;
  const connection = { transport: "tcp", ip: "127.0.0.1", shell_port, control_port, iopub_port, hb_port, stdin_port };
  writeFileSync(file, JSON.stringify({ ...connection, key: KEY, signature_scheme: "hmac-sha256", kernel_name: name }));
  const started = performance.now();
  const child = spawn(process.execPath, KERNELS[name](file), { cwd: folder, stdio: "ignore" });
  const client = new Client(ports);
  try {
    await client.request("kernel_info_request", {});
    note("start to kernel_info, ms", performance.now() - started);
    note("first cell, ms", (await client.execute("const first = 1")).ms);
    const cells = [];
    for (let i = 0; i < CELLS; i++) cells.push((await client.execute("1+1")).ms);
    note(`1+1, median of ${CELLS}, ms`, median(cells.slice(5)));

    const loop = client.execute("let n = 0; for (;;) n++;");
    await sleep(500);
    note("heartbeat during an endless loop, ms", await client.beat());
    const complete = { code: "Math.ma", cursor_pos: 7 };
    const completion = await Promise.race([client.request("complete_request", complete), sleep(3000)]);
    note("completion during an endless loop, ms", completion?.ms ?? Number.NaN);
    const interrupted = performance.now();
    if (name === "qwenlab") void client.interrupt();
    else child.kill("SIGINT"); // tslab's kernelspec asks for signals
    const ended = await Promise.race([loop, sleep(5000)]);
    note("interrupt of an endless loop, ms", ended ? performance.now() - interrupted : Number.NaN);
  } finally {
    client.close();
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

const figures = new Map();
for (let round = 1; round <= rounds; round++) {
  for (const name of Object.keys(KERNELS)) {
    process.stderr.write(`round ${round} of ${rounds}: ${name}\n`);
    await measure(name, (row, value) => {
      const key = `${row}\n${name}`;
      figures.set(key, [...(figures.get(key) ?? []), value]);
    });
  }
}

const names = Object.keys(KERNELS);
console.log(
  `${cpus().length} x ${cpus()[0].model.trim()}; Node ${process.version}; medians of ${rounds}, alternating\n`,
);
console.log(`| | ${names.join(" | ")} |\n|${"---|".repeat(names.length + 1)}`);
for (const row of new Set([...figures.keys()].map((key) => key.split("\n")[0]))) {
  const cells = names.map((name) => {
    const value = median(figures.get(`${row}\n${name}`) ?? [Number.NaN]);
    return Number.isNaN(value) ? "no answer" : Number(value.toPrecision(3)).toString();
  });
  console.log(`| ${row} | ${cells.join(" | ")} |`);
}
process.exit(0);
