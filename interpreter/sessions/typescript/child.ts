// The session's process: runs the notebook's code. It knows the kernel only through the messages of messages.ts.
import inspector from "node:inspector";
import { Socket } from "node:net";
import { encodeFrame, readFrames } from "../frames.ts";
import type { Arrow } from "../sql/arrow-table.ts";
import { createSessionSql } from "../sql/session-sql.ts";
import { installAtWork } from "./at-work.ts";
import { cellOfPromise, cellOfUncaught, followPromisesAndTimers, forgetSuspended } from "./attribution.ts";
import { followCallbacks } from "./callback-attribution.ts";
import type { CellGlobals } from "./cell-globals.ts";
import { type CellEnd, createCellRunner, KeyboardInterrupt } from "./cell-runner.ts";
import { copyValues } from "./copy-values.ts";
import { installDebuggee } from "./debugger/debuggee.ts";
import { clearOutput, display, newDisplay } from "./display.ts";
import { followEvents } from "./event-attribution.ts";
import { answerFileRequest, describeFile } from "./file-requests.ts";
import { tellSupervisor, writeAll } from "./frames-out.ts";
import type { FromChild } from "./from-child.ts";
import { showSourcesAsWritten } from "./function-source.ts";
import { answerInput, confirm, input, prompt } from "./input.ts";
import { type ChildMethod, type ChildRequests, endMarker, FRAMES_FD, REQUESTS_FD, type ToChild } from "./messages.ts";
import { createModuleLoader, nativeImport } from "./module-loader.ts";
import { environment, runBash, showInCell, writeNotebookFile } from "./notebook-requests.ts";
import { print, redirectOutput } from "./output.ts";
import { answerModelRequest, qwen } from "./qwen.ts";
import { richResultNow } from "./rich-result.ts";
import { readable } from "./shown-size.ts";
import { cellError, installStackTraces } from "./stack-trace.ts";
import { legibleNames, summarizeVariables } from "./summarize-variables.ts";
import { redirectInput } from "./terminal-readline.ts";
import { interact, receiveComm, refuseComms, widget } from "./widgets/index.ts";

type Request = Extract<ToChild, { type: "request" }>;
type Handlers = {
  [Method in ChildMethod]: (params: ChildRequests[Method], signal: AbortSignal) => Promise<unknown>;
};

process.on("SIGINT", () => {}); // an interrupt comes as a message; the signal is for what a cell started
const fromKernel = messages();
const { cwd, token, scratch, isConfined } = await fromKernel.start;
redirectOutput(clearOutput);
redirectInput();
installStackTraces();
showSourcesAsWritten();
followPromisesAndTimers();
followEvents();
followCallbacks();
if (isConfined)
  refuseComms("there are no widgets in the sandbox: they run in your browser, outside of it; %sandbox off lets them");
process.on("uncaughtException", (error) => report(error));
process.on("unhandledRejection", (reason, promise) => report(reason, cellOfPromise(promise)));

const runner = createCellRunner(
  cwd,
  createModuleLoader(
    cwd,
    new Map<string, () => unknown>([
      ["tslab", () => ({ display, newDisplay, versions: { node: process.versions.node } })],
      ["qwenlab", () => import("../../index.ts")],
    ]),
  ),
);
const database = createSessionSql({
  folder: cwd,
  spillFolder: scratch,
  variables: runner.variables,
  arrow: () => nativeImport(cwd, "apache-arrow").catch(() => import("apache-arrow")) as Promise<Arrow>,
  describe: describeFile,
});
const chart: CellGlobals["chart"] = async (options) => {
  const bundle = await database.chart(options);
  return { [Symbol.for("Jupyter.display")]: () => bundle };
};
const globals: CellGlobals = {
  display,
  newDisplay,
  clearOutput,
  input,
  prompt,
  confirm,
  sql: database.sql,
  chart,
  statistics: database.statistics as CellGlobals["statistics"], // as: the test that is asked for says what comes back
  qwen,
  widget,
  interact,
};
for (const [name, value] of Object.entries(globals)) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
}

installAtWork();
installDebuggee({ ...runner, show: richResultNow });
inspector.open(0, "127.0.0.1"); // not before: a debugger asks for what is installed
tellSupervisor({ type: "inspector", url: inspector.url() ?? "" });

