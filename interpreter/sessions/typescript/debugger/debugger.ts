// The session's debugger: a bridge from the Debug Adapter Protocol, as Jupyter extends it, to the inspector of V8. It
// lives in the kernel's process, and outlives the processes of the session. docs/decisions/0031-debugger.md.
// https://jupyter-client.readthedocs.io/en/stable/messaging.html#debug-request
import { InterpreterError } from "../../../errors.ts";
import type { CellOutcome, DebuggerOptions, SessionDebugger } from "../../session.ts";
import type { SessionProcess } from "../session-process.ts";
import { isCommand, parseArguments } from "./arguments.ts";
import { createBreakpoints } from "./breakpoints.ts";
import { createCommands } from "./commands.ts";
import { type DebuggedProcess, debugProcess, type ExceptionState } from "./debugged-process.ts";

export interface TypeScriptDebugger extends SessionDebugger {
  /** Where the user debugs, a new process is debugged as the last one was. */
  follow(process: SessionProcess): void;
  /** What a cell waits for before it runs; `undefined` while nobody debugs. */
  readonly ready: Promise<unknown> | undefined;
  /** Ends the code that the session stands still in, if it does; calls `then` at once where it does not. */
  endPause(then: () => void): void;
  output(category: "console" | "stderr", output: string): void;
}

export interface TypeScriptDebuggerParts extends DebuggerOptions {
  /** The session's process, which is started if there is none. */
  readonly process: () => SessionProcess;
  /** What may be shown of what the session gives. */
  readonly shown: (outcome: CellOutcome) => CellOutcome;
  /** Tells the compiler of a variable. */
  readonly declare: (name: string) => Promise<void>;
}

interface Attached {
  readonly process: Promise<DebuggedProcess>;
  connected: DebuggedProcess | undefined;
  hasEnded: boolean;
}

export function createDebugger(parts: TypeScriptDebuggerParts): TypeScriptDebugger {
  const { cellPath, onEvent } = parts;
  const breakpoints = createBreakpoints();
  let exceptionState: ExceptionState = "none";
  let attached: Attached | undefined;

  async function attach(process: SessionProcess): Promise<void> {
    const onClosed = () => {
      own.hasEnded = true;
    };
    const own: Attached = {
      process: debugProcess({ process, breakpoints, exceptionState, cellPath, onEvent, onClosed }),
      connected: undefined,
      hasEnded: false,
    };
    attached = own;
    own.connected = await own.process;
  }

  function connected(): Promise<DebuggedProcess> {
    if (attached === undefined) throw new InterpreterError("no debugger is attached: send initialize and attach first");
    if (!attached.hasEnded) return attached.process;
    throw new InterpreterError("the session has ended: the next cell starts a new one, which is debugged again");
  }

  const commands = createCommands({
    ...parts,
    ...{ breakpoints, connected },
    async attach() {
      const process = parts.process();
      if (attached === undefined || attached.hasEnded) await attach(process);
      else await attached.process;
    },
    async detach() {
      const last = attached;
      attached = undefined;
      exceptionState = "none";
      breakpoints.clear();
      await last?.process.then((process) => process.detach()).catch(() => {}); // it has ended
    },
    async pauseOnExceptions(state) {
      exceptionState = state;
      await (await connected()).pauseOnExceptions(state);
    },
  });

  return {
    async request(command, args) {
      if (!isCommand(command)) throw new InterpreterError(`the debugger has no command "${command.slice(0, 100)}"`);
      const run = commands[command] as (args: unknown) => Promise<object | undefined>; // as: the schema is the command's
      return run(parseArguments(command, args));
    },
    state: () => ({
      isStarted: attached !== undefined,
      breakpoints: breakpoints.all(),
      isStopped: attached?.connected?.stop !== undefined,
    }),
    follow(process) {
      if (attached !== undefined) attach(process).catch(() => {}); // the next request is told
    },
    get ready() {
      return attached?.process.catch(() => {});
    },
    endPause(then) {
      const ending = attached?.connected?.endPause();
      if (ending === undefined) then();
      else void ending.then(then);
    },
    output: (category, output) => onEvent("output", { category, output }),
  };
}
