// A widget as cells have it: a typed state, events, and its place in the notebook. What its front end is, is its model's.
import { inspect } from "node:util";
import { readable } from "../shown-size.ts";
import { bytesOf } from "./buffers.ts";
import { reportError } from "./comms.ts";
import { openModel } from "./widget-model.ts";
import type { Widget } from "./widget-types.ts";

const VIEW_TYPE = "application/vnd.jupyter.widget-view+json";
const MAX_TEXT = 200;

export interface WidgetParts<State extends object> {
  readonly kind: string; // in its text: "slider"
  readonly needs: string; // what pip installs for a front end that does not show it
  readonly model: Readonly<Record<string, unknown>>; // fixed members of the front end's state
  readonly state: State;
  /** As the front end has a member, where that differs; @throws TypeError for a value that cannot be. */
  readonly encode?: (
    name: keyof State & string,
    value: unknown,
    state: Readonly<State>,
  ) => Readonly<Record<string, unknown>>;
  /** A member of the front end's state as it is here; undefined where it is none, or what came is none of its values. */
  readonly decode?: (
    name: string,
    value: unknown,
    state: Readonly<State>,
  ) => readonly [keyof State & string, unknown] | undefined;
  readonly custom?: (content: unknown) => void;
  readonly closed?: () => void;
}

export interface BuiltWidget<State extends object> extends Widget<State> {
  /** Changes members of the front end's state that the state here has not. */
  writeModel(changes: Readonly<Record<string, unknown>>): void;
  /** What the next event that fits brings; rejects when the widget is closed before. */
  next(event: string, fits?: (value: unknown) => boolean): Promise<unknown>;
}

type Handler = (...args: unknown[]) => void;

export function buildWidget<State extends object>(parts: WidgetParts<State>): BuiltWidget<State> {
  const { encode = (name, value) => ({ [name]: value }), decode = sameName } = parts;
  const values = { ...parts.state };
  const handlers = new Map<string, Set<Handler>>();
  const closing = new Set<() => void>();
  const names = Object.keys(values) as (keyof State & string)[]; // as: of its literal
  const initial = Object.assign({}, ...names.map((name) => encode(name, values[name], values)), parts.model);
  const model = openModel(initial, {
    changed(sent) {
      for (const [name, value] of Object.entries(sent)) {
        const decoded = decode(name, value, values);
        if (decoded !== undefined) change(decoded[0], likeBefore(decoded[1], values[decoded[0]]));
      }
    },
    custom(content, buffers) {
      parts.custom?.(content);
      emit("msg:custom", content, buffers);
    },
    closed() {
      parts.closed?.();
      handlers.clear();
      for (const close of [...closing]) close();
    },
  });

  function write(name: keyof State & string, value: unknown): void {
    if (model.isClosed) throw new Error(`this ${parts.kind} is closed: its ${name} is shown nowhere; make a new one`);
    if (isSame(values[name], value)) return;
    model.write(encode(name, value, values));
    change(name, value);
  }

  function change(name: keyof State & string, value: unknown): void {
    const before = values[name];
    values[name] = value as State[typeof name]; // as: of the state's types, or of the front end's, which decode() held to them
    if (!isSame(before, value)) emit(`change:${name}`, value, before);
  }

  function emit(event: string, ...args: unknown[]): void {
    for (const handler of [...(handlers.get(event) ?? [])]) {
      try {
        handler(...args);
      } catch (error) {
        reportError(error, `a handler of ${event}`);
      }
    }
  }

  function listen(event: string, handler: Handler): () => void {
    const known = /^change:(.*)$/s.exec(event);
    if (event !== "msg:custom" && !(known && Object.hasOwn(values, known[1] ?? "")))
      throw new TypeError(
        `no event ${event}; there are: msg:custom, ${names.map((own) => `change:${own}`).join(", ")}`,
      );
    const own = handlers.get(event) ?? new Set();
    handlers.set(event, own.add(handler));
    return () => void own.delete(handler);
  }

  function next(event: string, fits: (value: unknown) => boolean = () => true): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const stop = listen(event, (value) => {
        if (!fits(value)) return;
        over();
        resolve(value);
      });
      const over = () => {
        stop();
        closing.delete(closed);
      };
      const closed = () => {
        over();
        reject(new Error(`the ${parts.kind} was closed: there is no ${event} any more`));
      };
      if (model.isClosed) closed();
      else closing.add(closed);
    });
  }

  const text = () => {
    const shown = inspect(values, { depth: 2, breakLength: Number.POSITIVE_INFINITY });
    return `${parts.kind} ${shown.length > MAX_TEXT ? `${shown.slice(0, MAX_TEXT)}…` : shown}`;
  };
  const hint = `(to use it here, JupyterLab needs: pip install ${parts.needs}; then reload the page)`;

  return {
    state: new Proxy(values, {
      set(_, name, value) {
        if (typeof name !== "string" || !Object.hasOwn(values, name))
          throw new TypeError(`no ${String(name)} in the state of this ${parts.kind}; there are: ${names.join(", ")}`);
        write(name as keyof State & string, value); // as: it has it
        return true;
      },
      deleteProperty() {
        throw new TypeError(`what the state of a ${parts.kind} has stays; assign null`);
      },
      defineProperty() {
        throw new TypeError(`the state of a ${parts.kind} is assigned to`);
      },
    }),
    on: (event: string, handler: (...args: never[]) => void) => listen(event, handler as Handler), // as: the event says which
    next,
    changed: (name) => next(`change:${name}`) as Promise<State[typeof name]>, // as: change() says so
    send(content, buffers = []) {
      model.custom(
        content,
        buffers.map((buffer) => bytesOf(buffer) ?? new Uint8Array()),
      );
    },
    close: () => model.close(),
    writeModel: (changes) => model.write(changes),
    ...{
      [Symbol.for("Jupyter.display")]: () => ({
        [VIEW_TYPE]: { version_major: 2, version_minor: 0, model_id: model.id },
        "text/plain": readable(`${text()}\n${hint}`),
      }),
      [inspect.custom]: text,
    },
  };
}

/** A list that is assigned again may have other members. */
function isSame(before: unknown, value: unknown): boolean {
  return Object.is(before, value) && !(typeof value === "object" && value !== null);
}

function sameName<State extends object>(name: string, value: unknown, state: State) {
  return Object.hasOwn(state, name) ? ([name as keyof State & string, value] as const) : undefined; // as: it has it
}

/** Bytes of the browser's, as the kind of array that they were before. */
function likeBefore(value: unknown, before: unknown): unknown {
  if (!(value instanceof Uint8Array) || !ArrayBuffer.isView(before) || before instanceof DataView) return value;
  const Kind = before.constructor as { new (buffer: ArrayBufferLike): unknown; readonly BYTES_PER_ELEMENT?: number };
  const size = Kind.BYTES_PER_ELEMENT ?? 1;
  return Kind === Uint8Array || value.byteLength % size !== 0 ? value : new Kind(value.slice().buffer);
}
