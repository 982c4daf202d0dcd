// What kernel, supervisor and child say to each other. Down: JSON over the ipc channel, relayed by the supervisor.
// Up: frames on FRAMES_FD, a pipe from the child straight to the kernel, written synchronously: so nothing printed
// before a crash is lost, and a flood waits for its reader instead of filling the child's memory.
import type { MimeBundle } from "../session.ts";
import type { DescribedFile } from "../sql/reader/messages.ts";
import type { CompiledCell } from "./cell-compiler.ts";

export const FRAMES_FD = 4; // 0-2 standard streams, 3 ipc
const MAX_FRAME_BYTES = 256 * 2 ** 20; // a display of 200 MB is nothing a notebook can hold
const MAX_NAME_CHARACTERS = 10_000;

export interface ChildRequests {
  execute: { cellId: string; label: string; source: string; cell: CompiledCell };
  variables: { names: readonly string[] };
  values: { names: readonly string[] };
  sql: { query: string; maxRows: number; out?: string };
  tables: { names: readonly string[] };
  arrays: { names: readonly string[] };
}

export type ChildMethod = keyof ChildRequests;

export type ToChild =
  | { readonly type: "start"; readonly cwd: string; readonly token: string; readonly scratch: string }
  | { readonly type: "request"; readonly id: number; readonly method: ChildMethod; readonly params: unknown }
  | { readonly type: "cancel"; readonly id: number }
  | { readonly type: "input-answer"; readonly id: number; readonly value?: string; readonly why?: string }
  | { readonly type: "model-answer"; readonly id: number; readonly value?: unknown; readonly error?: string }
  | { readonly type: "file-answer"; readonly id: number; readonly file?: DescribedFile; readonly error?: string }
  | { readonly type: "interrupt" };

export type FromChild =
  | { readonly type: "ready" }
  | { readonly type: "stream"; readonly cellId: string; readonly name: "stdout" | "stderr"; readonly text: string }
  | {
      readonly type: "display";
      readonly cellId: string;
      readonly data: MimeBundle;
      readonly metadata: Readonly<Record<string, unknown>>;
      readonly displayId?: string;
      readonly update: boolean;
    }
  | { readonly type: "clear-output"; readonly cellId: string; readonly wait: boolean }
  | {
      readonly type: "input-request";
      readonly cellId: string;
      readonly id: number;
      readonly prompt: string;
      readonly password: boolean;
      readonly waits: boolean; // the child stands still until a line with the answer comes down FRAMES_FD
    }
  | {
      readonly type: "model-request";
      readonly cellId: string;
      readonly id: number;
      readonly kind: "chat" | "agent" | "tool";
      readonly request: string;
      readonly options: Readonly<Record<string, unknown>>;
    }
  | { readonly type: "file-request"; readonly id: number; readonly name: string } // how a data file is read
  | { readonly type: "reply"; readonly id: number; readonly value: unknown }
  | { readonly type: "failure"; readonly id: number; readonly name: string; readonly message: string };

/** A line down FRAMES_FD to a child that waits. */
export interface WaitedAnswer {
  readonly value?: string;
  readonly why?: string; // there is none
  readonly interrupted?: true;
}

/** How the supervisor says that the child is gone; its last message. */
export interface ChildExit {
  readonly type: "exit";
  readonly code: number | null;
  readonly signal: string | null;
}

/** Ends what the child's process wrote to its real stdout or stderr during a request. */
export function endMarker(token: string, id: number): string {
  return `\u0000${token}:${id}\u0000`;
}

/** @throws RangeError for what the kernel would not take */
export function encodeFrame(message: FromChild): Buffer {
  const text = JSON.stringify(message);
  const size = Buffer.byteLength(text);
  if (size > MAX_FRAME_BYTES) {
    throw new RangeError(
      `${Math.ceil(size / 2 ** 20)} MB are more than a session gives away at once; take a part of it`,
    );
  }
  const body = Buffer.from(text);
  const frame = Buffer.allocUnsafe(4 + body.length);
  frame.writeUInt32LE(body.length, 0);
  body.copy(frame, 4);
  return frame;
}

/** What the kernel sends back as it came, or keeps, has the form and the size that it should. */
function checked(message: unknown): FromChild {
  if (typeof message !== "object" || message === null) throw new RangeError("a frame that holds no message");
  const { id, cellId, name, displayId } = message as Readonly<Record<string, unknown>>; // as: each is looked at below
  if (id !== undefined && !(Number.isSafeInteger(id) && (id as number) >= 0))
    throw new RangeError("a message whose number is none");
  for (const text of [cellId, name, displayId])
    if (text !== undefined && !(typeof text === "string" && text.length <= MAX_NAME_CHARACTERS))
      throw new RangeError("a message with a name that is none, or too long");
  return message as FromChild; // as: what is left of it is for whoever reads it
}

/** Cuts a stream of chunks into messages. @throws RangeError for what no frame is */
export function frameReader(onMessage: (message: FromChild) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let size = 0;
  let wanted = 4;
  return (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size < wanted) return;
    let rest = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    wanted = 4;
    while (rest.length >= 4) {
      const length = rest.readUInt32LE(0);
      if (length > MAX_FRAME_BYTES) throw new RangeError(`a frame of ${length} bytes from the session`);
      wanted = 4 + length;
      if (rest.length < wanted) break;
      onMessage(checked(JSON.parse(rest.toString("utf8", 4, wanted))));
      rest = rest.subarray(wanted);
      wanted = 4;
    }
    chunks = rest.length > 0 ? [rest] : [];
    size = rest.length;
  };
}
