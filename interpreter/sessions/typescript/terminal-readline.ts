// node:readline on process.stdin: an interface asks when it has a question, or when somebody listens to its lines; it does
// not take a line in between, which nobody would hear.
import { syncBuiltinESMExports } from "node:module";
import readline from "node:readline";
import readlinePromises from "node:readline/promises";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { currentCell } from "./attribution.ts";
import { failCell } from "./cell-runner.ts";
import { input } from "./input.ts";
import { lineOrEnd, TerminalInput } from "./terminal-input.ts";

type Interface = readline.Interface | readlinePromises.Interface;
type Question = (query: string, ...rest: unknown[]) => unknown;

/** Process.stdin and readline ask in the notebook. */
export function redirectInput(): void {
  let stdin = new TerminalInput();
  Object.defineProperty(process, "stdin", {
    get() {
      if (stdin.isOver) stdin = new TerminalInput();
      return stdin;
    },
    configurable: true,
    enumerable: true,
  });
  for (const module of [readline, readlinePromises]) {
    const create = module.createInterface as (options: readline.ReadLineOptions) => Interface; // as: of its overloads
    Object.assign(module, { createInterface: asking(create) });
  }
  syncBuiltinESMExports();
}

function asking(create: (options: readline.ReadLineOptions) => Interface) {
  return function createInterface(...given: unknown[]): Interface {
    const [first, output, completer, terminal] = given;
    const isInput = typeof (first as Readable | undefined)?.on === "function";
    const options = (isInput ? { input: first, output, completer, terminal } : first) as readline.ReadLineOptions; // as: its forms
    if (!(options?.input instanceof TerminalInput)) return Reflect.apply(create, undefined, given) as Interface;
    const lines = new Readable({ read() {} });
    const made = create({ ...options, input: lines, terminal: false });
    askFor(made, lines, options.output === undefined);
    return made;
  };
}

/** @param isUnseen the interface does not write its questions itself */
function askFor(made: Interface, lines: Readable, isUnseen: boolean): void {
  const question = made.question as Question; // as: of the callbacks, or of promises
  let asked: { readonly query: string; refuse(error: Error): void } | undefined;
  let isAsking = false;
  let isClosed = false;

  async function ask(): Promise<void> {
    const isRead = asked !== undefined || (made.listenerCount("line") > 0 && !lines.isPaused());
    if (isAsking || isClosed || !isRead) return;
    isAsking = true;
    const answer = asked === undefined ? ((await lineOrEnd(hearsClose)) ?? "") : await answerTo(asked);
    isAsking = false;
    if (isClosed || answer === undefined) return;
    const isEnd = answer === "" && asked === undefined;
    asked = undefined;
    lines.push(isEnd ? null : `${answer}\n`);
    later();
  }

  async function answerTo({ query, refuse }: NonNullable<typeof asked>): Promise<string | undefined> {
    try {
      return await input(isUnseen ? query : "");
    } catch (error) {
      asked = undefined;
      refuse(error as Error); // as: input() rejects with one
      return undefined;
    }
  }

  const later = () => setImmediate(() => void ask());
  const own: Question = (query, ...rest) => {
    const cellId = currentCell();
    const refused = new Promise<never>((_, reject) => {
      asked = { query, refuse: reject };
    });
    const answered = Reflect.apply(question, made, [query, ...rest]);
    later();
    if (answered instanceof Promise) return Promise.race([answered, refused]);
    refused.catch((error: Error) => failCell(cellId, error)); // its callback cannot be told
    return answered;
  };
  const promised = Object.getOwnPropertyDescriptor(question, promisify.custom);
  if (promised !== undefined) Object.defineProperty(own, promisify.custom, promised);
  Object.defineProperty(made, "question", { value: own, configurable: true, writable: true });
  made.on("newListener", later);
  made.on("resume", later);
  made.on("close", () => {
    isClosed = true;
  });
  const ownListeners = made.listenerCount("close");
  const hearsClose = () => made.listenerCount("close") > ownListeners;
}
