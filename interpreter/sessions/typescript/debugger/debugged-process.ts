// One process of the session under the debugger: it stops, says where, and goes on.
import type { Debugger, Runtime } from "node:inspector";
import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { InterpreterError } from "../../../errors.ts";
import { escapeRegExp } from "../../../escape-regexp.ts";
import type { SessionProcess } from "../session-process.ts";
import type { Breakpoints } from "./breakpoints.ts";
import { type DebuggeeCalls, debuggeeCalls } from "./debuggee-calls.ts";
import { createFrames, type Frame, type Frames, sourceOf } from "./frames.ts";
import type { Inspector } from "./inspector.ts";
import { createScripts, type DebuggedScript, type Scripts } from "./scripts.ts";
import { createVariables, OBJECT_GROUP, type Variables } from "./variables.ts";

export const THREAD_ID = 1; // JupyterLab names no other

export type ExceptionState = "none" | "uncaught" | "all";
export type ResumeMethod = "Debugger.resume" | "Debugger.stepOver" | "Debugger.stepInto" | "Debugger.stepOut";

export interface Stop {
  readonly frames: readonly Frame[];
  readonly exception: Runtime.RemoteObject | undefined;
}

export interface DebuggedProcess {
  readonly stop: Stop | undefined;
  readonly frames: Frames;
  readonly variables: Variables;
  readonly debuggee: DebuggeeCalls;
  scripts(): Promise<readonly DebuggedScript[]>;
  /** Sets what is asked for in the scripts of the path. */
  setBreakpoints(path: string, removed: readonly string[]): Promise<void>;
  pauseOnExceptions(state: ExceptionState): Promise<void>;
  pause(): Promise<void>;
  /** @throws InterpreterError where it does not stand still */
  goOn(method: ResumeMethod): Promise<void>;
  /** Runs a function from its start on; its parameters are what they are by now. @throws InterpreterError */
  restart(frame: Frame): Promise<void>;
  /** Ends the code that it stands in; `undefined` where it does not stand still. */
  endPause(): Promise<unknown> | undefined;
  detach(): Promise<void>;
}

export interface DebuggedProcessParts {
  readonly process: SessionProcess;
  readonly breakpoints: Breakpoints;
  readonly exceptionState: ExceptionState;
  readonly cellPath: (source: string) => string;
  readonly onEvent: (event: string, body: object) => void;
  readonly onClosed: () => void;
}

