// The kernel's side of the session's process: starts supervisor and child, sends requests, says how they ended.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { totalmem } from "node:os";
import { join } from "node:path";
import type { Duplex, Readable } from "node:stream";
import { InterpreterError } from "../../errors.ts";
import type { Command, Confinement } from "../confinement/confinement.ts";
import { plainText } from "../confinement/output/plain-text.ts";
import { deathSignalWrapper, diesWithParent, endMarked, marked, newMark, ownFolder } from "../own-processes.ts";
import type { ModelAnswer } from "../session.ts";
import type { DescribedFile } from "../sql/reader/messages.ts";
import { childEnvironment } from "./child-environment.ts";
import {
  type ChildExit,
  type ChildMethod,
  type ChildRequests,
  FRAMES_FD,
  type FromChild,
  frameReader,
  type ToChild,
  type WaitedAnswer,
} from "./messages.ts";
import { type NativeOutput, readNativeOutput } from "./native-output.ts";

const INTERRUPT_EVERY_MS = 100; // until the cell has ended: see interruptCells() of the child
const SIGNAL_AFTER_MS = 500; // an interrupt that JavaScript does not feel: a child process of the cell may
const KILL_AFTER_MS = 2_000;
const WRITES: ReadonlySet<ChildMethod> = new Set(["execute", "sql"]); // they may read and write files in out/
const MAX_UNTAKEN = 10_000; // messages to a process that does not read: they would fill the kernel's memory
const MAX_UNTAKEN_BYTES = 64 * 2 ** 20;
const DRAIN_WITHIN_MS = 500; // a process that the cell left behind may hold the pipes open for ever

/** The session's process is gone: its variables are lost. The message is the reason. */
export class SessionEndedError extends InterpreterError {
  override readonly name = "SessionEndedError";
}

/** A request that the child could not do: the user's or the model's fault, not the session's. */
export class SessionRequestError extends InterpreterError {
  override readonly name = "SessionRequestError";
  readonly kind: string; // the name of the error in the child

