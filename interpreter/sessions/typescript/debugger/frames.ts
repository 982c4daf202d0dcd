// The frames of a stop: what the front end calls a stack trace, and the variables that each of them sees.

import type { Debugger, Runtime } from "node:inspector";
import { basename } from "node:path";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { InterpreterError } from "../../../errors.ts";
import type { SourcePlace } from "../source-places.ts";
import { asArgument, DEBUGGEE_EXPRESSION, type DebuggeeCalls, resultOf } from "./debuggee-calls.ts";
import { namesIn } from "./expression-names.ts";
import type { Inspector, Properties } from "./inspector.ts";
import type { DebuggedScript, Scripts } from "./scripts.ts";
import { type Container, OBJECT_GROUP, type Variables } from "./variables.ts";

const HOVER_MS = 1_000;
const NOTEBOOK = "Notebook"; // the scope of what all cells declared
const SHOWN_AS_GLOBAL: ReadonlySet<string> = new Set(["global", "script", "module"]);
// What the compiler adds to the code: see ../compiler/module-body.ts.
const COMPILED_NAME =
  /^__(?:qwenlab_|(?:esDecorate|runInitializers|setFunctionName|propKey|addDisposableResource|disposeResources)$)/;
const DISPOSED = "stack,error,hasError"; // members of what `using` becomes, which is called env_1
const STATIC_BLOCK = "<static_initializer>";

export interface Frame {
  readonly id: number;
  readonly name: string;
  readonly callFrame?: Debugger.CallFrame; // not of a function that waits: see waiting-places.ts
  readonly script: DebuggedScript;
  readonly place: SourcePlace;
}

export interface Frames {
  /** Those of cells and of local files, innermost first. */
  of(callFrames: readonly Debugger.CallFrame[]): Promise<readonly Frame[]>;
  scopes(frame: Frame): Promise<readonly DebugProtocol.Scope[]>;
  notebookVariables(): Promise<Container>;
  /** What code there may name, inner names first; without a frame, the notebook's and global ones. */
  names(frame?: Frame): Promise<readonly Runtime.PropertyDescriptor[]>;
  /** Of an object, inherited ones too; none where its expression fails, or would change something. */
  members(expression: string, frame?: Frame): Promise<readonly Runtime.PropertyDescriptor[]>;
  /** Outside of a frame, the notebook's variables are seen. @throws InterpreterError with what the code threw */
  evaluate(text: string, frame?: Frame, isHover?: boolean): Promise<Runtime.RemoteObject>;
}

export interface FramesParts {
  readonly inspector: Inspector;
  readonly debuggee: DebuggeeCalls;
  readonly scripts: Scripts;
  readonly variables: Variables;
}

let nextId = 1; // a frame of an earlier stop is never taken for one of this

