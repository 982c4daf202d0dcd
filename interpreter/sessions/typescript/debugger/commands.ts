// The requests of the Debug Adapter Protocol, and Jupyter's: each by its name.
// https://microsoft.github.io/debug-adapter-protocol/specification#Requests
// https://jupyter-client.readthedocs.io/en/stable/messaging.html#additions-to-the-dap
import type { DebugProtocol } from "@vscode/debugprotocol";
import { InterpreterError } from "../../../errors.ts";
import type { MimeBundle } from "../../session.ts";
import type { RichResult } from "../rich-result.ts";
import type { DebugArguments, DebugCommand } from "./arguments.ts";
import { type Breakpoints, checkHitCondition } from "./breakpoints.ts";
import { debugCompletions } from "./completions.ts";
import { type DebuggedProcess, type ExceptionState, type ResumeMethod, THREAD_ID } from "./debugged-process.ts";
import { asArgument } from "./debuggee-calls.ts";
import type { TypeScriptDebuggerParts } from "./debugger.ts";
import { describeValue, typeOf } from "./describe-value.ts";
import { type Frame, stackFrame } from "./frames.ts";

const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsEvaluateForHovers: true,
  supportsSetVariable: true,
  supportsExceptionInfoRequest: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ["."],
  supportsRestartFrame: true,
  supportsModulesRequest: true,
  supportsTerminateRequest: true,
  supportsDelayedStackTraceLoading: true,
  exceptionBreakpointFilters: [
    { filter: "all", label: "All exceptions", description: "Also those that the code catches" },
    { filter: "uncaught", label: "Uncaught exceptions" },
  ],
};

const JUPYTERLAB = "jupyterlab"; // shows a type in the place of the value, unless it is one of Python's

export interface CommandParts extends Pick<TypeScriptDebuggerParts, "onEvent" | "shown" | "declare"> {
  readonly breakpoints: Breakpoints;
  /** @throws InterpreterError where no session is debugged */
  readonly connected: () => Promise<DebuggedProcess>;
  readonly attach: () => Promise<void>;
  readonly detach: () => Promise<void>;
  readonly pauseOnExceptions: (state: ExceptionState) => Promise<void>;
}

type Commands = { [Command in DebugCommand]: (args: DebugArguments<Command>) => Promise<object | undefined> };

