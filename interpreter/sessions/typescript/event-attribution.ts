// Events that Node calls (a server's requests, a child's output, a worker's messages) belong to the cell that made what
// they happen to, not to the one that happens to run.
import { EventEmitter } from "node:events";
import { asCellOf, runningCell } from "./attribution.ts";

export function followEvents(): void {
  followEmitters();
  followEventTargets();
}

function followEmitters(): void {
  const cells = new WeakMap<EventEmitter, string>();
  const emitters = EventEmitter as unknown as { init(this: EventEmitter, ...options: unknown[]): void }; // not typed
  const { init } = emitters;
  const { emit } = EventEmitter.prototype;

  emitters.init = function (...options) {
    const cell = runningCell();
    if (cell !== undefined) cells.set(this, cell);
    return Reflect.apply(init, this, options);
  };
  EventEmitter.prototype.emit = function (...event: Parameters<typeof emit>) {
    const cell = runningCell() === undefined ? cells.get(this) : undefined;
    const emitted = () => Reflect.apply(emit, this, event);
    return cell === undefined ? emitted() : asCellOf(cell, emitted);
  };
}

type Listener = Parameters<EventTarget["addEventListener"]>[1];

/** The listeners are wrapped: an EventTarget calls them itself. */
function followEventTargets(): void {
  const wrappers = new WeakMap<object, Map<string, (event: Event) => unknown>>(); // of a listener, by cell
  const { addEventListener, removeEventListener } = EventTarget.prototype;

  function wrapped(listener: NonNullable<Listener>, cell: string) {
    const known = wrappers.get(listener) ?? new Map<string, (event: Event) => unknown>();
    wrappers.set(listener, known);
    const before = known.get(cell);
    if (before !== undefined) return before;
    const own = function (this: unknown, event: Event) {
      const listened = () =>
        typeof listener === "function" ? Reflect.apply(listener, this, [event]) : listener.handleEvent(event);
      return runningCell() === undefined ? asCellOf(cell, listened) : listened();
    };
    known.set(cell, own);
    return own;
  }

  EventTarget.prototype.addEventListener = function (type, listener, options) {
    const cell = runningCell();
    const isCallable = typeof listener === "function" || (typeof listener === "object" && listener !== null);
    const own = cell !== undefined && isCallable ? wrapped(listener, cell) : listener;
    return Reflect.apply(addEventListener, this, [type, own, options]);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    const isObject = typeof listener === "function" || (typeof listener === "object" && listener !== null);
    for (const own of isObject ? (wrappers.get(listener)?.values() ?? []) : [])
      Reflect.apply(removeEventListener, this, [type, own, options]);
    return Reflect.apply(removeEventListener, this, [type, listener, options]);
  };
}