  constructor(kind: string, message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface SessionProcess {
  readonly pid: number | undefined; // of the supervisor, whose group all the rest is in
  request<Method extends ChildMethod>(
    method: Method,
    params: ChildRequests[Method],
    signal?: AbortSignal,
  ): Promise<unknown>;
  /** Ends what runs; if `stopped` has not fired 2 s later, ends the process. */
  interrupt(stopped: AbortSignal): void;
  answerInput(id: number, value: string | undefined, waits: boolean, why?: string): void;
  answerModelRequest(id: number, answer: ModelAnswer): void;
  /** Resolves when the process and its children are gone. */
  kill(reason: string): Promise<void>;
}

export interface SessionProcessOptions {
  readonly cwd: string;
  readonly confinement?: Confinement | undefined;
  readonly heapMegabytes?: number;
  readonly onMessage: (message: Exclude<FromChild, { type: "ready" | "file-request" | "reply" | "failure" }>) => void;
  readonly describeFile: (name: string) => Promise<DescribedFile>;
  readonly onNativeOutput: (name: "stdout" | "stderr", text: string) => void;
  readonly onEnd: (reason: string) => void;
}

interface PendingRequest {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function startSessionProcess(options: SessionProcessOptions): SessionProcess {
  const token = randomBytes(16).toString("hex");
  const mark = newMark();
  // What the child may write and the kernel removes after it: a child that is killed removes nothing.
  const scratch = join(options.confinement ? "/tmp" : ownFolder(), `scratch-${token}`);
  const supervisor = spawnSupervisor(options, mark);
  const stdout = readNativeOutput(supervisor.stdout as Readable, token, (text) =>
    options.onNativeOutput("stdout", text),
  );
  const stderr = readNativeOutput(supervisor.stderr as Readable, token, (text) =>
    options.onNativeOutput("stderr", text),
  );
  const frames = supervisor.stdio[FRAMES_FD] as Duplex;
  const pending = new Map<number, PendingRequest>();
  let nextId = 1;
  let killedBecause: string | undefined;
  let exit: ChildExit | undefined;
  let waitsForInput = false;
  let untaken = 0; // messages on their way
  const clean = options.confinement ? plainText : String;

  const read = frameReader((message) => {
    if (message.type === "reply" || message.type === "failure") void settle(message);
    else if (message.type === "file-request") void answerFile(message.id, message.name);
    else if (message.type !== "ready") {
      if (message.type === "input-request" && message.waits) waitsForInput = true;
      options.onMessage(message);
    }
  });
  frames.on("data", (chunk: Buffer) => {
    try {
      read(chunk);
    } catch (error) {
      void kill(`broken frame: ${(error as Error).message}`);
    }
  });
  frames.on("error", () => {}); // a write to a child that has just ended
  supervisor.on("message", (message) => {
    if (typeof message === "object" && message !== null && "code" in message) exit = message as ChildExit; // as: its form
  });
  supervisor.on("error", (error) => void kill(`the session did not start: ${error.message}`));
  const room =
    supervisor.pid === undefined ? undefined : options.confinement?.enter(supervisor.pid, (why) => void kill(why));
  const ended = new Promise<void>((resolve) => {
    supervisor.on("exit", () => resolve(finish()));
  });
  tell({ type: "start", cwd: options.cwd, token, scratch });

  async function settle(message: Extract<FromChild, { type: "reply" | "failure" }>): Promise<void> {
    await Promise.all([stdout.ended(message.id), stderr.ended(message.id)]);
    const request = pending.get(message.id);
    pending.delete(message.id);
    if (message.type === "reply") request?.resolve(message.value);
    else request?.reject(new SessionRequestError(clean(message.name), clean(message.message)));
  }

  async function answerFile(id: number, name: string): Promise<void> {
    const answer = await options.describeFile(name).then(
      (file) => ({ file }),
      (error: Error) => ({ error: error.message }),
    );
    tell({ type: "file-answer", id, ...answer });
  }

  async function finish(): Promise<void> {
    await drained([frames, supervisor.stdout, supervisor.stderr]);
    signalGroup(supervisor, "SIGKILL"); // what the cells started and left
    endMarked(mark); // ... in groups of their own
    tellOfOut(await room?.bringOut());
    await room?.close();
    if (!options.confinement) rmSync(scratch, { recursive: true, force: true });
    const reason = clean(killedBecause ?? endReason(exit, stderr));
    const error = new SessionEndedError(reason);
    for (const request of pending.values()) request.reject(error);
    pending.clear();
    options.onEnd(reason);
  }

  function kill(reason: string): Promise<void> {
    killedBecause ??= reason;
    if (supervisor.pid === undefined) return finish();
    signalGroup(supervisor, "SIGKILL");
    return ended;
  }

  /** Around what may read and write out/, where the room has one of its own. */
  async function withOut<T>(task: () => Promise<T>): Promise<T> {
    if (!room) return task();
    tellOfOut(await room.bringIn());
    return task().finally(async () => tellOfOut(await room.bringOut()));
  }

  function tellOfOut(leftOut: string | undefined): void {
    if (leftOut !== undefined) options.onNativeOutput("stderr", `${leftOut}\n`);
  }

  function tell(message: ToChild): void {
    if (!supervisor.connected) return;
    if (++untaken > MAX_UNTAKEN) return void kill("took none of the answers that it asked for");
    supervisor.send(message, () => untaken--); // an end in between is told by "exit"
  }

  function answerLine(answer: WaitedAnswer): void {
    waitsForInput = false;
    frames.write(`${JSON.stringify(answer)}\n`);
    if (frames.writableLength > MAX_UNTAKEN_BYTES) void kill("took none of the answers that it asked for");
  }

  return {
    pid: supervisor.pid,
    request(method, params, signal) {
      const id = nextId++;
      const cancel = () => tell({ type: "cancel", id });
      signal?.addEventListener("abort", cancel, { once: true });
      const result = new Promise<unknown>((resolve, reject) => pending.set(id, { resolve, reject }));
      const asked = () => {
        tell({ type: "request", id, method, params });
        return result.finally(() => signal?.removeEventListener("abort", cancel));
      };
      return WRITES.has(method) ? withOut(asked) : asked();
    },
    interrupt(stopped) {
      tell({ type: "interrupt" });
      const interruptTimer = setInterval(() => tell({ type: "interrupt" }), INTERRUPT_EVERY_MS);
      if (waitsForInput) answerLine({ interrupted: true });
      // Confined, the group's leader is bubblewrap, and a signal would end it with all that is in it.
      const signalTimer = setTimeout(() => options.confinement ?? signalGroup(supervisor, "SIGINT"), SIGNAL_AFTER_MS);
      const killTimer = setTimeout(() => void kill("did not stop within 2 s of the interrupt"), KILL_AFTER_MS);
      const stop = () => {
        clearInterval(interruptTimer);
        clearTimeout(signalTimer);
        clearTimeout(killTimer);
      };
      stopped.addEventListener("abort", stop, { once: true });
      void ended.then(stop);
    },
    answerInput(id, value, waits, why) {
      const answer = { ...(value !== undefined && { value }), ...(why !== undefined && { why }) };
      if (waits) answerLine(answer);
      else tell({ type: "input-answer", id, ...answer });
    },
    answerModelRequest(id, answer) {
      tell({ type: "model-answer", id, ...answer });
    },
    kill,
  };
}

function spawnSupervisor({ cwd, heapMegabytes, confinement }: SessionProcessOptions, mark: string): ChildProcess {
  const entry = createRequire(import.meta.url).resolve("#dist/interpreter/sessions/typescript/supervisor.js");
  const heap = heapMegabytes ?? Math.max(512, Math.min(4096, Math.floor(totalmem() / 2 ** 21)));
  const command = {
    program: process.execPath,
    args: [`--max-old-space-size=${heap}`, entry, ...(confinement ? [] : deathSignalWrapper())],
    env: childEnvironment(process.env),
  };
  // Confined, all of it ends with bubblewrap, which dies with its parent.
  const { program, args, env } = confinement ? confinement.wrap(withChannel(command)) : diesWithParent(command);
  return spawn(program, args, {
    cwd,
    env: marked(env, mark),
    stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"],
    detached: process.platform !== "win32", // a group of its own: signals reach all of it, and nothing else
    windowsHide: true,
  });
}

/** What spawn() puts into the environment for the ipc channel, and a cleared environment would lose. */
function withChannel({ env, ...command }: Command): Command {
  return { ...command, env: { ...env, NODE_CHANNEL_FD: "3", NODE_CHANNEL_SERIALIZATION_MODE: "json" } };
}

function signalGroup(supervisor: ChildProcess, signal: "SIGINT" | "SIGKILL"): void {
  if (supervisor.pid === undefined) return;
  try {
    if (process.platform === "win32") supervisor.kill(signal);
    else process.kill(-supervisor.pid, signal);
  } catch {
    // gone already
  }
}

function drained(streams: readonly (Readable | Duplex | null)[]): Promise<void> {
  const closed = streams.map((stream) =>
    stream === null || stream.readableEnded || stream.destroyed
      ? Promise.resolve()
      : new Promise<void>((resolve) => stream.once("end", resolve).once("close", resolve)),
  );
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, DRAIN_WITHIN_MS);
    void Promise.all(closed).then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function endReason(exit: ChildExit | undefined, stderr: NativeOutput): string {
  if (stderr.outOfMemory) return "out of memory";
  if (exit === undefined) return "the session's supervisor was killed";
  return exit.signal !== null ? `signal ${exit.signal}` : `exit code ${exit.code}`;
}
