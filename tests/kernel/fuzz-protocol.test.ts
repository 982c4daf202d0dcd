// Whatever a front end sends, the kernel answers or drops it, and goes on. The seed is fixed: a failure comes again.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BadMessageError, createWire } from "../../kernel/protocol/wire.ts";
import { byChance } from "../nightly.ts";
import { KEY, KernelProcess } from "./kernel-process.ts";

const SEED = 20_261_129;
const COMPLETIONS = byChance(2_500, 10_000);
const STATUS = /^(ok|error|aborted|complete|incomplete|invalid|unknown)$/;
const MAX_GROWTH_MB = byChance(60, 150); // of the kernel's process; a message kept would be far more, for so many
const random = randomOf(SEED);

let kernel: KernelProcess;

beforeAll(async () => {
  kernel = await KernelProcess.start();
  await kernel.execute("const first = 1");
});
afterAll(() => kernel[Symbol.asyncDispose]());

/** Requests that are right, by type; `answered` where the protocol has a reply. */
const REQUESTS = {
  kernel_info_request: { content: {}, answered: true },
  complete_request: { content: { code: "Math.ma", cursor_pos: 7 }, answered: true },
  inspect_request: { content: { code: "first", cursor_pos: 2, detail_level: 0 }, answered: true },
  is_complete_request: { content: { code: "if (first) {" }, answered: true },
  history_request: {
    content: {
      hist_access_type: "search",
      output: true,
      raw: true,
      session: 0,
      start: 0,
      stop: 9,
      n: 5,
      pattern: "c*",
      unique: true,
    },
    answered: true,
  },
  comm_info_request: { content: { target_name: "jupyter.widget" }, answered: true },
  execute_request: {
    content: {
      code: "1 + 1",
      silent: false,
      store_history: true,
      user_expressions: { a: "first" },
      allow_stdin: true,
      stop_on_error: false,
    },
    answered: true,
  },
  comm_open: { content: { comm_id: "c1", target_name: "nobody", data: {} }, answered: false },
  comm_msg: { content: { comm_id: "dead", data: { a: 1 } }, answered: false },
  comm_close: { content: { comm_id: "dead", data: {} }, answered: false },
  debug_request: {
    content: { type: "request", seq: 1, command: "continue", arguments: { threadId: 1 } },
    answered: false,
  },
  input_reply: { content: { value: "for nobody", status: "ok" }, answered: false },
  interrupt_reply: { content: {}, answered: false },
  __proto__request: { content: {}, answered: false },
  constructor: { content: {}, answered: false },
} as const;

const WRONG: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e308, "", "text", "\u0000", "\ud800", "x".repeat(100_000)],
  ...[[], [[]], [null], {}, { toString: 1 }, { constructor: "x" }, nested(500)],
];

function nested(depth: number): unknown {
  return JSON.parse("[".repeat(depth) + "]".repeat(depth));
}

/** Each field missing, and of a wrong kind; and one more than there should be. */
function mutations(content: Readonly<Record<string, unknown>>): object[] {
  const missing = Object.keys(content).map((name) => without(content, name));
  const wrong = Object.keys(content).flatMap((name) => WRONG.map((value) => ({ ...content, [name]: value })));
  return [content, {}, { ...content, extra: pick(WRONG), __proto__x: pick(WRONG) }, ...missing, ...sample(wrong, 16)];
}

test.each(Object.entries(REQUESTS))("%s with missing, extra and wrong fields", async (type, { content, answered }) => {
  const channels = type === "kernel_info_request" ? (["shell", "control"] as const) : (["shell"] as const);
  for (const channel of channels) {
    const ids = mutations(content).map((one) => kernel.send(type, one, { channel }));
    for (const id of answered ? ids : []) {
      expect((await kernel.reply(id)).content.status).toMatch(STATUS);
      await kernel.until(() => kernel.messagesOf(id).some((message) => message.content.execution_state === "idle"));
    }
  }
  await expectAlive();
});

test("interrupts without a cell, in any form", async () => {
  for (const content of [{}, { a: 1 }, { status: nested(100) }]) {
    expect(await kernel.request("interrupt_request", content, { channel: "control" })).toMatchObject({ status: "ok" });
  }
  await expectAlive();
});

describe("frames", () => {
  const wire = createWire("a key");
  const message = () => kernel.message("complete_request", { code: "x", cursor_pos: 1 });

  test("that are no message are told so by one error, whatever they are", () => {
    for (let i = 0; i < 3_000; i++) {
      const frames = damaged(wire.encode(message()));
      try {
        wire.decode(frames);
      } catch (error) {
        expect(error).toBeInstanceOf(BadMessageError);
      }
    }
  });

  test("that are damaged, truncated or too many are dropped by the kernel", async () => {
    const own = createWire(KEY);
    for (let i = 0; i < 300; i++) {
      void kernel.sendFrames(pick(["shell", "control", "stdin"] as const), damaged(own.encode(message())));
    }
    await expectAlive();
  });

  test("of 64 MB are read or refused", async () => {
    const own = createWire(KEY);
    const large = kernel.message("is_complete_request", { code: "x".repeat(64 * 2 ** 20) });
    await kernel.sendFrames("shell", own.encode(large));
    await kernel.sendFrames("shell", [Buffer.alloc(64 * 2 ** 20, "[")]);
    await kernel.sendFrames("shell", own.encode({ ...message(), buffers: [Buffer.alloc(64 * 2 ** 20)] }));
    await expectAlive();
  });

  test("whose header nests deeper than it can be written again do not stop the cells behind them", async () => {
    const request = kernel.message("execute_request", { code: "1" });
    const header = JSON.stringify({ ...request.header, deep: 0 }).replace(
      '"deep":0',
      `"deep":${"[".repeat(200_000)}${"]".repeat(200_000)}`,
    );
    const parts = [header, "{}", "{}", JSON.stringify(request.content)];
    const signature = createHmac("sha256", KEY).update(parts.join("")).digest("hex");
    void kernel.sendFrames("shell", ["<IDS|MSG>", signature, ...parts]);
    await expectAlive();
  });
});

