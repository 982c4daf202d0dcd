import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { startLimit } from "../start-limit.ts";

const HEAP_MEGABYTES = 256; // of the child; a prompt has some megabytes
const GRACE_MS = 20_000; // for the child's start, and for what keeps no time limit: JavaScript's own split()
const TOO_MUCH = "it takes too much time or memory";

/** What the child is told first, then for each prompt; and what it answers. */
export interface TemplateStart {
  readonly template: string;
  readonly maxLength: number; // of a rendered text, in UTF-16 units; of a longer one so much comes, and one more
  readonly timeLimitMs: number;
}
export interface TemplateRequest {
  readonly id: number;
  readonly values: Readonly<Record<string, unknown>>;
}
export type TemplateReply = { readonly id: number } & ({ readonly text: string } | { readonly problem: string });

interface Waiting {
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A model file's chat template, which is a program by whoever made the file: it may loop, and a single large list ends
 * the whole process that it runs in, of whose threads each has its own memory limit or not. So it has a process, which
 * ends with this one; a new one takes the place of one that ended.
 */
export class TemplateProcess {
  readonly #start: TemplateStart;
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | undefined; // another one where it has ended
  #endLimit: (() => void) | undefined; // of the next answer
  #nextId = 1;

  constructor(start: TemplateStart) {
    this.#start = start;
    this.#open();
  }

  /** @throws Error whose message is the template's own, or says which limit it met */
  render(values: TemplateRequest["values"]): Promise<string> {
    const child = this.#child ?? this.#open();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      child.channel?.ref();
      if (!this.#endLimit) this.#expectAnswer(child);
      child.send({ id, values } satisfies TemplateRequest, () => {}); // that it has ended is told by its end
    });
  }

  #open(): ChildProcess {
    const entry = createRequire(import.meta.url).resolve("#dist/engine/chat/template-child.js");
    const child = fork(entry, {
      env: {},
      execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    child.unref(); // an idle one keeps nobody alive
    child.on("message", (reply: TemplateReply) => this.#answer(child, reply));
    child.on("error", (error) => this.#end(child, error.message));
    child.on("exit", (_code, signal) => this.#end(child, signal ? TOO_MUCH : "its process ended"));
    child.send(this.#start, () => {});
    this.#child = child;
    return child;
  }

  #expectAnswer(child: ChildProcess): void {
    this.#endLimit?.();
    this.#endLimit = startLimit(this.#start.timeLimitMs + GRACE_MS, () => child.kill("SIGKILL"));
  }

  #expectNothing(): void {
    this.#endLimit?.();
    this.#endLimit = undefined;
  }

  #answer(child: ChildProcess, reply: TemplateReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size > 0) this.#expectAnswer(child);
    else {
      this.#expectNothing();
      child.channel?.unref();
    }
    if ("text" in reply) waiting?.resolve(reply.text);
    else waiting?.reject(new Error(reply.problem));
  }

  #end(child: ChildProcess, problem: string): void {
    if (child !== this.#child) return;
    this.#child = undefined;
    this.#expectNothing();
    for (const { reject } of this.#waiting.values()) reject(new Error(problem));
    this.#waiting.clear();
  }
}
