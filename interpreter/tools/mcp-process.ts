// An MCP server that is a program: one process group, spoken to over its standard input and output. On every way that the
// connection ends, the kernel's death included, the whole group ends.
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { type JSONRPCMessage, ReadBuffer, serializeMessage, type Transport } from "@modelcontextprotocol/client";
import { getDefaultEnvironment, StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { signalGroup } from "../process-group.ts";
import { startLimit } from "../start-limit.ts";

const KILL_AFTER_MS = 2_000; // what was asked to end by SIGTERM
const SILENT_FOR_MS = 500; // after the server's end: what it started may hold its output open for ever

/**
 * Starts the program as the leader of its group. Beside it waits a shell for the end of a pipe that only this process
 * holds: the pipe ends with the server or with this process, however that dies, and the shell kills what is left.
 */
const LEADER = `(trap "" TERM INT HUP; read -r _ <&3; kill -9 0) </dev/null >/dev/null 2>&1 &
exec 3<&-
exec "$@"`;
const LIFE_FD = 3;

export interface ServerProgram {
  readonly command: string; // a path
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** Only a short list of variables is passed on (PATH, HOME, ...): no key of ours or of the user's. */
export function serverTransport({ command, args, env, cwd }: ServerProgram): Transport {
  if (process.platform !== "win32") return new ServerProcess({ command, args, env, cwd });
  // Windows has no process groups: there what the server itself started is not ended.
  return new StdioClientTransport({ command, args: [...args], env: { ...env }, cwd, stderr: "ignore" });
}

class ServerProcess implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #program: ServerProgram;
  readonly #received = new ReadBuffer(); // throws where a line has more than 10 MB
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #endReading = () => {}; // of what a server has left that has ended

  constructor(program: ServerProgram) {
    this.#program = program;
  }

  async start(): Promise<void> {
    const { command, args, env, cwd } = this.#program;
    const child = spawn("/bin/sh", ["-c", LEADER, "sh", command, ...args], {
      cwd,
      env: { ...getDefaultEnvironment(), ...env },
      stdio: ["pipe", "pipe", "ignore", "pipe"],
      detached: true,
    });
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once("exit", () => {
        endGroup(child);
        void this.#allRead(child).then(() => resolve(this.#finish(child)));
      });
      child.once("error", () => resolve(this.#finish(child)));
    });
    for (const stream of child.stdio) stream?.on("error", (error: Error) => this.onerror?.(error));
    child.stdout?.on("data", (chunk: Buffer) => this.#receive(chunk));
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const input = this.#child?.stdin;
    if (!input?.writable) throw new Error("it has ended");
    if (!input.write(serializeMessage(message))) await drained(input);
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
      this.#endReading();
      return this.#ended;
    }
    child.stdin?.end();
    signalGroup(child, "SIGTERM");
    const timer = setTimeout(signalGroup, KILL_AFTER_MS, child, "SIGKILL");
    await this.#ended;
    clearTimeout(timer);
  }

  #receive(chunk: Buffer): void {
    try {
      this.#received.append(chunk);
    } catch (error) {
      this.onerror?.(error as Error); // as: ReadBuffer throws no other
      void this.close();
      return;
    }
    for (;;) {
      try {
        const message = this.#received.readMessage();
        if (message === null) return;
        this.onmessage?.(message);
      } catch (error) {
        this.onerror?.(error as Error); // as: a line that is no message
      }
    }
  }

  /** Its last words may come in several pieces. Resolves when they have been read, or nothing has come for a while. */
  #allRead({ stdout }: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
      let endLimit = () => {};
      const wait = () => {
        endLimit();
        endLimit = startLimit(SILENT_FOR_MS, end);
      };
      const end = () => {
        stdout?.off("data", wait);
        endLimit();
        resolve();
      };
      this.#endReading = end;
      wait();
      stdout?.on("data", wait).once("close", end);
      if (!stdout || stdout.closed) end();
    });
  }

  #finish(child: ChildProcess): void {
    endGroup(child);
    child.stdout?.destroy();
    child.stdin?.destroy();
    this.#received.clear();
    this.#child = undefined;
    this.onclose?.();
  }
}

function endGroup({ stdio }: ChildProcess): void {
  (stdio[LIFE_FD] as Readable | null)?.destroy();
}

function drained(input: Writable): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ["drain", "close"]) input.once(event, () => resolve());
  });
}
