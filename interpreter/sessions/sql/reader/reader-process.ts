// The kernel's side of the process that reads: starts it when it is needed, gives it one request after another, ends it
// when a limit does not hold, and says which. Nothing is lost with it.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Duplex } from "node:stream";
import { InterpreterError } from "../../../errors.ts";
import { encodeFrame, readFrames } from "../../frames.ts";
import { type FromReader, fromReader } from "./from-reader.ts";
import { MEMORY_BYTES, PIPE_FD, type ReaderMethod, type ReaderRequests, type ToReader } from "./messages.ts";
import { bubblewrap, readerCommand, roomTest } from "./reader-command.ts";

const START_SECONDS = 30;
const KILL_AFTER_MS = 500; // from the interrupt on
const IDLE_MS = 10 * 60_000;
const KEPT_STDERR = 4_000; // characters
const MAX_TOLD_CHARACTERS = 200;
const MEMORY = `${MEMORY_BYTES / 2 ** 30} GB`;

/** What a request was refused for: DuckDB's words, or a check's. */
export class ReaderError extends InterpreterError {
  override readonly name = "ReaderError";
}

/** The process ended, or was ended, with the request. The message is the reason. */
export class ReaderEndedError extends InterpreterError {
  override readonly name = "ReaderEndedError";
}

export interface ReaderProcess {
  /** @throws ReaderError, ReaderEndedError, the signal's reason */
  request<Method extends ReaderMethod>(
    method: Method,
    params: ReaderRequests[Method]["params"],
    options: { readonly seconds: number; readonly signal?: AbortSignal | undefined },
  ): Promise<ReaderRequests[Method]["result"]>;
  close(): Promise<void>;
}

type Answer = Extract<FromReader, { id: number }>;

interface Running {
  readonly child: ChildProcess;
  readonly pipe: Duplex;
  readonly ended: Promise<void>;
  readonly ready: Promise<void>;
  settle: ((answer: Answer | ReaderEndedError) => void) | undefined; // of the request
  endedBecause: string | undefined;
}

/** @param folder the real path of the notebook's */
export function createReaderProcess(folder: string): ReaderProcess {
  let running: Promise<Running> | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;
  let isClosed = false;

  function started(): Promise<Running> {
    running ??= start(folder).catch((error: unknown) => {
      running = undefined;
      throw error;
    });
    return running;
  }

  async function perform(method: ReaderMethod, params: unknown, seconds: number, signal: AbortSignal | undefined) {
    signal?.throwIfAborted();
    if (isClosed) throw new ReaderEndedError("closed");
    clearTimeout(idle);
    const own = await started();
    try {
      return await ask(own, method, params, seconds, signal);
    } finally {
      if (own.child.killed || own.child.exitCode !== null || own.child.signalCode !== null) running = undefined;
      idle = setTimeout(() => void end(), IDLE_MS).unref();
    }
  }

  async function end(): Promise<void> {
    const own = await running?.catch(() => undefined);
    running = undefined;
    own?.child.kill("SIGKILL");
    await own?.ended;
  }

  return {
    request(method, params, { seconds, signal }) {
      const result = turn.then(() => perform(method, params, seconds, signal));
      turn = result.catch(() => {});
      return result as never; // as: of the method
    },
    async close() {
      isClosed = true;
      clearTimeout(idle);
      await end();
    },
  };
}

/** In a room where one can be made, else without. What is only slow, or lacks memory, does not lose its room by that. */
async function start(folder: string): Promise<Running> {
  if (bubblewrap() !== undefined) {
    const own = spawnReader(folder, true);
    try {
      await own.ready;
      return own;
    } catch (error) {
      if (await canMakeRoom(folder)) throw error;
    }
  }
  const own = spawnReader(folder, false);
  await own.ready;
  return own;
}

/** Also where it takes too long to say so. */
function canMakeRoom(folder: string): Promise<boolean> {
  const { program, args } = roomTest(folder);
  return new Promise((resolve) => {
    const options = { timeout: START_SECONDS * 1000, killSignal: "SIGKILL" as const };
    execFile(program, args, options, (error) => resolve(!error || error.killed === true));
  });
}