/** Resolves when all breakpoints are set in what has run, and in what will. */
export async function debugProcess(parts: DebuggedProcessParts): Promise<DebuggedProcess> {
  const { breakpoints, onEvent } = parts;
  let isPaused = false;
  let stop: Stop | undefined;
  let asked: "step" | "pause" | "restart" | undefined; // what the next stop will be
  let scripts: Scripts | undefined; // once it is known which there are
  let frames: Frames | undefined;
  const inspector = parts.process.inspect({
    onClosed() {
      resumed();
      parts.onClosed();
    },
    onEvent(method, params) {
      if (method === "Debugger.scriptParsed") scripts?.parsed(params as Debugger.ScriptParsedEventDataType);
      else if (method === "Debugger.resumed") resumed();
      else if (method === "Debugger.paused") {
        isPaused = true;
        paused(params as Debugger.PausedEventDataType).catch(failed);
      }
    },
  });
  const variables = createVariables(() => inspector);

  function failed(error: unknown): void {
    if (!(error instanceof InterpreterError)) console.error(error); // else it has ended
    inspector.close();
  }

  function resumed(): void {
    isPaused = false;
    if (stop === undefined) return;
    stop = undefined;
    variables.clear();
    onEvent("continued", { threadId: THREAD_ID, allThreadsContinued: true });
    inspector.call("Runtime.releaseObjectGroup", { objectGroup: OBJECT_GROUP }).catch(() => {}); // it has ended
  }

  async function paused({ reason, data, hitBreakpoints = [], callFrames }: Debugger.PausedEventDataType) {
    if (reason === "instrumentation") {
      const { scriptId } = data as { readonly scriptId: string }; // as: the inspector's, for a script that is about to run
      const script = await scripts?.load(scriptId);
      if (script !== undefined) await bind(script);
      return inspector.call("Debugger.resume", {});
    }
    const found = (await frames?.of(callFrames)) ?? [];
    const [top] = found;
    if (top?.callFrame === undefined) return inspector.call("Debugger.resume", {});
    const isException = reason === "exception" || reason === "promiseRejection";
    const isOurs = callFrames[0]?.callFrameId === top.callFrame.callFrameId && !top.place.isWritten;
    if (isOurs && !isException && hitBreakpoints.length === 0) return inspector.call("Debugger.stepOver", {});
    const exception = isException ? (data as Runtime.RemoteObject) : undefined; // as: the inspector's
    stop = { frames: found, exception };
    onEvent("stopped", {
      ...{ threadId: THREAD_ID, allThreadsStopped: true },
      ...reasonOf(exception, hitBreakpoints.length > 0 || asked === undefined ? "breakpoint" : asked),
      hitBreakpointIds: breakpoints.hit(hitBreakpoints),
    });
    asked = undefined;
  }

  async function bind(script: DebuggedScript): Promise<void> {
    if (!script.isCell) onEvent("loadedSource", { reason: "new", source: sourceOf(script) });
    for (const breakpoint of await breakpoints.bind(script, inspector))
      onEvent("breakpoint", { reason: "changed", breakpoint: { ...breakpoint, source: sourceOf(script) } });
  }

  const debuggee = await debuggeeCalls(inspector);
  await debuggee.value("setDebugged", { value: true });
  const fileNames = await debuggee.value("scripts");
  scripts = createScripts({ inspector, debuggee, fileNames, cellPath: parts.cellPath });
  frames = createFrames({ inspector, debuggee, scripts, variables });
  await enable(inspector, parts.exceptionState);
  const loaded = scripts;
  for (const script of breakpoints.all().length > 0 ? await loaded.all() : [])
    await breakpoints.bind(script, inspector);

  return {
    ...{ frames, variables, debuggee },
    get stop() {
      return stop;
    },
    scripts: () => loaded.all(),
    async setBreakpoints(path, removed) {
      for (const breakpointId of removed) await inspector.call("Debugger.removeBreakpoint", { breakpointId });
      for (const script of await loaded.all()) {
        if (script.path === path) await breakpoints.bind(script, inspector);
      }
    },
    async pauseOnExceptions(state) {
      await inspector.call("Debugger.setPauseOnExceptions", { state });
    },
    async pause() {
      asked = "pause";
      await inspector.call("Debugger.pause", {});
    },
    async goOn(method) {
      if (stop === undefined) throw new InterpreterError("the code does not stand still");
      asked = method === "Debugger.resume" ? undefined : "step";
      resumed(); // told now: the inspector says so by another way than the cell does its end
      await inspector.call(method, {});
    },
    async restart({ callFrame }) {
      if (callFrame === undefined) throw new InterpreterError("this is not started again: it waits behind an await");
      asked = "restart";
      const { callFrameId, functionName } = callFrame;
      await inspector.call("Debugger.restartFrame", { callFrameId, mode: "StepInto" }).catch(() => {
        asked = undefined;
        const why = "V8 cannot do so with async functions, which a cell is, with generators, and with what called them";
        throw new InterpreterError(`${functionName || "this"} is not started again: ${why}`);
      });
    },
    endPause() {
      if (!isPaused) return undefined;
      return inspector.call("Debugger.resume", { terminateOnResume: true }).catch(() => {}); // it has ended
    },
    async detach() {
      await debuggee.value("setDebugged", { value: false }).catch(() => {}); // it has ended
      inspector.close();
    },
  };
}

async function enable(inspector: Inspector, state: ExceptionState): Promise<void> {
  const own = dirname(dirname(createRequire(import.meta.url).resolve("#dist/interpreter/index.js"))) + sep;
  await inspector.call("NodeRuntime.notifyWhenWaitingForDisconnect", { enabled: true });
  await inspector.call("Debugger.enable", {});
  // Stepping goes over what the user has not written.
  const patterns = [
    "^node:",
    "^evalmachine\\.",
    "[/\\\\]node_modules[/\\\\]",
    "__cell__\\.js$", // import() of the notebook's folder: see ../module-loader.ts
    `^${escapeRegExp(pathToFileURL(own).href)}`,
  ];
  await inspector.call("Debugger.setBlackboxPatterns", { patterns });
  await inspector.call("Debugger.setInstrumentationBreakpoint", {
    instrumentation: "beforeScriptWithSourceMapExecution",
  });
  await inspector.call("Debugger.setPauseOnExceptions", { state });
}

function reasonOf(
  exception: Runtime.RemoteObject | undefined,
  otherwise: string,
): Pick<DebugProtocol.StoppedEvent["body"], "reason" | "description" | "text"> {
  if (exception === undefined) return { reason: otherwise };
  const [text = ""] = String(exception.description ?? exception.value).split("\n", 1);
  return { reason: "exception", description: "Paused on exception", text };
}
