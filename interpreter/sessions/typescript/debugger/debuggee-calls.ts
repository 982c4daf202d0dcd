// Calls of the session's side (debuggee.ts) through the inspector: they are answered while it stands still, too.
import type { Runtime } from "node:inspector";
import { InterpreterError } from "../../../errors.ts";
import { DEBUGGEE, type Debuggee } from "./debuggee.ts";
import type { Inspector } from "./inspector.ts";

/** The expression that gives it, in the session. */
export const DEBUGGEE_EXPRESSION = `globalThis[Symbol.for(${JSON.stringify(DEBUGGEE)})]`;

type DebuggeeMethod = Exclude<keyof Debuggee, "held">;

export interface DebuggeeCalls {
  /** A copy of what it gives, as JSON. */
  value<Method extends DebuggeeMethod>(
    method: Method,
    ...args: Runtime.CallArgument[]
  ): Promise<ReturnType<Debuggee[Method]>>;
  /** What it gives, in the session. */
  object(method: DebuggeeMethod, objectGroup: string, ...args: Runtime.CallArgument[]): Promise<Runtime.RemoteObject>;
}

export async function debuggeeCalls(inspector: Inspector): Promise<DebuggeeCalls> {
  const { result } = await inspector.call("Runtime.evaluate", { expression: DEBUGGEE_EXPRESSION });
  const { objectId } = result;
  if (objectId === undefined) throw new InterpreterError("the session cannot be debugged: it does not answer as one");

  async function call(
    method: DebuggeeMethod,
    args: Runtime.CallArgument[],
    how: Partial<Runtime.CallFunctionOnParameterType>,
  ): Promise<Runtime.RemoteObject> {
    return resultOf(
      await inspector.call("Runtime.callFunctionOn", {
        ...{ objectId, functionDeclaration: `function (...args) { return this.${method}(...args); }`, silent: true },
        ...{ arguments: args, generatePreview: true, ...how },
      }),
    );
  }

  return {
    value: async (method, ...args) => (await call(method, args, { returnByValue: true })).value,
    object: (method, objectGroup, ...args) => call(method, args, { objectGroup }),
  };
}

/** @throws InterpreterError with what the code threw */
export function resultOf({
  result,
  exceptionDetails,
}: {
  readonly result: Runtime.RemoteObject;
  readonly exceptionDetails?: Runtime.ExceptionDetails | undefined;
}): Runtime.RemoteObject {
  if (exceptionDetails === undefined) return result;
  const { exception, text } = exceptionDetails;
  const [line = text] = String(exception?.description ?? exception?.value ?? text).split("\n    at ");
  throw new InterpreterError(line);
}

export function asArgument({ objectId, value, unserializableValue }: Runtime.RemoteObject): Runtime.CallArgument {
  if (objectId !== undefined) return { objectId };
  return unserializableValue === undefined ? { value } : { unserializableValue };
}
