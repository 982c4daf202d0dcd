// The notebook's Python: a real ipykernel beside the TypeScript session, started when first used.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InterpreterError } from "../../errors.ts";
import { startLimit } from "../../start-limit.ts";
import { createConfinedOutput } from "../confinement/output/confined-output.ts";
import type { Room } from "../confinement/room.ts";
import { ownFolder } from "../own-processes.ts";
import type { CellError, CellOutcome, Completion, MimeBundle, SessionEvent } from "../session.ts";
import type { JupyterKernel } from "./jupyter-kernel.ts";
import { cellError, resultOf, toEvent } from "./kernel-messages.ts";

const HELPERS = readFileSync(new URL("helpers.py.txt", import.meta.url), "utf8");
const INTERRUPT_WITHIN_MS = 10_000; // C code that does not look for signals: then the process is ended
const IDENTIFIER = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;

/** What can be told of a Python that does not run. */
export interface InstalledPython {
  readonly version: string;
  readonly packages: readonly string[]; // of those that people analyse data with
}

export interface PythonAbout extends InstalledPython {
  readonly names: readonly string[]; // variables
}

/** A value on its way to TypeScript. */
export interface PythonValue {
  readonly format: "parquet" | "records" | "json";
  readonly path: string; // a file that is gone once `use` has ended
}

export interface PythonSession extends AsyncDisposable {
  /** Runs a cell; what it prints and shows arrives as events. Settles always. */
  execute(
    code: string,
    options: { cellId: string; signal?: AbortSignal | undefined; byModel?: boolean },
  ): Promise<CellOutcome>;
  /** What Python says of the code without running it; undefined where it compiles. */
  check(code: string): Promise<string | undefined>;
  /** Starts nothing. @throws where there is no Python, with what to do */
  about(): Promise<PythonAbout>;
  /** Makes a variable; a table becomes a pandas DataFrame where pandas is there. @param value safe for JSON */
  put(name: string, value: unknown, table?: { readonly dates: readonly string[] }): Promise<void>;
  /** @throws InterpreterError where there is no such variable, or it has no form in TypeScript */
  get<T>(name: string, use: (value: PythonValue) => Promise<T>): Promise<T>;
  complete(code: string, offset: number): Promise<Completion>;
  readonly isRunning: boolean;
  readonly isConfined: boolean;
  restart(): Promise<void>;
}

export interface PythonSessionOptions {
  /** Starts ipykernel, unless the signal comes. @throws where there is no Python, with what to do */
  readonly start: (signal: AbortSignal) => Promise<JupyterKernel>;
  /** What `start` would start. @throws as it does */
  readonly installed: () => Promise<InstalledPython>;
  readonly onEvent: (event: SessionEvent) => void;
  /** Where it is confined: values on their way are copied in and out. */
  readonly room?: () => Room | undefined;
}

