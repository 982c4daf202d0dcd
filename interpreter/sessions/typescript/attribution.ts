// Which cell does this code belong to? Follows promises and timers, so that what a cell prints late is still its own.
// Not AsyncLocalStorage: on Node 20 and 22 that switches async_hooks on, and then an interrupt (which ends JavaScript
// without unwinding) makes Node abort on a check of its own. v8's promise hooks have no such check.
import { promisify } from "node:util";
import { promiseHooks } from "node:v8";

const CELL = Symbol("qwenlab.cell");
type Tagged = { [CELL]?: string };

const BY_MODEL = "\u0000by the model"; // behind a cell's id: in it, code runs that the model wrote

let current: string | undefined;
let last = ""; // code that nobody can be found for (an event of a socket) counts for the latest cell
let suspended: (string | undefined)[] = [];

export function currentCell(): string {
  return plain(current ?? last);
}

/** Whether the model wrote what runs: it may do less than the cell that it runs in. */
export function isModelsCode(): boolean {
  return (current ?? last).endsWith(BY_MODEL);
}

/** What stands for code of a cell in asCell(). */
export function codeOf(cellId: string, byModel: boolean): string {
  return byModel ? cellId + BY_MODEL : cellId;
}

/** The code that is running, for asCellOf(); `undefined` where Node called what runs, as the events of a socket. */
export function runningCell(): string | undefined {
  return current;
}

export function cellOfPromise(promise: object): string {
  return plain((promise as Tagged)[CELL] ?? currentCell());
}

function plain(code: string): string {
  return code.endsWith(BY_MODEL) ? code.slice(0, -BY_MODEL.length) : code;
}

/** Runs `body` as part of a cell: what it starts belongs to that cell. */
export function asCell<T>(cellId: string, body: () => T): T {
  const before = current;
  current = cellId;
  last = cellId;
  try {
    return body();
  } finally {
    current = before;
  }
}

const thrownIn = new WeakMap<object, string>(); // by what was thrown

/** Runs `body`, that Node called, as part of a cell that has run. */
export function asCellOf<T>(cellId: string, body: () => T): T {
  const before = current;
  current = cellId;
  try {
    return body();
  } catch (error) {
    if (typeof error === "object" && error !== null) thrownIn.set(error, cellId);
    throw error;
  } finally {
    current = before;
  }
}

/** After an interrupt: code was ended that would have restored this. */
export function forgetSuspended(): void {
  suspended = [];
  current = undefined;
}

/** Takes the cell of an uncaught exception; the code that threw it did not come back. */
export function cellOfUncaught(thrown: unknown): string {
  const known = typeof thrown === "object" && thrown !== null ? thrownIn.get(thrown) : undefined;
  const cell = plain(known ?? currentCell());
  forgetSuspended();
  return cell;
}

export function followPromisesAndTimers(): void {
  promiseHooks.createHook({
    init(promise) {
      // Not enumerable: console.log of a promise would show it.
      if (current !== undefined) Object.defineProperty(promise, CELL, { value: current });
    },
    before(promise) {
      suspended.push(current);
      current = (promise as Tagged)[CELL];
    },
    after() {
      current = suspended.pop();
    },
  });
  const { setTimeout, setInterval, setImmediate, queueMicrotask } = globalThis;
  const { nextTick } = process;
  const timers = {
    setTimeout: bound(setTimeout),
    setInterval: bound(setInterval),
    setImmediate: bound(setImmediate),
    queueMicrotask: bound(queueMicrotask),
  };
  // promisify(setTimeout) must go on giving the promise kind.
  for (const name of ["setTimeout", "setImmediate"] as const) {
    const promised = Object.getOwnPropertyDescriptor(globalThis[name], promisify.custom);
    if (promised !== undefined) Object.defineProperty(timers[name], promisify.custom, promised);
  }
  Object.assign(globalThis, timers);
  process.nextTick = bound(nextTick);
}

/** `schedule`, whose callbacks run as part of the cell that scheduled them. */
function bound<Schedule extends (...args: never[]) => unknown>(schedule: Schedule): Schedule {
  const wrapped = (callback: unknown, ...args: unknown[]) => {
    const own = typeof callback === "function" ? ofRunningCell(callback as Callback) : callback;
    return Reflect.apply(schedule as unknown as Callback, undefined, [own, ...args]);
  };
  return Object.defineProperty(wrapped, "name", { value: schedule.name }) as unknown as Schedule;
}

type Callback = (this: unknown, ...values: unknown[]) => unknown;

/** `callback`, which Node will call, as part of the cell that runs now. */
export function ofRunningCell(callback: Callback): Callback {
  const cell = current;
  if (cell === undefined) return callback;
  // No `finally`: when the callback throws, cellOfUncaught() must still find the cell.
  return function (...values) {
    const before = current;
    current = cell;
    const value = Reflect.apply(callback, this, values);
    current = before;
    return value;
  };
}
