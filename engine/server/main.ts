// The engine process: one model behind the OpenAI protocol, for all notebooks of a user. It leaves when nobody has
// asked for anything for a while. Started by connect-engine.ts; knows no secret but the token that it makes itself.
import { randomBytes } from "node:crypto";
import { EngineError } from "../errors.ts";
import type { LoadProgress, Precision } from "../language-model.ts";
import { openLanguageModel } from "../open.ts";
import { VERSION } from "../version.ts";
import { untilIdle } from "./idle.ts";
import {
  claimRuntimeFile,
  dropRuntimeFile,
  type EngineSettings,
  isAlive,
  readRuntimeFile,
  runtimeFile,
} from "./runtime-file.ts";
import { loadAnswers, startServer } from "./server.ts";

const LAST_ASKERS_MS = 5_000; // who has found the engine before it left its place may still ask, on a busy machine, too
const FAILURE_SHOWN_MS = 3_000; // how long /health tells why the model did not load, before the process ends

interface Options extends EngineSettings {
  readonly precision?: Precision;
  readonly idleMinutes: number;
  readonly prefixFolder: string;
  readonly tuningFolder: string;
}

const options = JSON.parse(process.argv[2] ?? "{}") as Options; // from connect-engine.ts
const file = await runtimeFile(options);
const token = randomBytes(32).toString("base64url");

let progress: LoadProgress | undefined;
const { promise: model, resolve, reject } = withResolvers<Awaited<ReturnType<typeof openLanguageModel>>>();
const server = await startServer({ model, name: options.name, token, progress: () => progress });

process.on("SIGTERM", () => void leave(0));
process.on("SIGINT", () => {}); // the terminal's Ctrl-C is meant for a notebook server beside us
if (!(await claim())) await leave(0);
process.send?.("listening");

try {
  const { path, precision, contextLength, adapter, loras, prefixFolder, tuningFolder } = options;
  const onProgress = (now: LoadProgress) => {
    progress = now;
    if (now.stage === "loading") void loadAnswers(); // threads or the adapter are at work
  };
  resolve(
    await openLanguageModel({
      path,
      prefixFolder,
      tuningFolder,
      onProgress,
      ...(precision && { precision }),
      ...(contextLength && { contextLength }),
      ...(adapter && { adapter }),
      ...(loras && { loras }),
    }),
  );
} catch (error) {
  console.error(error);
  reject(error);
  setTimeout(() => void leave(1), FAILURE_SHOWN_MS);
}

void model.then(
  async () => {
    await untilIdle(server.activity, options.idleMinutes * 60_000);
    await dropRuntimeFile(file, process.pid);
    await untilIdle(server.activity, LAST_ASKERS_MS);
    await leave(0);
  },
  () => {},
); // not loaded: told, and over

process.on("uncaughtException", (error) => fail(error));
process.on("unhandledRejection", (error) => fail(error));

/** A lost device cannot be had back in this process: the next request starts a new one. */
function fail(error: unknown): void {
  console.error(error);
  if (error instanceof EngineError && error.code === "aborted") return;
  void leave(1);
}

/** Whoever links the file first serves; a file whose process is gone is taken over. */
async function claim(): Promise<boolean> {
  for (;;) {
    if (await claimRuntimeFile(file, { pid: process.pid, url: server.url, token, version: VERSION })) return true;
    const other = await readRuntimeFile(file);
    if (other && other.version === VERSION && isAlive(other.pid)) return false;
    if (other) await dropRuntimeFile(file, other.pid);
  }
}

async function leave(code: number): Promise<never> {
  await dropRuntimeFile(file, process.pid);
  process.exit(code);
}

function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  promise.catch(() => {}); // the server tells it
  return { promise, resolve, reject };
}