export function createCommands(parts: CommandParts): Commands {
  const { breakpoints, onEvent, shown, declare } = parts;
  const connected = async () => parts.connected(); // what it throws is a rejection
  let origin = { line: 1, column: 1 }; // of lines and columns, as the front end counts
  let tellsTypes = true;

  const told = ({ type, ...variable }: DebugProtocol.Variable) => ({
    ...variable,
    ...(tellsTypes && type && { type }),
  });

  async function frameOf(id: number | null | undefined): Promise<Frame | undefined> {
    if (id === undefined || id === null) return undefined;
    const frame = (await connected()).stop?.frames.find((one) => one.id === id);
    if (frame === undefined) throw new InterpreterError(`there is no frame ${id} any more: the code has run on`);
    return frame;
  }

  function resuming(method: ResumeMethod) {
    return async () => {
      await (await connected()).goOn(method);
      return { allThreadsContinued: true };
    };
  }

  const counted = ({ line = 1, ...breakpoint }: DebugProtocol.Breakpoint) => ({
    ...breakpoint,
    line: line - 1 + origin.line,
  });

  return {
    async initialize({ clientID, linesStartAt1 = true, columnsStartAt1 = true }) {
      tellsTypes = clientID !== JUPYTERLAB;
      origin = { line: linesStartAt1 ? 1 : 0, column: columnsStartAt1 ? 1 : 0 };
      return CAPABILITIES;
    },
    async attach() {
      await parts.attach();
      onEvent("initialized", {});
      return undefined;
    },
    async setBreakpoints({ source: { path }, breakpoints: asked }) {
      const debugged = await connected();
      const wanted = asked.map((one) => ({
        ...one,
        line: one.line + 1 - origin.line,
        ...(one.column !== undefined && { column: one.column + 1 - origin.column }),
      })) as DebugProtocol.SourceBreakpoint[]; // as: what is undefined in them is left out below
      for (const one of wanted) checkHitCondition(one);
      await debugged.setBreakpoints(path, breakpoints.replace(path, wanted));
      return { breakpoints: breakpoints.of(path).map((one) => ({ ...counted(one), source: { path } })) };
    },
    async setExceptionBreakpoints({ filters }) {
      await parts.pauseOnExceptions(
        filters.includes("all") ? "all" : filters.includes("uncaught") ? "uncaught" : "none",
      );
      return undefined;
    },
    configurationDone: async () => undefined,
    continue: resuming("Debugger.resume"),
    next: resuming("Debugger.stepOver"),
    stepIn: resuming("Debugger.stepInto"),
    stepOut: resuming("Debugger.stepOut"),
    async pause() {
      await (await connected()).pause();
      return undefined;
    },
    threads: async () => ({ threads: [{ id: THREAD_ID, name: "TypeScript" }] }),
    async stackTrace({ startFrame = 0, levels = 0 }) {
      const frames = (await connected()).stop?.frames ?? [];
      const shownFrames = frames.slice(startFrame, levels > 0 ? startFrame + levels : undefined).map(stackFrame);
      const stackFrames = shownFrames.map((frame) => ({
        ...frame,
        line: frame.line - 1 + origin.line,
        column: frame.column - 1 + origin.column,
      }));
      return { stackFrames, totalFrames: frames.length };
    },
    async scopes({ frameId }) {
      const frame = await frameOf(frameId);
      return { scopes: frame ? await (await connected()).frames.scopes(frame) : [] };
    },
    async variables({ variablesReference, ...page }) {
      const { variables } = await connected();
      return { variables: (await variables.get(variablesReference).list(page)).map(told) };
    },
    async setVariable({ variablesReference, name, value }) {
      const { variables, frames, stop } = await connected();
      const { assign } = variables.get(variablesReference);
      if (assign === undefined) throw new InterpreterError(`${name} cannot be assigned`);
      const assigned = await frames.evaluate(value, stop?.frames[0]);
      await assign(name, assigned);
      return told(variables.variable(name, assigned));
    },
    async evaluate({ expression, frameId, context }) {
      const frame = await frameOf(frameId);
      const { frames, variables } = await connected();
      const value = await frames.evaluate(expression, frame, context === "hover");
      const { value: result, ...rest } = variables.variable("", value, expression);
      return { ...rest, result };
    },
    async completions({ text, column, line = origin.line, frameId }) {
      const lines = text.split("\n").slice(0, Math.max(0, line - origin.line));
      const offset = lines.join("\n").length + (lines.length > 0 ? 1 : 0) + column - origin.column;
      const frame = await frameOf(frameId);
      const targets = await debugCompletions((await connected()).frames, { text, offset, frame });
      return { targets: targets.map((target) => ({ ...target, start: (target.start ?? 0) + origin.column })) };
    },
    async restartFrame({ frameId }) {
      const frame = await frameOf(frameId);
      if (frame !== undefined) await (await connected()).restart(frame);
      return undefined;
    },
    async exceptionInfo() {
      const exception = (await connected()).stop?.exception;
      if (exception === undefined) throw new InterpreterError("the code does not stand at an exception");
      const { description } = exception;
      const details = description === undefined ? {} : { stackTrace: description };
      return {
        ...{ exceptionId: typeOf(exception), description: describeValue(exception), breakMode: "always" },
        details: { typeName: typeOf(exception), ...details },
      };
    },
    async source({ source, sourceReference }) {
      const scripts = await (await connected()).scripts();
      const script = scripts.findLast(({ path }) => path === source?.path);
      if (script !== undefined) return { content: script.source, mimeType: "text/typescript" };
      throw new InterpreterError(`${source?.path ?? `source ${sourceReference}`} is no cell or file that has run`);
    },
    async modules() {
      const scripts = (await (await connected()).scripts()).filter(({ isCell }) => !isCell);
      const byPath = new Map(scripts.map((script) => [script.path, script]));
      const modules = [...byPath.values()].map(({ path, label }) => ({ id: path, name: label, path }));
      return { modules, totalModules: modules.length };
    },
    async inspectVariables() {
      const { frames, variables, stop } = await connected();
      if (stop === undefined) variables.clear();
      return { variables: (await (await frames.notebookVariables()).list({})).map(told) };
    },
    async richInspectVariables({ variableName, frameId }) {
      const frame = await frameOf(frameId);
      const { frames, debuggee } = await connected();
      const value = await frames.evaluate(variableName, frame);
      const rich = (await debuggee.value("show", asArgument(value))) as RichResult | undefined;
      const outcome = shown({ status: "ok", result: rich ?? { data: { "text/plain": "undefined" }, metadata: {} } });
      const nothing: { data: MimeBundle; metadata: object } = { data: {}, metadata: {} };
      return outcome.status === "ok" ? (outcome.result ?? nothing) : nothing;
    },
    async copyToGlobals({ srcVariableName, dstVariableName, srcFrameId }) {
      const frame = await frameOf(srcFrameId);
      const { frames, debuggee } = await connected();
      const value = await frames.evaluate(srcVariableName, frame);
      await debuggee.value("declare", { value: dstVariableName }, asArgument(value));
      await declare(dstVariableName);
      return undefined;
    },
    async disconnect() {
      await parts.detach();
      return undefined;
    },
    async terminate() {
      await parts.detach();
      onEvent("terminated", {});
      return undefined;
    },
  };
}
