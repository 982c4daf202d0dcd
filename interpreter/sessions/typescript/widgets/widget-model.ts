// One widget as the front end's manager knows it: a state on both sides of a comm. Messages are those of ipywidgets'
// protocol, version 2: https://github.com/jupyter-widgets/ipywidgets/blob/main/packages/schema/messages.md
import type { CommMessage } from "../../session.ts";
import { putBuffers, splitBuffers } from "./buffers.ts";
import { type Comm, listenForComms, openComm } from "./comms.ts";

const TARGET = "jupyter.widget";
const CONTROL_TARGET = "jupyter.widget.control";
const PROTOCOL_VERSION = "2.1.0";
const SEND_EVERY_MS = 30; // a loop that writes is seen to move, and does not flood the browser
/** Whether a front end is told that what it sent has arrived; with several of them they stay the same. */
const echoes = !/^(0|0\.0|false|f|no|n|off)$/i.test(process.env.JUPYTER_WIDGETS_ECHO ?? "");

type State = Record<string, unknown>;

export interface ModelListener {
  /** The front end changed these. */
  changed(state: Readonly<State>): void;
  custom(content: unknown, buffers: readonly Uint8Array[]): void;
  /** The front end closed it. */
  closed(): void;
}

export interface WidgetModel {
  readonly id: string;
  readonly isClosed: boolean;
  /** Sends what changed: at once, or, a moment after the last, together. @throws TypeError for what has no form */
  write(changes: Readonly<State>): void;
  custom(content: unknown, buffers: readonly Uint8Array[]): void;
  close(): void;
}

const models = new Map<string, Readonly<State>>(); // all that are open, for a front end that comes later
listenForComms(CONTROL_TARGET, (comm) => ({ message: ({ data }) => control(comm, data) }));

/** @param initial its state; names that begin with _ are not the front end's to change */
export function openModel(initial: Readonly<State>, listener: ModelListener): WidgetModel {
  const state: State = { ...initial };
  const unsent = new Set<string>();
  let sentAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const { buffers, ...data } = splitBuffers(state);
  const comm = openComm(
    TARGET,
    { data, metadata: { version: PROTOCOL_VERSION }, buffers },
    { message: take, close: closed },
  );
  models.set(comm.id, state);

  function take({ data, buffers }: CommMessage): void {
    const bytes = buffers.map((text) => new Uint8Array(Buffer.from(text, "base64")));
    if (data.method === "update") update(data, bytes);
    else if (data.method === "request_state") sendState("update", state);
    else if (data.method === "custom") listener.custom(data.content, bytes);
  }

  function update({ state: sent, buffer_paths }: Readonly<State>, buffers: readonly Uint8Array[]): void {
    if (typeof sent !== "object" || sent === null) return;
    const given = sent as State; // as: of JSON
    putBuffers(given, buffer_paths, buffers);
    const own = Object.entries(given).filter(([name]) => !name.startsWith("_") && Object.hasOwn(state, name));
    if (own.length === 0) return;
    const changes = Object.fromEntries(own);
    if (echoes) sendState("echo_update", changes);
    for (const name of Object.keys(changes)) unsent.delete(name); // the front end's is the newer one
    Object.assign(state, changes);
    listener.changed(changes);
  }

  function sendState(method: "update" | "echo_update", part: Readonly<State>): void {
    const { buffers, ...split } = splitBuffers(part);
    comm.send({ data: { method, ...split }, buffers });
  }

  function sendUnsent(): void {
    clearTimeout(timer);
    timer = undefined;
    if (unsent.size === 0) return;
    sentAt = performance.now();
    const part = Object.fromEntries([...unsent].map((name) => [name, state[name]]));
    unsent.clear();
    sendState("update", part);
  }

  function closed(): void {
    clearTimeout(timer);
    models.delete(comm.id);
    listener.closed();
  }

  return {
    id: comm.id,
    get isClosed() {
      return !models.has(comm.id);
    },
    write(changes) {
      splitBuffers(changes); // throws before anything has changed
      Object.assign(state, changes);
      for (const name of Object.keys(changes)) unsent.add(name);
      if (performance.now() - sentAt >= SEND_EVERY_MS) sendUnsent();
      else timer ??= setTimeout(sendUnsent, SEND_EVERY_MS);
    },
    custom(content, buffers) {
      sendUnsent();
      comm.send({ data: { method: "custom", content: splitBuffers({ content }).state.content ?? null }, buffers });
    },
    close() {
      sendUnsent();
      comm.close();
      closed();
    },
  };
}

/** What a front end asks that opens a notebook whose widgets are there already. */
function control(comm: Comm, { method }: Readonly<State>): void {
  if (method !== "request_states") return;
  const states = Object.fromEntries([...models].map(([id, state]) => [id, described(state)]));
  const { state, buffers, buffer_paths } = splitBuffers(states);
  comm.send({ data: { method: "update_states", states: state, buffer_paths }, buffers });
}

function described(state: Readonly<State>): State {
  return {
    model_name: state._model_name,
    model_module: state._model_module,
    model_module_version: state._model_module_version,
    state,
  };
}
