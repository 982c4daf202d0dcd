// The debugger as front ends speak to it: debug_request on control, debug_event on iopub.
// https://jupyter-client.readthedocs.io/en/stable/messaging.html#debug-request
import type { DebugProtocol } from "@vscode/debugprotocol";
import { InterpreterError } from "../../interpreter/errors.ts";
import type { SessionDebugger } from "../../interpreter/index.ts";
import type { Outbox } from "../protocol/outbox.ts";
import type { CellFiles } from "./cell-files.ts";

const THREAD_ID = 1;

export interface DebugRequests {
  /** Always answers, with what went wrong if it did. */
  answer(content: Readonly<Record<string, unknown>>): Promise<DebugProtocol.Response>;
}

/** What of the protocol goes to all front ends. */
export function debugEvents(outbox: Outbox): (event: string, body: object) => void {
  let seq = 1;
  return (event, body) => {
    const content: DebugProtocol.Event = { seq: seq++, type: "event", event, body };
    void outbox.publish("debug_event", content);
  };
}

export function createDebugRequests(session: { readonly debugger: SessionDebugger }, cells: CellFiles): DebugRequests {
  let seq = 1;

  /** Those that need no debugger; the others are the session's. */
  function own(command: string, args: unknown): object | undefined {
    if (command === "debugInfo") return debugInfo();
    if (command !== "dumpCell") return undefined;
    const { code } = Object(args) as { readonly code?: unknown }; // as: null has none
    if (typeof code !== "string") throw new InterpreterError("arguments.code: it must be the text of the cell");
    return { sourcePath: cells.dump(code) };
  }

  function debugInfo(): object {
    const { isStarted, isStopped, breakpoints } = session.debugger.state();
    return {
      ...{ isStarted, breakpoints, ...cells.naming },
      stoppedThreads: isStopped ? [THREAD_ID] : [],
      ...{ richRendering: true, exceptionPaths: [], copyToGlobals: true },
    };
  }

  return {
    async answer({ seq: requestSeq, command: given, arguments: args }) {
      const command = typeof given === "string" ? given : "";
      const response = {
        seq: seq++,
        type: "response",
        request_seq: typeof requestSeq === "number" ? requestSeq : 0,
        command,
      };
      try {
        if (command === "") throw new InterpreterError("a debug_request names a command");
        const body = own(command, args) ?? (await session.debugger.request(command, args));
        return { ...response, success: true, ...(body && { body }) };
      } catch (error) {
        if (!(error instanceof InterpreterError)) console.error(error); // ours
        const message = error instanceof Error ? error.message : String(error);
        return { ...response, success: false, message, body: { error: { id: 1, format: message } } };
      }
    },
  };
}
