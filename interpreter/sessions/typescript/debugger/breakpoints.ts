// The breakpoints that the front end asked for, by path. They outlive a session: a script of the path gets them when it
// is about to run.
import type { DebugProtocol } from "@vscode/debugprotocol";
import { DEBUGGEE_EXPRESSION } from "./debuggee-calls.ts";
import { namesIn } from "./expression-names.ts";
import { type BreakpointCheck, parseHitCondition } from "./hit-condition.ts";
import type { Inspector } from "./inspector.ts";
import type { DebuggedScript } from "./scripts.ts";

interface Breakpoint {
  readonly id: number;
  readonly asked: DebugProtocol.SourceBreakpoint;
  readonly set: { readonly scriptId: string; readonly breakpointId: string }[];
  line: number; // where it is: a line without code leads to the next that has some
  isVerified: boolean;
  message: string | undefined; // why it is not
}

export interface Breakpoints {
  /** Takes the place of those that the path had. @returns those to be removed from the session */
  replace(path: string, asked: readonly DebugProtocol.SourceBreakpoint[]): readonly string[];
  /** Sets those of the script's path. @returns those that are verified by it */
  bind(script: DebuggedScript, inspector: Inspector): Promise<readonly DebugProtocol.Breakpoint[]>;
  of(path: string): readonly DebugProtocol.Breakpoint[];
  /** As the front end asked for them. */
  all(): readonly { readonly source: string; readonly breakpoints: readonly DebugProtocol.SourceBreakpoint[] }[];
  /** The ids of what has been hit, by the inspector's names. */
  hit(breakpointIds: readonly string[]): readonly number[];
  clear(): void;
}

export function createBreakpoints(): Breakpoints {
  const byPath = new Map<string, readonly Breakpoint[]>();
  let nextId = 1;

  async function bindOne(breakpoint: Breakpoint, script: DebuggedScript, inspector: Inspector): Promise<boolean> {
    const { line, column = 0 } = breakpoint.asked;
    const places = await script.stoppingPlaces();
    const found = places.find(({ place }) => place.line > line || (place.line === line && place.column >= column));
    if (found === undefined) {
      breakpoint.message = `there is no code on line ${line} or below`;
      return false;
    }
    const wanted = { location: found.location, ...conditionOf(breakpoint, script) };
    const set = await inspector.call("Debugger.setBreakpoint", wanted).catch((error: Error) => error);
    if (set instanceof Error) {
      breakpoint.message = set.message; // another one leads to the same place
      return false;
    }
    breakpoint.set.push({ scriptId: script.scriptId, breakpointId: set.breakpointId });
    breakpoint.line = found.place.line;
    breakpoint.isVerified = true;
    breakpoint.message = undefined;
    return true;
  }

  return {
    replace(path, asked) {
      const before = byPath.get(path) ?? [];
      byPath.set(
        path,
        asked.map((one) => ({
          ...{ id: nextId++, asked: one, set: [], line: one.line, isVerified: false },
          message: "it is set when its code runs",
        })),
      );
      if (asked.length === 0) byPath.delete(path);
      return before.flatMap(({ set }) => set.map(({ breakpointId }) => breakpointId));
    },
    async bind(script, inspector) {
      const verified: DebugProtocol.Breakpoint[] = [];
      for (const breakpoint of byPath.get(script.path) ?? []) {
        if (breakpoint.set.some(({ scriptId }) => scriptId === script.scriptId)) continue;
        const isNew = !breakpoint.isVerified;
        if ((await bindOne(breakpoint, script, inspector)) && isNew) verified.push(told(breakpoint));
      }
      return verified;
    },
    of: (path) => (byPath.get(path) ?? []).map(told),
    all: () =>
      [...byPath].map(([source, breakpoints]) => ({
        source,
        breakpoints: breakpoints.map(({ asked, line }) => ({ ...asked, line })),
      })),
    hit: (breakpointIds) =>
      [...byPath.values()]
        .flat()
        .filter(({ set }) => set.some(({ breakpointId }) => breakpointIds.includes(breakpointId)))
        .map(({ id }) => id),
    clear: () => byPath.clear(),
  };
}

function told({ id, line, isVerified, message }: Breakpoint): DebugProtocol.Breakpoint {
  return { id, line, verified: isVerified, ...(message !== undefined && { message }) };
}

/** @throws SyntaxError for a hit condition that is none */
export function checkHitCondition({ hitCondition }: DebugProtocol.SourceBreakpoint): void {
  if (hitCondition !== undefined && parseHitCondition(hitCondition) === undefined)
    throw new SyntaxError(`"${hitCondition}" is no hit condition: write a number, or one behind ==, >, >=, <, <= or %`);
}

/** Evaluated by V8 in the frame, where the functions see its variables. */
function conditionOf({ id, asked }: Breakpoint, { isCell, path }: DebuggedScript): { condition?: string } {
  const { condition, hitCondition, logMessage } = asked;
  if (condition === undefined && hitCondition === undefined && logMessage === undefined) return {};
  const parsed = hitCondition === undefined ? undefined : parseHitCondition(hitCondition);
  const names = namesIn(`${condition ?? ""} ${logMessage ?? ""}`);
  const check: BreakpointCheck = {
    ...{ id, names, ...(isCell ? {} : { file: path }) },
    ...(parsed && { hitCondition: parsed }),
  };
  const body = condition === undefined ? "undefined" : `() => (${condition}\n)`;
  const message = logMessage === undefined ? "undefined" : `() => ${templateOf(logMessage)}`;
  return { condition: `${DEBUGGEE_EXPRESSION}.stopsAt(${JSON.stringify(check)}, ${body}, ${message})` };
}

/** "x is {x}", as a template literal of JavaScript. */
function templateOf(logMessage: string): string {
  const parts = logMessage.split(/\{([^{}]*)\}/); // text and expressions, in turn
  const texts = parts.map((part, i) => (i % 2 === 0 ? part.replace(/[`\\$]/g, "\\$&") : `\${${part}}`));
  return `\`${texts.join("")}\``;
}
