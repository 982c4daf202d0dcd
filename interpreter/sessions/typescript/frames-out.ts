// The child's side of the frames: everything that it tells the kernel, and the supervisor.
import { readSync, writeSync } from "node:fs";
import { encodeFrame } from "../frames.ts";
import type { FromChild } from "./from-child.ts";
import { FRAMES_FD, SUPERVISION_FD, type ToSupervisor, type WaitedAnswer } from "./messages.ts";

const RETRY_MS = 1; // for a descriptor that does not block although it should
const pause = new Int32Array(new SharedArrayBuffer(4));

export function send(message: FromChild): void {
  writeAll(FRAMES_FD, encodeFrame(message));
}

export function tellSupervisor(message: ToSupervisor): void {
  writeAll(SUPERVISION_FD, encodeFrame(message));
}

/** Writes all of it, waiting for the reader. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += retrying(() => writeSync(descriptor, bytes, written));
}

/** Waits, with the whole process, for a line from the kernel. */
export function readAnswer(): WaitedAnswer {
  const bytes: number[] = [];
  const byte = new Uint8Array(1);
  for (;;) {
    if (retrying(() => readSync(FRAMES_FD, byte)) === 0) return { interrupted: true }; // the kernel is gone
    if (byte[0] === 0x0a) return JSON.parse(Buffer.from(bytes).toString());
    bytes.push(byte[0] ?? 0);
  }
}

function retrying(transfer: () => number): number {
  for (;;) {
    try {
      return transfer();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(pause, 0, 0, RETRY_MS);
    }
  }
}
