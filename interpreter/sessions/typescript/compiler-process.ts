// A process that a compiler runs in: started from a snapshot of one that is warm, where there is one (compiler-snapshot.ts),
// in half a second; else from its program, which reads TypeScript and its libraries first.
import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { diesWithParent, marked, newMark } from "../own-processes.ts";
import { type CompilerReply, type CompilerRequest, type CompilerStart, STARTED } from "./compiler-messages.ts";
import { COMPILER_FLAGS, freshSnapshot, programOf, systemsOwn } from "./compiler-snapshot.ts";

export interface CompilerProcess {
  post(request: CompilerRequest): void;
  /** Whether it keeps this process alive. */
  holds(isHeld: boolean): void;
  end(): void;
}

export interface CompilerProcessOptions extends CompilerStart {
  readonly heapMegabytes?: number | undefined;
  readonly snapshot: string | undefined; // a path
  readonly onReply: (reply: CompilerReply) => void;
  /** Not after end(). */
  readonly onEnd: (reason: string) => void;
}

const OUT_OF_MEMORY: readonly unknown[] = ["SIGABRT", 134]; // how V8 ends a process
const TOO_LARGE = "its memory did not suffice (is the code generated?)";

/** glibc would keep what V8's own compiler has freed, 25 MB after some hundred cells: it is given back from 128 kB on. */
const ALLOCATION = { MALLOC_TRIM_THRESHOLD_: "131072" };

/** Started before anybody asked for it: see startCompilerAhead(). */
let ahead: { readonly child: ChildProcess; readonly cwd: string; readonly snapshot: string } | undefined;

/**
 * Starts the process of the first compiler that there will be, if it is one of ours in this folder: so it gets ready while
 * the rest of the program is loaded.
 */
export function startCompilerAhead(cwd: string): void {
  const snapshot = freshSnapshot();
  if (snapshot === undefined || ahead !== undefined) return;
  const child = spawnCompiler(snapshotFlags(snapshot), { cwd, name: "own", remembered: [] });
  child.on("error", () => {}); // whoever would take it starts another one
  child.unref();
  child.channel?.unref();
  ahead = { child, cwd, snapshot };
}

/** What it has said by now is told to the first listener; that it has ended is not. */
function takeAhead({ cwd, name, remembered, snapshot }: CompilerProcessOptions): ChildProcess | undefined {
  const taken = ahead;
  ahead = undefined;
  if (taken === undefined) return undefined;
  const isSame = taken.cwd === cwd && taken.snapshot === snapshot && name === "own" && remembered.length === 0;
  if (isSame && taken.child.connected) return taken.child;
  taken.child.kill("SIGKILL");
  return undefined;
}

export function startCompilerProcess(options: CompilerProcessOptions): CompilerProcess {
  const { cwd, name, remembered, heapMegabytes, snapshot, onReply, onEnd } = options;
  const posted: CompilerRequest[] = []; // until it has started: a snapshot may turn out to be none that Node takes
  let isHeld = false;
  let hasStarted = false;
  let hasEnded = false;
  const flags = snapshot === undefined ? programFlags(heapMegabytes) : snapshotFlags(snapshot);
  let child = listenTo(takeAhead(options) ?? start(flags));

  function start(args: readonly string[]): ChildProcess {
    return spawnCompiler(args, { cwd, name, remembered });
  }

  function listenTo(started: ChildProcess): ChildProcess {
    started.on("message", (message: CompilerReply | typeof STARTED) => {
      if (started !== child || hasEnded) return;
      if (message !== STARTED) return onReply(message);
      hasStarted = true;
    });
    started.on("error", (error) => ended(started, error.message));
    started.on("exit", (code, signal) => {
      if (snapshot !== undefined && !hasStarted && started === child && !hasEnded) startFromProgram();
      else ended(started, [code, signal].some((sign) => OUT_OF_MEMORY.includes(sign)) ? TOO_LARGE : "it ended");
    });
    return started;
  }

  function startFromProgram(): void {
    hasStarted = true; // there is no other way
    child = listenTo(start(programFlags(heapMegabytes)));
    for (const request of posted) tell(child, request);
    hold();
  }

  function ended(which: ChildProcess, reason: string): void {
    if (which !== child || hasEnded) return;
    hasEnded = true;
    onEnd(reason);
  }

  function hold(): void {
    const how = isHeld ? "ref" : "unref";
    child[how]();
    child.channel?.[how]();
  }

  hold();
  return {
    post(request) {
      if (!hasStarted) posted.push(request);
      tell(child, request);
    },
    holds(value) {
      isHeld = value;
      hold();
    },
    end() {
      hasEnded = true;
      child.kill("SIGKILL");
    },
  };
}

function spawnCompiler(args: readonly string[], first: CompilerStart): ChildProcess {
  const command = diesWithParent({ program: process.execPath, args: [...COMPILER_FLAGS, helperFlag(), ...args] });
  const child = spawn(command.program, command.args, {
    env: marked({ ...systemsOwn(), ...ALLOCATION }, newMark()),
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    serialization: "advanced",
  });
  tell(child, first);
  return child;
}

function snapshotFlags(snapshot: string): readonly string[] {
  return ["--snapshot-blob", snapshot];
}

/** As many helpers as there are other cores: V8's compilers of hot code would else take the time of what they compile. */
function helperFlag(): string {
  return `--v8-pool-size=${Math.max(1, Math.min(4, availableParallelism() - 1))}`; // four are Node's default
}

function programFlags(heapMegabytes: number | undefined): readonly string[] {
  const limit = heapMegabytes === undefined ? [] : [`--max-old-space-size=${heapMegabytes}`]; // the last one holds
  return [...limit, programOf("compiler-child.js")];
}

/** What is posted to a process that has just ended is lost: its end is told. */
function tell(child: ChildProcess, message: object): void {
  if (child.connected) child.send(message, () => {});
}
