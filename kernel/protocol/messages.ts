// What travels between a front end and the kernel: https://jupyter-client.readthedocs.io/en/stable/messaging.html
// The contents of each message type are those of `KernelMessage` in @jupyterlab/services.
import type { KernelMessage } from "@jupyterlab/services";

export const PROTOCOL_VERSION = "5.5";

export interface MessageHeader {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string; // ISO 8601
  readonly version: string;
}

export interface JupyterMessage {
  readonly identities: readonly Buffer[]; // routes of a reply; the topic on iopub
  readonly header: MessageHeader;
  readonly parentHeader: MessageHeader | Record<string, never>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly content: Readonly<Record<string, unknown>>; // from outside: a handler reads its fields with care
  readonly buffers: readonly Buffer[];
  readonly refused?: string; // why its content was not read, which is empty then
}

/** The content of a reply; `aborted`: not run, since a cell before it failed. */
export type ReplyContent = { readonly status: "ok" | "error" | "aborted" } & Readonly<Record<string, unknown>>;

export type ExecutionState = "starting" | "busy" | "idle";

export interface ErrorContent {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

export type ExecuteReply = ReplyContent & Pick<KernelMessage.IExecuteReplyMsg["content"], "execution_count">;
