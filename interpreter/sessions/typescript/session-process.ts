// The kernel's side of the session's process: sends requests, interrupts and ends it, says how it ended.
import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { InterpreterError } from "../../errors.ts";
import { startLimit } from "../../start-limit.ts";
import type { Confinement } from "../confinement/confinement.ts";
import { plainText } from "../confinement/output/plain-text.ts";
import { endMarked, ownFolder } from "../own-processes.ts";
import type { SessionEvent } from "../session.ts";
import type { DescribedFile } from "../sql/reader/messages.ts";
import { createAskedOfKernel } from "./asked-of-kernel.ts";
import { createInspectors, type Inspector, type InspectorListener } from "./debugger/inspector.ts";
import type { FromChild } from "./from-child.ts";
import type { ChildMethod, ChildRequests } from "./messages.ts";
import { startSessionProcesses } from "./session-processes.ts";

const INTERRUPT_EVERY_MS = 100; // until the cell has ended: see interruptCells() of the child
const SIGNAL_AFTER_MS = 500; // an interrupt that JavaScript does not feel: a child process of the cell may
const KILL_AFTER_MS = 10_000; // with it the variables are lost, which a machine that is only busy must not cause
const WRITES: ReadonlySet<ChildMethod> = new Set(["execute", "sql", "bash", "writeFile"]); // they may read and write files in out/

/** The session's process is gone: its variables are lost. The message is the reason. */
export class SessionEndedError extends InterpreterError {
  override readonly name = "SessionEndedError";
}

/** A request that the child could not do: the user's or the model's fault, not the session's. */
export class SessionRequestError extends InterpreterError {
  override readonly name = "SessionRequestError";
}

export interface SessionProcess {
  request<Method extends ChildMethod>(
    method: Method,
    params: ChildRequests[Method],
    signal?: AbortSignal,
  ): Promise<unknown>;
  /** Ends what runs; if `stopped` has not fired after 10 s in which the process could run, ends the process. */
  interrupt(stopped: AbortSignal): void;
  /** Connects to the process's inspector. @throws SessionEndedError */
  inspect(listener: InspectorListener): Inspector;
  /** Resolves when the process and its children are gone. */
  kill(reason: string): Promise<void>;
}

export interface SessionProcessOptions {
  readonly cwd: string;
  readonly confinement?: Confinement | undefined;
  readonly heapMegabytes?: number;
  readonly onEvent: (event: SessionEvent) => void;
  readonly describeFile: (name: string) => Promise<DescribedFile>;
  readonly onDebugOutput: (category: "console" | "stderr", output: string) => void;
  readonly onNativeOutput: (name: "stdout" | "stderr", text: string) => void;
  readonly onEnd: (reason: string) => void;
}

interface PendingRequest {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function startSessionProcess(options: SessionProcessOptions): SessionProcess {
  const { cwd, confinement, onEvent, onNativeOutput } = options;
  const token = randomBytes(16).toString("hex");
  // What the child may write and the kernel removes after it: a child that is killed removes nothing.
  const scratch = join(confinement ? "/tmp" : ownFolder(), `scratch-${token}`);
  const clean = confinement ? plainText : String;
  const pending = new Map<number, PendingRequest>();
  const onCopies = new EventEmitter();
  let copies = 0; // of out/ that are under way
  let nextId = 1;
  let killedBecause: string | undefined;
  let over: SessionEndedError | undefined;
  const onWrong = (why: string) => void kill(why);
  const inspectors = createInspectors((message) => processes.tellSupervisor(message), onWrong);
  const onInspectorMessage = inspectors.take;
  const settlings: (() => void)[] = []; // of the interrupts that are over, oldest first
  let settled: Promise<void> | undefined; // of the latest one
  const onSettled = () => settlings.shift()?.();
  const processes = startSessionProcesses({
    ...options,
    token,
    onMessage: take,
    onInspectorMessage,
    onSettled,
    onWrong,
  });
  const asked = createAskedOfKernel({ ...options, processes, onWrong });
  const room = processes.pid === undefined ? undefined : confinement?.enter(processes.pid, onWrong);
  const ended = processes.ended.then(finish);
  processes.tell({ type: "start", cwd, token, scratch, isConfined: confinement !== undefined });

