// A process that a compiler runs in: started from a snapshot of one that is warm, where there is one (compiler-snapshot.ts),
// in half a second; else from its program, which reads TypeScript and its libraries first.
import { type ChildProcess, spawn } from "node:child_process";
import { diesWithParent, marked, newMark } from "../own-processes.ts";
import { type CompilerReply, type CompilerRequest, type CompilerStart, STARTED } from "./compiler-messages.ts";
import { COMPILER_FLAGS, programOf, systemsOwn } from "./compiler-snapshot.ts";

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

export function startCompilerProcess(options: CompilerProcessOptions): CompilerProcess {
  const { cwd, name, remembered, heapMegabytes, snapshot, onReply, onEnd } = options;
  const posted: CompilerRequest[] = []; // until it has started: a snapshot may turn out to be none that Node takes
  let isHeld = false;
  let hasStarted = false;
  let hasEnded = false;
  let child = start(snapshot === undefined ? programFlags(heapMegabytes) : ["--snapshot-blob", snapshot]);

  function start(args: readonly string[]): ChildProcess {
    const command = diesWithParent({ program: process.execPath, args: [...COMPILER_FLAGS, ...args] });
    const started = spawn(command.program, command.args, {
      env: marked(systemsOwn(), newMark()),
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      serialization: "advanced",
    });
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
    tell(started, { cwd, name, remembered } satisfies CompilerStart);
    return started;
  }

  function startFromProgram(): void {
    hasStarted = true; // there is no other way
    child = start(programFlags(heapMegabytes));
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

function programFlags(heapMegabytes: number | undefined): readonly string[] {
  const limit = heapMegabytes === undefined ? [] : [`--max-old-space-size=${heapMegabytes}`]; // the last one holds
  return [...limit, programOf("compiler-child.js")];
}

/** What is posted to a process that has just ended is lost: its end is told. */
function tell(child: ChildProcess, message: object): void {
  if (child.connected) child.send(message, () => {});
}