function spawnReader(folder: string, inRoom: boolean): Running {
  const { program, args, env } = readerCommand(folder, { inRoom });
  const child = spawn(program, args, {
    cwd: folder,
    env,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = `${stderr}${text}`.slice(-KEPT_STDERR);
  });
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve()).once("error", () => resolve()); // what it said has been read
  });
  const pipe = child.stdio[PIPE_FD] as Duplex; // as: spawned so
  pipe.on("error", () => {}); // a write to what has just ended
  const tooLong = setTimeout(() => {
    stderr = `it was not ready after ${START_SECONDS} s; ask again when the machine has less to do`;
    child.kill("SIGKILL");
  }, START_SECONDS * 1000);
  let isReady = () => {};
  const ready = new Promise<void>((resolve, reject) => {
    isReady = resolve;
    void ended.then(() => reject(new InterpreterError(`the process that reads files did not start: ${stderr.trim()}`)));
  }).finally(() => clearTimeout(tooLong));
  const own: Running = { child, pipe, ended, ready, settle: undefined, endedBecause: undefined };
  readFrames(pipe, {
    onMessage(given) {
      const message = fromReader.parse(given);
      if (message.type === "out-of-memory") own.endedBecause = `it needed more than ${MEMORY} of memory`;
      else if (message.type === "ready") isReady();
      else own.settle?.(message);
    },
    onWrong({ message }) {
      own.endedBecause = `it wrote to the kernel what is none of its messages (${message.slice(0, MAX_TOLD_CHARACTERS)})`;
      child.kill("SIGKILL");
    },
  });
  void ended.then(() => own.settle?.(new ReaderEndedError(own.endedBecause ?? endReason(child, stderr))));
  tell(own, { type: "start", folder });
  return own;
}

let nextId = 1;

async function ask(own: Running, method: ReaderMethod, params: unknown, seconds: number, signal?: AbortSignal) {
  const id = nextId++;
  const answered = new Promise<Answer | ReaderEndedError>((resolve) => {
    own.settle = resolve;
  });
  let kill: NodeJS.Timeout | undefined;
  const stop = () => {
    tell(own, { type: "cancel" });
    kill ??= setTimeout(() => own.child.kill("SIGKILL"), KILL_AFTER_MS);
  };
  const timer = setTimeout(() => {
    own.endedBecause = `it took longer than ${seconds} s`;
    stop();
  }, seconds * 1000);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    tell(own, { type: "request", id, method, params });
    const answer = await answered;
    signal?.throwIfAborted();
    if (answer instanceof ReaderEndedError) throw answer;
    if (answer.isWorn) own.child.kill("SIGKILL");
    if (answer.type === "reply") return answer.value;
    throw own.endedBecause === undefined ? new ReaderError(answer.message) : new ReaderEndedError(own.endedBecause);
  } finally {
    own.settle = undefined;
    own.endedBecause = undefined;
    clearTimeout(timer);
    clearTimeout(kill);
    signal?.removeEventListener("abort", stop);
    if (own.child.killed) await own.ended;
  }
}

/** @throws ReaderError for what is too large */
function tell({ pipe }: Running, message: ToReader): void {
  if (!pipe.writable) return; // an end in between is told by "close"
  try {
    pipe.write(encodeFrame(message));
  } catch (error) {
    throw new ReaderError((error as Error).message); // as: of encodeFrame()
  }
}

function endReason({ exitCode, signalCode }: ChildProcess, stderr: string): string {
  if (/heap out of memory|bad_alloc|length_error|Cannot allocate/i.test(stderr))
    return `it needed more than ${MEMORY} of memory`;
  // A shell or bubblewrap around it says a signal as 128 and its number.
  const number = (exitCode ?? 0) - 128;
  const signal = signalCode ?? Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return signal ? `it ended its process (${signal})` : `it ended its process (exit code ${exitCode})`;
}
