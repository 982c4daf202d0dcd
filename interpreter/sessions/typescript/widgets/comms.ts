// The session's side of comms: those that its code opened, and those that a front end opened to a name that listens.
import { randomUUID } from "node:crypto";
import type { CommMessage } from "../../session.ts";
import { asCellOf, codeOf, currentCell, isModelsCode } from "../attribution.ts";
import { send } from "../frames-out.ts";
import { print } from "../output.ts";
import { cellError } from "../stack-trace.ts";

const MAX_OPEN = 10_000; // each keeps its state, here and in the browser

export interface CommParts {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly buffers?: readonly Uint8Array[];
}

export interface Comm {
  readonly id: string;
  /** What is sent to one that is closed goes nowhere. */
  send(parts: CommParts): void;
  close(): void;
}

/** What a front end says; both run as part of the cell that the comm belongs to. */
export interface CommListener {
  message?(message: CommMessage): void;
  close?(): void;
}

interface OpenComm {
  readonly cellId: string;
  listener: CommListener;
}

const openComms = new Map<string, OpenComm>();
const targets = new Map<string, (comm: Comm, opened: CommMessage) => CommListener>();
let refusal: string | undefined;
let answered: string | undefined; // the front end's message that is being handled, by its id

/** From now on nothing of this process opens a comm. */
export function refuseComms(why: string): void {
  refusal = why;
}

/** @throws Error where the code that runs may not */
export function openComm(targetName: string, parts: CommParts, listener: CommListener): Comm {
  if (refusal !== undefined) throw new Error(refusal);
  if (isModelsCode())
    throw new Error("code that the model wrote makes no widgets, which run in the user's browser; leave it as a cell");
  if (openComms.size >= MAX_OPEN) throw new Error(`${MAX_OPEN} widgets are open; close() those that nobody needs`);
  const comm = commOf(randomUUID());
  tell(comm.id, "open", parts, targetName);
  openComms.set(comm.id, { cellId: currentCell(), listener });
  return comm;
}

/** What happens when a front end opens a comm to this name. */
export function listenForComms(targetName: string, opened: (comm: Comm, message: CommMessage) => CommListener): void {
  targets.set(targetName, opened);
}

/** Hands a front end's message to whoever listens. @returns whether anybody does */
export function receiveComm(message: CommMessage, id: string): boolean {
  answered = id;
  try {
    if (message.kind === "open") return accept(message);
    const open = openComms.get(message.commId);
    if (open === undefined) return false;
    if (message.kind === "close") openComms.delete(message.commId);
    run(open.cellId, () => (message.kind === "close" ? open.listener.close?.() : open.listener.message?.(message)));
    return true;
  } finally {
    answered = undefined;
  }
}

/** Says an error of a handler where the user sees it: nobody awaits a handler. */
export function reportError(thrown: unknown, about: string): void {
  print("stderr", `Uncaught in ${about}: ${cellError(thrown).traceback.join("\n")}\n`);
}

function accept(message: CommMessage): boolean {
  const opened = targets.get(message.targetName ?? "");
  if (opened === undefined || openComms.has(message.commId) || openComms.size >= MAX_OPEN) return false;
  const open: OpenComm = { cellId: currentCell(), listener: {} };
  openComms.set(message.commId, open);
  run(open.cellId, () => {
    open.listener = opened(commOf(message.commId), message);
  });
  return openComms.has(message.commId);
}

function run(cellId: string, handler: () => void): void {
  asCellOf(codeOf(cellId, false), () => {
    try {
      handler();
    } catch (error) {
      reportError(error, "a comm");
    }
  });
}

function commOf(id: string): Comm {
  return {
    id,
    send(parts) {
      if (openComms.has(id)) tell(id, "message", parts);
    },
    close() {
      if (openComms.delete(id)) tell(id, "close", {});
    },
  };
}

function tell(commId: string, kind: CommMessage["kind"], parts: CommParts, targetName?: string): void {
  const { data = {}, metadata = {}, buffers = [] } = parts;
  const named = targetName === undefined ? {} : { targetName };
  const message = { kind, commId, ...named, data, metadata, buffers: buffers.map(base64) };
  send({ type: "comm", cellId: currentCell(), message, ...(answered !== undefined && { answers: answered }) });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