const handlers: Handlers = {
  comm: async ({ message, id }) => receiveComm(message, id),
  execute: ({ cell, ...about }, signal) => runner.run(cell, about, signal),
  sql: (params, signal) => database.query(params, signal),
  tables: async ({ names }) => database.tables(legibleNames(runner.variables, names)),
  arrays: async ({ names }) => database.arrays(legibleNames(runner.variables, variablesMeant(names))),
  values: async ({ names }) => copyValues(runner.variables, names),
  variables: async ({ names }) => summarizeVariables(runner.variables, names),
  bash: runBash,
  writeFile: async (params) => writeNotebookFile(params),
  environment: async (params) => environment(params),
  show: async (params) => showInCell(params),
};
const running = new Map<number, { method: ChildMethod; controller: AbortController }>(); // by the request's id
endOutput(0);
fromKernel.handle((message) => {
  if (message.type === "request") void answer(message);
  else if (message.type === "cancel") running.get(message.id)?.controller.abort();
  else if (message.type === "input-answer") answerInput(message.id, message.value, message.why);
  else if (message.type === "model-answer") answerModelRequest(message.id, message);
  else if (message.type === "file-answer") answerFileRequest(message);
  else if (message.type === "interrupt") {
    tellSupervisor({ type: "listens" });
    database.interrupt();
    interruptCells();
  }
});

async function answer({ id, method, params }: Request): Promise<void> {
  const controller = new AbortController();
  running.set(id, { method, controller });
  try {
    const handle = handlers[method] as (params: unknown, signal: AbortSignal) => Promise<unknown>;
    const value = await handle(params, controller.signal);
    end({ type: "reply", id, value });
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    end({ type: "failure", id, message: readable(String(message)) });
  }
}

/** SQL's names are the same in capitals. */
function variablesMeant(names: readonly string[]): string[] {
  const meant = new Set(names.map((name) => name.toLowerCase()));
  return Object.keys(runner.variables).filter((name) => meant.has(name.toLowerCase()));
}

/** An interrupt may end this, too, at any place: so a request is running until it has been answered. */
function end(answer: Extract<FromChild, { type: "reply" | "failure" }>): void {
  if (!running.has(answer.id)) return;
  const frame = encodeFrame(answer);
  endOutput(answer.id);
  writeAll(FRAMES_FD, frame);
  running.delete(answer.id);
}

/**
 * Ends the running cells, and what a front end's message began, if there are any. The kernel asks until they have ended: the JavaScript that the supervisor
 * terminates may be what was about to answer, and then the answer is given here.
 */
function interruptCells(): void {
  forgetSuspended();
  for (const [id, { method, controller }] of running) {
    if (method !== "execute" && method !== "comm") continue;
    if (!controller.signal.aborted) controller.abort();
    else end({ type: "reply", id, value: method === "comm" ? true : interruptedEnd() });
  }
}

function interruptedEnd(): CellEnd {
  return { outcome: { status: "error", error: cellError(new KeyboardInterrupt()) }, unreached: [] };
}

/** The real stdout and stderr are pipes of their own: says there, too, that a request is over. */
function endOutput(id: number): void {
  for (const descriptor of [1, 2]) {
    try {
      writeAll(descriptor, Buffer.from(endMarker(token, id)));
    } catch {
      // a cell closed it
    }
  }
}

function report(thrown: unknown, cellId = cellOfUncaught(thrown)): void {
  print("stderr", `Uncaught ${cellError(thrown).traceback.join("\n")}\n`, cellId);
}

/** Messages wait until there is somebody to handle them. */
function messages() {
  const early: ToChild[] = [];
  let handle: (message: ToChild) => void = (message) => early.push(message);
  let onStart: (message: Extract<ToChild, { type: "start" }>) => void;
  const start = new Promise<Extract<ToChild, { type: "start" }>>((resolve) => {
    onStart = resolve;
  });
  const take = (message: ToChild) => {
    if (message.type === "start") onStart(message);
    else handle(message);
  };
  const kernel = new Socket({ fd: REQUESTS_FD });
  kernel.on("error", () => {}); // closed is what comes next
  kernel.on("close", () => process.exit()); // the kernel is gone
  // Not within the reading: an interrupt that terminates what a message began would take the messages after it along.
  readFrames(kernel, {
    onMessage: (message) => process.nextTick(take, message as ToChild), // as: of the kernel
    onWrong(error) {
      report(
        new Error(`a message of the kernel's is broken, did a cell read descriptor ${REQUESTS_FD}? ${error.message}`),
      );
      process.exit(1);
    },
  });
  return {
    start,
    handle(handler: (message: ToChild) => void) {
      handle = handler;
      early.splice(0).forEach(handler);
    },
  };
}
