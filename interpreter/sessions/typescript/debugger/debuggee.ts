// The session's side of the debugger. The bridge finds it by a symbol and calls it through the inspector, which is
// answered while the process stands still, too. Its methods are named as strings there: see debuggee-calls.ts.
import { send } from "../frames-out.ts";
import type { Variable } from "../notebook-variables.ts";
import type { RichResult } from "../rich-result.ts";
import { readable } from "../shown-size.ts";
import { rememberedImport, rememberedScript, rememberedScripts, type Script } from "../stack-trace.ts";
import { setDebugged } from "./debugged.ts";
import type { BreakpointCheck } from "./hit-condition.ts";
import { meetsHitCondition } from "./hit-condition.ts";
import { asJavaScript } from "./typed-code.ts";
import { type WaitingPlace, waitingPlaces } from "./waiting-places.ts";

/** Key of Symbol.for(), on globalThis. */
export const DEBUGGEE = "qwenlab.debuggee";

export interface Debuggee {
  setDebugged(isAttached: boolean): void;
  scripts(): readonly string[]; // file names
  script(fileName: string): Script | undefined;
  waiting(): readonly WaitingPlace[]; // for the code that stands still
  /** Of the notebook, by name, as they are now. */
  variables(): Record<string, unknown>;
  assign(name: string, value: unknown): void;
  /** Keeps a value for the next expression, which finds it as `held`. */
  hold(value: unknown): void;
  readonly held: unknown;
  /** Declares it, as a cell would. */
  declare(name: string, value: unknown): void;
  show(value: unknown): RichResult | undefined;
  /**
   * Until leave(), these names are found where no variable of the frame has them: the notebook's variables, or what a file
   * of the folder imports.
   */
  enter(names: readonly string[], file?: string): void;
  leave(): void;
  /** As the inspector evaluates it. @throws SyntaxError */
  javaScript(text: string): string;
  /** Outside of all frames. */
  evaluate(names: readonly string[], text: string): unknown;
  /** The condition of a breakpoint, as the inspector evaluates it: whether to stop. */
  stopsAt(check: BreakpointCheck, condition?: () => unknown, logMessage?: () => string): boolean;
}

export interface DebuggeeParts {
  readonly variables: Record<string, unknown>;
  readonly variable: (name: string) => Variable;
  readonly show: (value: unknown) => RichResult | undefined;
}

export function installDebuggee({ variables, variable, show }: DebuggeeParts): void {
  let held: unknown;
  const hits = new Map<number, number>(); // by the breakpoint's id
  const hidden: (readonly [name: string, before: PropertyDescriptor | undefined])[][] = [];

  function accessorOf(name: string, file: string | undefined): PropertyDescriptor | undefined {
    if (file === undefined) return name in variables ? { get: variable(name).get, set: variable(name).set } : undefined;
    const get = rememberedImport(file, name);
    return get && { get };
  }

  function enter(names: readonly string[], file?: string): void {
    const hides: (typeof hidden)[number] = [];
    hidden.push(hides);
    for (const name of new Set(names)) {
      const before = Object.getOwnPropertyDescriptor(globalThis, name);
      const accessor = accessorOf(name, file);
      if (accessor === undefined || before?.configurable === false) continue;
      Object.defineProperty(globalThis, name, { ...accessor, configurable: true });
      hides.push([name, before]);
    }
  }

  function leave(): void {
    for (const [name, before] of hidden.pop() ?? []) {
      if (before === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, before);
    }
  }

  function within<T>(names: readonly string[], body: () => T, file?: string): T {
    enter(names, file);
    try {
      return body();
    } finally {
      leave();
    }
  }

  function stops({ id, names, file, hitCondition }: BreakpointCheck, condition?: () => unknown): boolean {
    if (condition !== undefined && !within(names, condition, file)) return false;
    const count = (hits.get(id) ?? 0) + 1;
    hits.set(id, count);
    return hitCondition === undefined || meetsHitCondition(hitCondition, count);
  }

  const debuggee: Debuggee = {
    setDebugged,
    scripts: rememberedScripts,
    script: rememberedScript,
    waiting: waitingPlaces,
    variables: () => ({ ...variables }),
    assign: (name, value) => variable(name).set(value),
    hold(value) {
      held = value;
    },
    get held() {
      const value = held;
      held = undefined;
      return value;
    },
    declare(name, value) {
      variables[name] = value;
    },
    show,
    enter,
    leave,
    javaScript: asJavaScript,
    // biome-ignore lint/security/noGlobalEval: it is what the user asks for
    evaluate: (names, text) => within(names, () => globalThis.eval(asJavaScript(text))),
    stopsAt(check, condition, logMessage) {
      try {
        if (!stops(check, condition)) return false;
        if (logMessage === undefined) return true;
        tell("console", within(check.names, logMessage, check.file));
        return false;
      } catch (error) {
        tell("stderr", `A breakpoint's condition or message failed, so it stops: ${error}`);
        return true;
      }
    },
  };
  const value = Object.freeze(debuggee);
  Object.defineProperty(globalThis, Symbol.for(DEBUGGEE), { value }); // neither listed nor changed by a cell
}

function tell(category: "console" | "stderr", output: string): void {
  send({ type: "debug-output", category, output: readable(`${output}\n`) });
}
