// Supervisor and child as the kernel holds them: started together, spoken to over pipes, ended by signals to their group.
// Code that nobody has read may write to each of these pipes: what comes is held to its form, and what is wrong is told.
import type { Duplex, Readable, Writable } from "node:stream";
import { z } from "zod";
import { signalGroup } from "../../process-group.ts";
import { startLimit } from "../../start-limit.ts";
import { encodeFrame, readFrames } from "../frames.ts";
import { type FromChild, toFromChild } from "./from-child.ts";
import {
  FRAMES_FD,
  type FromSupervisor,
  type InspectorMessage,
  type LastOfSupervisor,
  REQUESTS_FD,
  SUPERVISION_FD,
  type ToChild,
  type ToSupervisor,
  type WaitedAnswer,
} from "./messages.ts";
import { readNativeOutput } from "./native-output.ts";
import { type SupervisorOptions, startSupervisor } from "./supervisor-process.ts";

const DRAIN_WITHIN_MS = 500; // a process that the cell left behind may hold the pipes open for ever

const fromSupervisor = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("exit"), code: z.int().nullable(), signal: z.string().max(20).nullable() }),
  z.strictObject({ type: z.literal("wrong"), why: z.string() }),
  z.strictObject({ type: z.literal("settled") }),
  z.strictObject({ type: z.literal("inspector-message"), connection: z.int(), message: z.looseObject({}) }),
  z.strictObject({ type: z.literal("inspector-closed"), connection: z.int() }),
]);

export interface SessionProcesses {
  readonly pid: number | undefined; // of the supervisor, whose group all the rest is in; undefined: it did not start
  readonly mark: string; // of all that they start
  /** @returns the bytes of it; none to a child that has ended */
  tell(message: ToChild, onTaken?: () => void): number;
  tellSupervisor(message: ToSupervisor): void;
  /** To a child that stands still. */
  tellWaiting(answer: WaitedAnswer, onTaken?: () => void): number;
  /** Resolves when all has been read that its process wrote to stdout and stderr before the end of this request. */
  outputOf(requestId: number): Promise<unknown>;
  signal(signal: "SIGINT" | "SIGKILL"): void;
  /** Resolves when both are gone, and what they said has been read. @returns how they ended */
  readonly ended: Promise<string>;
}

export interface SessionProcessesOptions extends SupervisorOptions {
  readonly token: string; // see endMarker()
  readonly onMessage: (message: FromChild, bytes: number) => void;
  readonly onInspectorMessage: (message: InspectorMessage) => void;
  readonly onSettled: () => void;
  readonly onNativeOutput: (name: "stdout" | "stderr", text: string) => void;
  /** They cannot go on. */
  readonly onWrong: (why: string) => void;
}

export function startSessionProcesses(options: SessionProcessesOptions): SessionProcesses {
  const { token, onNativeOutput, onWrong } = options;
  const { child: supervisor, mark } = startSupervisor(options);
  const [, stdout, stderr] = supervisor.stdio as unknown as [null, Readable, Readable]; // as: spawned so
  const [supervision, frames, requests] = [SUPERVISION_FD, FRAMES_FD, REQUESTS_FD].map(
    (descriptor) => supervisor.stdio[descriptor] as Duplex, // as: spawned so
  ) as [Duplex, Duplex, Duplex];
  const printed = readNativeOutput(stdout, token, (text) => onNativeOutput("stdout", text));
  const errors = readNativeOutput(stderr, token, (text) => onNativeOutput("stderr", text));
  let last: LastOfSupervisor | undefined;

  for (const pipe of [supervision, frames, requests]) pipe.on("error", () => {}); // a write to what has just ended
  readFrames(frames, {
    onMessage: (message, bytes) => options.onMessage(toFromChild(message), bytes),
    onWrong: ({ message }) => onWrong(`it wrote to the kernel's pipe what is none of its messages (${message})`),
  });
  readFrames(supervision, {
    onMessage(given) {
      const message: FromSupervisor = fromSupervisor.parse(given);
      if (message.type === "inspector-message" || message.type === "inspector-closed")
        return options.onInspectorMessage(message);
      if (message.type === "settled") return options.onSettled();
      last = message;
      if (last.type === "wrong") onWrong(`its supervisor could not go on (${last.why})`);
    },
    onWrong: ({ message }) => onWrong(`its supervisor wrote what is none of its messages (${message})`),
  });
  const ended = new Promise<string>((resolve) => {
    supervisor.on("error", ({ message }) => {
      if (supervisor.pid === undefined) resolve(`the session did not start: ${message}`);
    });
    supervisor.on("exit", async () => {
      await drained([supervision, frames, stdout, stderr]);
      requests.destroy();
      resolve(errors.outOfMemory ? "out of memory" : endReason(last));
    });
  });

  /** An end in between is told by "exit". */
  function write(pipe: Writable, encode: () => Buffer, onTaken?: () => void): number {
    if (!pipe.writable) return 0;
    const bytes = encode();
    pipe.write(bytes, onTaken);
    return bytes.length;
  }

  return {
    pid: supervisor.pid,
    mark,
    tell: (message, onTaken) => write(requests, () => encodeFrame(message), onTaken),
    tellSupervisor: (message) => write(supervision, () => encodeFrame(message)),
    tellWaiting: (answer, onTaken) => write(frames, () => Buffer.from(`${JSON.stringify(answer)}\n`), onTaken),
    outputOf: (requestId) => Promise.all([printed.ended(requestId), errors.ended(requestId)]),
    signal: (signal) => signalGroup(supervisor, signal),
    ended,
  };
}

function drained(streams: readonly Readable[]): Promise<void> {
  const closed = streams.map((stream) =>
    stream.readableEnded || stream.destroyed
      ? Promise.resolve()
      : new Promise<void>((resolve) => stream.once("end", resolve).once("close", resolve)),
  );
  return new Promise((resolve) => {
    const endLimit = startLimit(DRAIN_WITHIN_MS, resolve);
    void Promise.all(closed).then(() => {
      endLimit();
      resolve();
    });
  });
}

function endReason(last: LastOfSupervisor | undefined): string {
  if (last?.type !== "exit") return "the session's supervisor was killed";
  return last.signal !== null ? `signal ${last.signal}` : `exit code ${last.code}`;
}