export function createFrames({ inspector, debuggee, scripts, variables }: FramesParts): Frames {
  async function evaluate(text: string, frame?: Frame, isHover = false): Promise<Runtime.RemoteObject> {
    const names = { value: namesIn(text) };
    if (frame === undefined) return debuggee.object("evaluate", OBJECT_GROUP, names, { value: text });
    const { callFrameId } = calledIn(frame);
    const expression = await debuggee.value("javaScript", { value: text });
    const careful = isHover ? { throwOnSideEffect: true, timeout: HOVER_MS } : {};
    const how = { objectGroup: OBJECT_GROUP, generatePreview: true, silent: true, ...careful };
    // Sent together: nothing comes between them in the session.
    const [, evaluated] = await Promise.all([
      debuggee.value("enter", names, ...(frame.script.isCell ? [] : [{ value: frame.script.path }])),
      inspector.call("Debugger.evaluateOnCallFrame", { callFrameId, expression, ...how }),
      debuggee.value("leave"),
    ]);
    return resultOf(evaluated);
  }

  async function properties(objectId: string | undefined, ownProperties = true): Promise<Properties> {
    if (objectId === undefined) return { result: [] };
    const how = { ownProperties, nonIndexedPropertiesOnly: false, generatePreview: ownProperties };
    return inspector.call("Runtime.getProperties", { objectId, ...how });
  }

  async function members(expression: string, frame?: Frame): Promise<readonly Runtime.PropertyDescriptor[]> {
    const object = await evaluate(expression, frame, true).catch(() => undefined);
    return (await properties(object?.objectId, false)).result;
  }

  /** Of several scopes the inner ones hide the outer. */
  function scopeContainer(frame: Frame, scopes: readonly Debugger.Scope[], isInnermost: boolean): Container {
    return {
      async list() {
        const found = await Promise.all(scopes.map(({ object }) => properties(object.objectId)));
        const seen = new Map(found.reverse().flatMap(({ result }) => result.map((one) => [one.name, one] as const)));
        const result = [...seen.values()].filter((one) => !isCompiled(one));
        const own = calledIn(frame).this;
        const self = isInnermost && own.type !== "undefined" ? [variables.variable("this", own, "this")] : [];
        return [
          ...self,
          ...result.map(({ name, value }) => variables.variable(name, value ?? { type: "undefined" }, name)),
        ];
      },
      async assign(name, value) {
        await debuggee.value("hold", asArgument(value));
        await evaluate(`${name} = ${DEBUGGEE_EXPRESSION}.held`, frame);
      },
    };
  }

  async function notebookVariables(): Promise<Container> {
    const { objectId } = await debuggee.object("variables", OBJECT_GROUP);
    return {
      async list() {
        const { result } = await properties(objectId);
        return result
          .filter(({ name }) => name !== "__proto__")
          .map(({ name, value }) => variables.variable(name, value ?? { type: "undefined" }, name));
      },
      async assign(name, value) {
        await debuggee.value("assign", { value: name }, asArgument(value));
      },
    };
  }

  async function running(callFrames: readonly Debugger.CallFrame[]): Promise<readonly Frame[]> {
    const found = await Promise.all(
      callFrames.map(async (callFrame) => ({ callFrame, script: await scripts.load(callFrame.location.scriptId) })),
    );
    return found.flatMap(({ callFrame, script }) => {
      if (script === undefined) return [];
      const isBody = callFrame.functionLocation?.lineNumber === 0; // of the cell, or of the file
      const name = nameOf(callFrame.functionName, script, isBody);
      return [{ id: nextId++, name, callFrame, script, place: script.placeOf(callFrame.location) }];
    });
  }

  async function waiting(): Promise<readonly Frame[]> {
    const places = await debuggee.value("waiting");
    const found = await Promise.all(places.map(async (place) => ({ place, script: await scripts.named(place.url) })));
    return found.flatMap(({ place: { functionName, url, lineNumber, columnNumber }, script }, i) => {
      if (script === undefined) return [];
      const place = script.placeOf({ scriptId: script.scriptId, lineNumber, columnNumber });
      const isBody = functionName === "" && i === places.findLastIndex((other) => other.url === url);
      return [{ id: nextId++, name: `async ${nameOf(functionName, script, isBody)}`, script, place }];
    });
  }

  return {
    evaluate,
    notebookVariables,
    members,
    async names(frame) {
      const scopes = (frame?.callFrame?.scopeChain ?? []).filter(({ type }) => !SHOWN_AS_GLOBAL.has(type));
      const isNotebooks = frame === undefined || frame.script.isCell;
      const notebook = isNotebooks ? [await debuggee.object("variables", OBJECT_GROUP)] : [];
      const inner = await Promise.all(
        [...scopes.map(({ object }) => object), ...notebook].map(({ objectId }) => properties(objectId)),
      );
      const own = inner.flatMap(({ result }) => result).filter((one) => !isCompiled(one));
      return [...own, ...(await members("globalThis"))];
    },
    of: async (callFrames) => [...(await running(callFrames)), ...(await waiting())],
    async scopes(frame) {
      const chain = (frame.callFrame?.scopeChain ?? []).filter(({ type }) => !SHOWN_AS_GLOBAL.has(type));
      const closures = chain.findIndex(({ type }) => type === "closure");
      const [locals, outer] = closures < 0 ? [chain, []] : [chain.slice(0, closures), chain.slice(closures)];
      const scope = (name: string, container: Container) => ({
        ...{ name, variablesReference: variables.add(container), expensive: false },
      });
      return [
        ...(frame.callFrame === undefined || isStaticBlock(frame)
          ? []
          : [{ ...scope("Locals", scopeContainer(frame, locals, true)), presentationHint: "locals" }]),
        ...(outer.length === 0 ? [] : [scope("Closure", scopeContainer(frame, outer, false))]),
        ...(frame.script.isCell ? [scope(NOTEBOOK, await notebookVariables())] : []),
      ];
    },
  };
}

/** As the front end is told of it. */
export function stackFrame({ id, name, callFrame, script, place }: Frame): DebugProtocol.StackFrame {
  return {
    ...{ id, name, line: place.line, column: place.column, source: sourceOf(script) },
    ...(callFrame === undefined && { presentationHint: "subtle" }),
  };
}

function nameOf(functionName: string, { label, isCell }: DebuggedScript, isBody: boolean): string {
  if (isBody) return label;
  const name = functionName === "" ? "(anonymous)" : functionName;
  return isCell ? `${name} (${label})` : name;
}

function isCompiled({ name, value }: Runtime.PropertyDescriptor): boolean {
  const members = value?.preview?.properties.map((one) => one.name).join();
  return COMPILED_NAME.test(name) || (/^env_\d+$/.test(name) && members === DISPOSED);
}

/** Also of static fields. V8 loses its variables once something is evaluated in it, and then ends the process. */
function isStaticBlock({ callFrame }: Frame): boolean {
  return callFrame?.functionName === STATIC_BLOCK;
}

/** @throws InterpreterError for a function that waits, and for a static block */
function calledIn(frame: Frame): Debugger.CallFrame {
  const { name, callFrame } = frame;
  if (isStaticBlock(frame))
    throw new InterpreterError(`V8 cannot look into ${name}: choose another frame, or step out`);
  if (callFrame !== undefined) return callFrame;
  throw new InterpreterError(`${name} waits, and V8 shows no variables of what waits: choose a frame that runs`);
}

export function sourceOf({ label, path, isCell }: DebuggedScript): DebugProtocol.Source {
  return { name: isCell ? label : basename(path), path };
}