test(`${COMPLETIONS} completions are answered, and nothing of them is kept`, async () => {
  // Of a magic nine times of ten: the compiler would need a minute for all.
  const complete = (i: number) => kernel.send("complete_request", { code: i % 10 ? "%mo" : "Math.ma", cursor_pos: 3 });
  for (let i = 0; i < 500; i++) await kernel.reply(complete(i)); // what caches hold is there then
  const before = megabytes();
  for (let sent = 500; sent < COMPLETIONS; sent += 500) {
    const ids = Array.from({ length: 500 }, (_, i) => complete(i));
    for (const id of ids) expect((await kernel.reply(id)).content.status).toBe("ok");
  }
  expect(megabytes() - before).toBeLessThan(MAX_GROWTH_MB);
});

/** How the kernel comes into a state, and how it gets out of it. */
const STATES = {
  "a cell that runs": () => startedCell("console.log('runs'); while (true) {}", printsRuns),
  "a cell that waits": () => startedCell("console.log('runs'); await new Promise(() => {})", printsRuns),
  "a cell that asks": () => startedCell("prompt('?')", () => kernel.questions.length > 0),
  "code that stands still in the debugger": async () => {
    for (const command of ["initialize", "attach"]) {
      const request = { type: "request", seq: 1, command, arguments: {} };
      await kernel.request("debug_request", request, { channel: "control" });
    }
    const end = await startedCell("debugger;\nwhile (true) {}", () =>
      kernel.iopub.some(({ content }) => content.event === "stopped"),
    );
    return async () => {
      await end();
      const request = { type: "request", seq: 2, command: "disconnect", arguments: {} };
      await kernel.request("debug_request", request, { channel: "control" });
    };
  },
  "a session that ends": async () => {
    const id = kernel.startCell("process.exit(3)");
    return async () => void (await kernel.finished(id)); // what waits behind it is not run
  },
  "a session that has died": async () => {
    await kernel.execute("process.exit(3)");
    return async () => {};
  },
} as const;

const printsRuns = (id: string) => kernel.printed(id) === "runs\n";

/** @returns how it is ended: by an interrupt */
async function startedCell(code: string, isThere: (id: string) => boolean): Promise<() => Promise<void>> {
  const id = kernel.startCell(code);
  await kernel.until(() => isThere(id));
  return async () => {
    await kernel.request("interrupt_request", {}, { channel: "control" });
    await kernel.finished(id);
  };
}

test.each(Object.entries(STATES))("50 messages by chance to %s", async (_, enter) => {
  const wire = createWire(KEY);
  const leave = await enter();
  const answered: string[] = [];
  for (let i = 0; i < 50; i++) {
    const [type, request] = pick(Object.entries(REQUESTS));
    const channel = pick(["shell", "control"] as const);
    const content = pick(mutations(request.content));
    const chance = random();
    if (chance < 0.2) void kernel.sendFrames(channel, damaged(wire.encode(kernel.message(type, content))));
    else if (chance < 0.4) void kernel.sendFrames("stdin", wire.encode(kernel.message("input_reply", content)));
    else {
      const id = kernel.send(type, content, { channel });
      if (request.answered && channel === "shell") answered.push(id);
    }
  }
  await leave();
  for (const id of answered) expect((await kernel.reply(id)).content.status).toMatch(STATUS);
  await expectAlive();
});

test("a shutdown_request with wrong fields ends the kernel as one with right ones", async () => {
  expect(await kernel.request("shutdown_request", { restart: "x", extra: [] }, { channel: "control" })).toEqual({
    status: "ok",
    restart: false,
  });
  expect(await kernel.exited).toBe(0);
});

/** A cell runs, and the log says nothing of an error of ours. */
async function expectAlive(): Promise<void> {
  const { reply } = await kernel.execute("1 + 1");
  expect(reply).toMatchObject({ status: "ok" });
  expect(kernel.child.exitCode).toBeNull();
  expect(kernel.log.split("\n").filter((line) => /Error/.test(line) && !/dropped a message/.test(line))).toEqual([]);
}

function megabytes(): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${kernel.child.pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

function without(content: Readonly<Record<string, unknown>>, name: string): object {
  return Object.fromEntries(Object.entries(content).filter(([other]) => other !== name));
}

function pick<T>(items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}

function sample<T>(items: readonly T[], count: number): T[] {
  return Array.from({ length: Math.min(count, items.length) }, () => pick(items));
}

/** Mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Cut, doubled, swapped, or with other bytes. */
function damaged(frames: readonly Buffer[]): Buffer[] {
  const at = Math.floor(random() * frames.length);
  const frame = frames[at] ?? Buffer.alloc(0);
  const bytes = Buffer.from(frame);
  if (bytes.length > 0) bytes[Math.floor(random() * bytes.length)]! ^= 1 + Math.floor(random() * 255);
  return pick<() => Buffer[]>([
    () => frames.slice(0, at),
    () => frames.slice(at),
    () => frames.toSpliced(at, 1),
    () => frames.toSpliced(at, 0, frame),
    () => frames.toSpliced(at, 1, frame.subarray(0, Math.floor(random() * frame.length))),
    () => frames.toSpliced(at, 1, bytes),
    () => [...frames, ...frames],
    () => frames.toReversed(),
    () => [Buffer.alloc(0)],
  ])();
}
