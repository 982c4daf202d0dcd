// What kernel, supervisor and child say to each other, in frames over pipes. What the child says is in from-child.ts.
import type { CommMessage, MimeBundle } from "../session.ts";
import type { DescribedFile } from "../sql/reader/messages.ts";
import type { CompiledCell } from "./cell-compiler.ts";

/** The supervisor's to the kernel: ToSupervisor down, FromSupervisor up. The child's to the supervisor: ToSupervisor up. */
export const SUPERVISION_FD = 3;
/**
 * The child's to the kernel, written synchronously: so nothing printed before a crash is lost, and a flood waits for its
 * reader instead of filling the child's memory. Down come lines (WaitedAnswer) for a child that stands still.
 */
export const FRAMES_FD = 4;
/** ToChild, from the kernel to the child. */
export const REQUESTS_FD = 5;

export interface ChildRequests {
  execute: { cellId: string; label: string; source: string; cell: CompiledCell; byModel: boolean };
  comm: { message: CommMessage; id: string }; // of a front end
  variables: { names: readonly string[] };
  values: { names: readonly string[] };
  sql: { query: string; maxRows: number; out?: string };
  tables: { names: readonly string[] };
  arrays: { names: readonly string[] };
  bash: { cellId: string; script: string };
  writeFile: { path: string; text: string; isAppended: boolean };
  environment: { set?: Readonly<Record<string, string>>; folder?: string };
  show: { cellId: string; data: MimeBundle };
}

export type ChildMethod = keyof ChildRequests;

export type ToChild =
  | {
      readonly type: "start";
      readonly cwd: string;
      readonly token: string;
      readonly scratch: string;
      readonly isConfined: boolean;
    }
  | { readonly type: "request"; readonly id: number; readonly method: ChildMethod; readonly params: unknown }
  | { readonly type: "cancel"; readonly id: number }
  | { readonly type: "input-answer"; readonly id: number; readonly value?: string; readonly why?: string }
  | { readonly type: "model-answer"; readonly id: number; readonly value?: unknown; readonly error?: string }
  | { readonly type: "file-answer"; readonly id: number; readonly file?: DescribedFile; readonly error?: string }
  | { readonly type: "interrupt" };

/** A line down FRAMES_FD to a child that waits. */
export interface WaitedAnswer {
  readonly value?: string;
  readonly why?: string; // there is none
  readonly interrupted?: true;
}

export type ToSupervisor =
  | { readonly type: "prepare" } // of the kernel: there is something to interrupt from now on
  | { readonly type: "interrupt" } // of the kernel: the child was told, and gets a moment to say that it listens
  | { readonly type: "listens" } // of the child
  | { readonly type: "interrupt-over" } // of the kernel: what it was for has ended
  | { readonly type: "inspector"; readonly url: string } // of the child: where it can be interrupted
  | { readonly type: "inspector-connect"; readonly connection: number } // of the kernel, when the user debugs
  | { readonly type: "inspector-message"; readonly connection: number; readonly message: object }
  | { readonly type: "inspector-disconnect"; readonly connection: number };

/** The supervisor's, of the child's inspector, while the user debugs. */
export type InspectorMessage =
  | { readonly type: "inspector-message"; readonly connection: number; readonly message: object }
  | { readonly type: "inspector-closed"; readonly connection: number };

/** The last message of the supervisor. */
export type LastOfSupervisor =
  | { readonly type: "exit"; readonly code: number | null; readonly signal: string | null } // of the child
  | { readonly type: "wrong"; readonly why: string };

export type FromSupervisor = LastOfSupervisor | InspectorMessage | { readonly type: "settled" }; // after each "interrupt-over": what the child does from now on is not interrupted

/** Ends what the child's process wrote to its real stdout or stderr during a request. */
export function endMarker(token: string, id: number): string {
  return `\u0000${token}:${id}\u0000`;
}
