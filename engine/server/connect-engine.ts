import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { nameWithLoras } from "../chat/model-name.ts";
import { driverEnvironment } from "../device.ts";
import { EngineError, type EngineErrorCode } from "../errors.ts";
import type { LoadProgress, Precision } from "../language-model.ts";
import { VERSION } from "../version.ts";
import { modelFile } from "../weights/installed-models.ts";
import { type LoraSpec, loraName } from "../weights/lora-file.ts";
import {
  dropRuntimeFile,
  type EngineSettings,
  isAlive,
  type RunningEngine,
  readRuntimeFile,
  runtimeFile,
} from "./runtime-file.ts";

const DEFAULT_IDLE_MINUTES = 30;
const HEALTH_TIMEOUT_MS = 10_000; // of one question; then it is asked again
const SILENT_MS = 60_000; // a software adapter that compiles shaders keeps all cores busy, and others may have them
const HEALTH_INTERVAL_MS = 50; // a question takes both processes a millisecond, and who waits for the model waits half of this in vain
const ATTEMPTS = 3; // an engine may leave between being found and being asked

// What the engine needs of the environment; secrets are not among it.
const PASSED_ON =
  /^(PATH|HOME|USER|LANG|LC_.*|TMPDIR|TEMP|TMP|SystemRoot|XDG_.*|VK_.*|LD_LIBRARY_PATH|MESA_.*|LP_.*|DISPLAY|WAYLAND_DISPLAY|QWENLAB_CACHE_DIR)$/;

export interface ConnectEngineOptions {
  readonly model: string; // catalogue name, or path
  readonly cacheDir: string;
  readonly precision?: Precision;
  readonly contextLength?: number; // tokens
  readonly adapter?: string;
  readonly loras?: readonly LoraSpec[]; // adapters, all of which count; paths are absolute
  readonly idleMinutes?: number; // after which the engine leaves
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
}

/** What an OpenAI client needs. */
export interface EngineAddress {
  readonly baseURL: string;
  readonly apiKey: string;
  readonly model: string;
}

/**
 * The user's engine process for this model: the one that runs, or a new one. Resolves when it can answer.
 *
 * @throws EngineError as openLanguageModel, or `engine-unavailable` with the log's path
 */
export async function connectEngine(options: ConnectEngineOptions): Promise<EngineAddress> {
  const { settings, file } = await placeOf(options);
  const name = nameWithLoras(
    options.model,
    (options.loras ?? []).map((lora) => loraName(lora.path)),
  );
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const engine = await runningEngine(file);
    if (engine && (await untilReady(engine, options))) {
      return { baseURL: engine.url, apiKey: engine.token, model: name };
    }
    if (engine) await dropRuntimeFile(file, engine.pid);
    options.signal?.throwIfAborted();
    await startOnce(file, settings, options);
  }
  throw unavailable("it ends again and again", options.cacheDir);
}

/**
 * Starts that process, where none runs, for who is about to connect. Resolves when it is started.
 * @throws EngineError for a model that is not on this machine
 */
export async function startEngine(options: ConnectEngineOptions): Promise<void> {
  const { settings, file } = await placeOf(options);
  if (await runningEngine(file)) return;
  startOnce(file, settings, options).catch(() => {}); // told to who connects
}

async function placeOf({ model, cacheDir, precision, contextLength, adapter, loras = [] }: ConnectEngineOptions) {
  const path = await modelFile(model, { cacheDir });
  const own = loras.length > 0 ? { loras } : {};
  const settings: EngineSettings = { path, name: model, precision, contextLength, adapter, ...own };
  return { settings, file: await runtimeFile(settings) };
}

/** One of this version. What another one, or a dead one, has left is removed. */
async function runningEngine(file: string): Promise<RunningEngine | undefined> {
  const engine = await readRuntimeFile(file);
  if (!engine || (engine.version === VERSION && isAlive(engine.pid))) return engine;
  await dropRuntimeFile(file, engine.pid);
  return undefined;
}

/** `false` if it is gone. */
async function untilReady(
  { url, pid, token }: RunningEngine,
  { onProgress, signal, cacheDir }: ConnectEngineOptions,
): Promise<boolean> {
  const health = new URL("/health", url);
  const headers = { authorization: `Bearer ${token}` };
  let heard = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const answer = await fetch(health, { headers, signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) }).catch(
      () => undefined,
    );
    if (answer?.status === 200) return true;
    if (!answer) {
      if (!isAlive(pid)) return false;
      // One that was killed closes its sockets at once and is gone when its memory is freed.
      if (performance.now() - heard > SILENT_MS) {
        throw unavailable(`its process ${pid} does not answer`, cacheDir);
      }
      await sleep(HEALTH_INTERVAL_MS);
      continue;
    }
    heard = performance.now();
    const { progress, error } = (await answer.json()) as {
      progress?: LoadProgress;
      error?: { code: EngineErrorCode; message: string };
    };
    if (error) throw new EngineError(error.code, error.message);
    if (progress) onProgress?.(progress);
    await sleep(HEALTH_INTERVAL_MS);
  }
}

const starting = new Map<string, Promise<void>>(); // by their runtime files

/** Who asks for an engine that is being started waits for that one: a second process would only find the first, and leave. */
function startOnce(file: string, settings: EngineSettings, options: ConnectEngineOptions): Promise<void> {
  const begun = starting.get(file) ?? startProcess(settings, options).finally(() => starting.delete(file));
  starting.set(file, begun);
  return begun;
}

/** Resolves when the process listens, or has found that another one does. */
async function startProcess(
  settings: EngineSettings,
  { cacheDir, idleMinutes = DEFAULT_IDLE_MINUTES }: ConnectEngineOptions,
): Promise<void> {
  mkdirSync(cacheDir, { recursive: true });
  const log = openSync(logFile(cacheDir), "w", 0o600);
  const entry = createRequire(import.meta.url).resolve("#dist/engine/server/main.js");
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name)));
  const engineOptions = {
    ...settings,
    idleMinutes,
    prefixFolder: join(cacheDir, "prefixes"),
    tuningFolder: join(cacheDir, "tuning"),
  };
  const child = spawn(process.execPath, [entry, JSON.stringify(engineOptions)], {
    detached: true, // outlives the notebook that started it
    stdio: ["ignore", log, log, "ipc"],
    env: { ...env, ...driverEnvironment(cacheDir) },
  });
  closeSync(log);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("message", () => resolve(0));
    child.once("exit", resolve);
    child.once("error", reject);
  });
  if (child.connected) child.disconnect();
  child.unref();
  if (code !== 0) throw unavailable(`it ended with ${code ?? "a signal"} as it started`, cacheDir);
}

function unavailable(problem: string, cacheDir: string): EngineError {
  return new EngineError(
    "engine-unavailable",
    `The engine process cannot be used: ${problem}. Its log: ${logFile(cacheDir)}`,
  );
}

function logFile(cacheDir: string): string {
  return join(cacheDir, "engine.log");
}
