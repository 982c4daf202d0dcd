// The inspector of the session's process as the kernel speaks to it, through the supervisor: requests, events, the end.
// https://chromedevtools.github.io/devtools-protocol/v8/
import type { Debugger, Runtime } from "node:inspector";
import { InterpreterError } from "../../../errors.ts";
import type { InspectorMessage, ToSupervisor } from "../messages.ts";

type ScopedEvaluation = Debugger.EvaluateOnCallFrameParameterType & { readonly timeout?: number };

/** The requests that we make: what each is given, and gives. */
export interface InspectorCalls {
  "NodeRuntime.notifyWhenWaitingForDisconnect": [{ enabled: boolean }, unknown];
  "Runtime.callFunctionOn": [Runtime.CallFunctionOnParameterType, Runtime.CallFunctionOnReturnType];
  "Runtime.evaluate": [Runtime.EvaluateParameterType, Runtime.EvaluateReturnType];
  "Runtime.getProperties": [
    Runtime.GetPropertiesParameterType & { readonly nonIndexedPropertiesOnly: boolean },
    Properties,
  ];
  "Runtime.releaseObjectGroup": [Runtime.ReleaseObjectGroupParameterType, unknown];
  "Debugger.enable": [object, unknown];
  "Debugger.evaluateOnCallFrame": [ScopedEvaluation, Debugger.EvaluateOnCallFrameReturnType];
  "Debugger.getPossibleBreakpoints": [
    Debugger.GetPossibleBreakpointsParameterType,
    Debugger.GetPossibleBreakpointsReturnType,
  ];
  "Debugger.pause": [object, unknown];
  "Debugger.removeBreakpoint": [Debugger.RemoveBreakpointParameterType, unknown];
  "Debugger.restartFrame": [{ callFrameId: string; mode: "StepInto" }, unknown];
  "Debugger.resume": [{ readonly terminateOnResume?: boolean }, unknown];
  "Debugger.setBlackboxPatterns": [Debugger.SetBlackboxPatternsParameterType, unknown];
  "Debugger.setBlackboxedRanges": [Debugger.SetBlackboxedRangesParameterType, unknown];
  "Debugger.setBreakpoint": [Debugger.SetBreakpointParameterType, Debugger.SetBreakpointReturnType];
  "Debugger.setInstrumentationBreakpoint": [{ instrumentation: string }, unknown];
  "Debugger.setPauseOnExceptions": [Debugger.SetPauseOnExceptionsParameterType, unknown];
  "Debugger.stepInto": [object, unknown];
  "Debugger.stepOut": [object, unknown];
  "Debugger.stepOver": [object, unknown];
}

export interface Properties extends Runtime.GetPropertiesReturnType {
  readonly privateProperties?: readonly { readonly name: string; readonly value?: Runtime.RemoteObject }[];
}

export interface Inspector {
  call<Method extends keyof InspectorCalls>(
    method: Method,
    params: InspectorCalls[Method][0],
  ): Promise<InspectorCalls[Method][1]>;
  close(): void;
}

export interface InspectorListener {
  /** What it throws is the fault of who sent the event. */
  onEvent(method: string, params: object): void;
  onClosed(): void;
}

export interface Inspectors {
  open(listener: InspectorListener): Inspector;
  take(message: InspectorMessage): void;
  ended(reason: Error): void;
}

interface Connection {
  take(message: InspectorMessage): void;
  closed(reason: Error): void;
}

/** All connections to one process, of which one at a time is in use: an answer may be on its way when it is closed. */
export function createInspectors(tell: (message: ToSupervisor) => void, onWrong: (why: string) => void): Inspectors {
  const connections = new Map<number, Connection>();
  let nextConnection = 1;
  let over: Error | undefined;

  function open({ onEvent, onClosed }: InspectorListener): Inspector {
    if (over) throw over;
    const connection = nextConnection++;
    const pending = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
    let nextId = 1;

    function closed(reason: Error): void {
      if (!connections.delete(connection)) return;
      for (const { reject } of pending.values()) reject(reason);
      onClosed();
    }

    connections.set(connection, {
      closed,
      take(message) {
        if (message.type === "inspector-closed") return closed(new InterpreterError("the debugger's connection ended"));
        const { id, method, params, result, error } = message.message as Partial<InspectorReply>; // as: looked at here
        if (typeof method === "string") return onEvent(method, Object(params));
        const call = typeof id === "number" ? pending.get(id) : undefined;
        pending.delete(id as number);
        if (error === undefined) call?.resolve(result as never);
        else call?.reject(new InterpreterError(String(error.message)));
      },
    });
    tell({ type: "inspector-connect", connection });
    return {
      call(method, params) {
        return new Promise((resolve, reject) => {
          if (!connections.has(connection)) throw over ?? new InterpreterError("the debugger's connection has ended");
          const id = nextId++;
          pending.set(id, { resolve, reject });
          tell({ type: "inspector-message", connection, message: { id, method, params } });
        });
      },
      close() {
        tell({ type: "inspector-disconnect", connection });
        closed(new InterpreterError("the debugger was detached"));
      },
    };
  }

  return {
    open,
    take(message) {
      try {
        connections.get(message.connection)?.take(message);
      } catch (error) {
        onWrong(`its inspector said what is none of its protocol's messages (${error})`);
      }
    },
    ended(reason) {
      over = reason;
      for (const connection of connections.values()) connection.closed(reason);
    },
  };
}

interface InspectorReply {
  readonly id: number;
  readonly method: string;
  readonly params: object;
  readonly result: unknown;
  readonly error: { readonly message: unknown };
}