  function take(message: FromChild, bytes: number): void {
    if (message.type === "reply" || message.type === "failure") void settle(message);
    else if (message.type === "stream" || message.type === "display" || message.type === "clear-output")
      onEvent(message);
    else if (message.type === "comm") onEvent(message);
    else if (message.type === "debug-output") options.onDebugOutput(message.category, clean(message.output));
    else asked.take(message, bytes);
  }

  /** An interrupt may have it answered twice. */
  async function settle(message: Extract<FromChild, { type: "reply" | "failure" }>): Promise<void> {
    const request = pending.get(message.id);
    if (!request) return;
    pending.delete(message.id);
    await processes.outputOf(message.id);
    if (message.type === "reply") request.resolve(message.value);
    else request.reject(new SessionRequestError(clean(message.message)));
  }

  async function finish(endedBecause: string): Promise<void> {
    const reason = clean(killedBecause ?? endedBecause); // what the watch says from now on is of a room that has ended
    processes.signal("SIGKILL"); // what the cells started and left
    endMarked(processes.mark); // ... in groups of their own
    tellOfOut(await room?.bringOut());
    await room?.close();
    if (!confinement) rmSync(scratch, { recursive: true, force: true });
    over = new SessionEndedError(reason);
    for (const request of pending.values()) request.reject(over);
    for (const settle of settlings) settle();
    inspectors.ended(over);
    options.onEnd(reason);
  }

  function kill(reason: string): Promise<void> {
    killedBecause ??= reason;
    processes.signal("SIGKILL");
    return ended;
  }

  /** Around what may read and write out/, where the room has one of its own. */
  async function withOut<T>(task: () => Promise<T>): Promise<T> {
    if (!room) return task();
    tellOfOut(await copied(room.bringIn));
    return task().finally(async () => tellOfOut(await copied(room.bringOut)));
  }

  async function copied<T>(copy: () => Promise<T>): Promise<T> {
    copies++;
    onCopies.emit("change");
    try {
      return await copy();
    } finally {
      copies--;
      onCopies.emit("change");
    }
  }

  /** A limit on the child: begins anew when out/ has been copied, which the child has to wait for. @returns ends it */
  function childLimit(milliseconds: number, onPast: () => void): () => void {
    let end = () => {};
    const begin = () => {
      end();
      if (copies === 0) end = startLimit(milliseconds, onPast);
    };
    onCopies.on("change", begin);
    begin();
    return () => {
      onCopies.off("change", begin);
      end();
    };
  }

  function tellOfOut(leftOut: string | undefined): void {
    if (leftOut !== undefined) onNativeOutput("stderr", `${leftOut}\n`);
  }

  async function ask(method: ChildMethod, params: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    if (settled) await settled;
    if (over) throw over;
    const id = nextId++;
    if (id === 1) processes.tellSupervisor({ type: "prepare" });
    const cancel = () => processes.tell({ type: "cancel", id });
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return await new Promise<unknown>((resolve, reject) => {
        pending.set(id, { resolve, reject });
        try {
          processes.tell({ type: "request", id, method, params });
        } catch (error) {
          reject(new SessionRequestError((error as Error).message)); // as: it is too large
        }
      });
    } finally {
      pending.delete(id);
      signal?.removeEventListener("abort", cancel);
    }
  }

  return {
    request(method, params, signal) {
      const asking = () => ask(method, params, signal);
      return WRITES.has(method) ? withOut(asking) : asking();
    },
    interrupt(stopped) {
      const interrupt = () => {
        processes.tell({ type: "interrupt" });
        processes.tellSupervisor({ type: "interrupt" });
      };
      interrupt();
      asked.interruptInput();
      const interruptTimer = setInterval(interrupt, INTERRUPT_EVERY_MS);
      // Confined, the group's leader is bubblewrap, and a signal would end it with all that is in it.
      const signalTimer = setTimeout(() => confinement ?? processes.signal("SIGINT"), SIGNAL_AFTER_MS);
      const why = `did not stop within ${KILL_AFTER_MS / 1000} s of the interrupt`;
      const endLimit = childLimit(KILL_AFTER_MS, () => void kill(why));
      const stop = () => {
        clearInterval(interruptTimer);
        clearTimeout(signalTimer);
        endLimit();
        if (over) return;
        processes.tellSupervisor({ type: "interrupt-over" });
        settled = new Promise((resolve) => settlings.push(resolve));
      };
      stopped.addEventListener("abort", stop, { once: true });
      void ended.then(stop);
    },
    inspect: inspectors.open,
    kill,
  };
}