export function createPythonSession({ start, installed, room, ...options }: PythonSessionOptions): PythonSession {
  const confined = createConfinedOutput(options.onEvent);
  const onEvent = (event: SessionEvent) => (isConfined() ? confined.event(event) : options.onEvent(event));
  let running: Promise<JupyterKernel> | undefined;
  let end = async () => {}; // of the one that runs, or starts
  let queue: Promise<unknown> = Promise.resolve();

  function kernel(): Promise<JupyterKernel> {
    running ??= startKernel();
    return running;
  }

  /** What does not answer, or not yet, can be ended all the same. */
  function startKernel(): Promise<JupyterKernel> {
    const stopped = new AbortController();
    const starting = start(stopped.signal);
    end = async () => {
      stopped.abort();
      await (await starting.catch(() => undefined))?.[Symbol.asyncDispose]();
    };
    const ready = starting.then(prepare);
    const forget = () => {
      if (running === ready) running = undefined; // and not the one that has taken its place
    };
    ready.then(({ ended }) => ended).catch(forget);
    return ready;
  }

  async function prepare(started: JupyterKernel): Promise<JupyterKernel> {
    await started.execute(room?.() ? `${HELPERS}\n_qwenlab.tables_as_data()` : HELPERS, {
      onMessage() {},
      silent: true,
    });
    return started;
  }

  async function stop(): Promise<void> {
    const endLatest = end;
    running = undefined;
    end = async () => {};
    await endLatest();
  }

  function queued<T>(task: () => Promise<T>): Promise<T> {
    const result = queue.then(task, task);
    queue = result.catch(() => {});
    return result;
  }

  /** Evaluates an expression of the helpers, which answers in JSON. */
  async function ask<T>(expression: string): Promise<T> {
    let printed = "";
    let failed: CellError | undefined;
    const code = `import json as _json; print(_json.dumps(${expression}))`;
    const started = await kernel();
    await started.execute(code, {
      silent: true,
      onMessage({ type, content }) {
        if (type === "stream" && content.name === "stdout") printed += String(content.text);
        if (type === "error") failed = cellError(content);
      },
    });
    if (failed) throw new InterpreterError(failed.evalue || failed.ename);
    return JSON.parse(printed) as T;
  }

  function isConfined(): boolean {
    return room?.() !== undefined;
  }

  async function run(
    code: string,
    { cellId, signal, byModel = false }: Parameters<PythonSession["execute"]>[1],
  ): Promise<CellOutcome> {
    const endStart = () => void stop();
    signal?.addEventListener("abort", endStart, { once: true });
    const started = await kernel().finally(() => signal?.removeEventListener("abort", endStart));
    signal?.throwIfAborted();
    const endCell = confined.begins(cellId, byModel);
    let result: { data: MimeBundle; metadata: Readonly<Record<string, unknown>> } | undefined;
    let error: CellError | undefined;
    let endLimit = () => {};
    const interrupt = () => {
      started.interrupt();
      endLimit = startLimit(INTERRUPT_WITHIN_MS, () => started.kill());
    };
    signal?.addEventListener("abort", interrupt, { once: true });
    try {
      const reply = await started.execute(code, {
        onMessage(message) {
          if (message.type === "execute_result") result = resultOf(message);
          else if (message.type === "error") error = cellError(message.content);
          else {
            const event = toEvent(message, cellId);
            if (event) onEvent(event);
          }
        },
        // Python is refused by no answer at all: "Frontend does not support input", a StdinNotImplementedError.
        ...(!(byModel && isConfined()) && {
          onInput: (prompt: string, password: boolean) =>
            new Promise<string | undefined>((answer) =>
              onEvent({ type: "input-request", cellId, prompt, password, answer }),
            ),
        }),
      });
      const outcome: CellOutcome =
        error || reply.status === "error"
          ? { status: "error", error: error ?? cellError(reply) }
          : { status: "ok", result };
      return isConfined() ? confined.outcome(outcome) : outcome;
    } catch (cause) {
      const evalue = `${cause instanceof Error ? cause.message : cause}; its variables are lost, the next cell starts it anew`;
      return { status: "error", error: { ename: "PythonEnded", evalue, traceback: [`PythonEnded: ${evalue}`] } };
    } finally {
      endCell();
      signal?.removeEventListener("abort", interrupt);
      endLimit();
    }
  }

  async function withFile<T>(use: (path: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(ownFolder(), "value-")); // mode 0700
    try {
      return await use(join(folder, "value"));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** A value is written to `path` for Python, or by it for us. */
  async function put(name: string, path: string): Promise<void> {
    const its = (await room?.()?.give(path)) ?? path;
    await ask(`_qwenlab.put(${literal(name)}, ${literal(its)})`);
  }

  async function get(name: string, path: string): Promise<PythonValue["format"]> {
    const own = room?.();
    if (!own) return ask(`_qwenlab.get(${literal(name)}, ${literal(path)})`);
    const its = `value-${randomUUID()}`;
    const format = await ask<PythonValue["format"]>(`_qwenlab.get(${literal(name)}, ${literal(own.pathOf(its))})`);
    await own.take(its, path);
    return format;
  }

  return {
    get isConfined() {
      return room?.() !== undefined;
    },
    get isRunning() {
      return running !== undefined;
    },
    execute: (code, options) => queued(() => run(code, options)),
    check: (code) => queued(async () => (await ask<string | null>(`_qwenlab.check(${literal(code)})`)) ?? undefined),
    async about() {
      const names = running ? await queued(() => ask<readonly string[]>("_qwenlab.names()")) : [];
      return { ...(await installed()), names };
    },
    put: (name, value, table) =>
      queued(() =>
        withFile(async (path) => {
          checkName(name);
          await writeFile(path, JSON.stringify({ table: table !== undefined, dates: table?.dates ?? [], value }));
          await kernel();
          await put(name, path);
        }),
      ),
    get: (name, use) =>
      queued(() =>
        withFile(async (path) => {
          checkName(name);
          await kernel();
          return use({ format: await get(name, path), path });
        }),
      ),
    async complete(code, offset) {
      if (!running) return { matches: [], types: [], start: offset, end: offset };
      const cursor = [...code.slice(0, offset)].length; // Jupyter counts code points
      const reply = await (await running).request("complete_request", { code, cursor_pos: cursor });
      const units = (points: unknown) => [...code].slice(0, Number(points)).join("").length;
      const matches = Array.isArray(reply.matches) ? reply.matches.map(String) : [];
      return { matches, types: matches.map(() => ""), start: units(reply.cursor_start), end: units(reply.cursor_end) };
    },
    restart: stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** What `get` wrote, for JSON formats. */
export async function readPythonJson({ path }: PythonValue): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}

function checkName(name: string): void {
  if (!IDENTIFIER.test(name)) throw new InterpreterError(`${name} is not a variable's name in Python`);
}

/** A Python string: JSON's escapes are Python's. */
function literal(text: string): string {
  return JSON.stringify(text);
}
