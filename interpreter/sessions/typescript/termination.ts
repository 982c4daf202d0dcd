// The supervisor's way to end JavaScript that does not listen: the child's inspector terminates what runs. What runs may
// as well be our own code that is about to take a message or to give an answer, which would then be lost: on a busy
// machine a child that listens may need long to say so. So it is looked at first. What is at work at each of several looks,
// and has not said meanwhile that it listens, is a cell's.
import type WebSocket from "ws";
import { AT_WORK_EXPRESSION } from "./at-work.ts";

const LISTENS_WITHIN_MS = 10; // a child that is not busy answers an interrupt in a fraction of this
const LOOKS = 3;
const BETWEEN_LOOKS_MS = 5;

export interface Termination {
  /** Ends what runs in the child, unless it comes to listen meanwhile. */
  interrupt(): void;
  /** The child listens: by itself it ends what is to be ended. */
  listens(): void;
  /** What was to be ended has ended. Resolves when nothing that comes next can be terminated any more. */
  over(): Promise<void>;
}

export interface TerminationParts {
  readonly inspectorUrl: () => string | undefined; // of the child; undefined while nothing runs in it yet
  readonly loadWebSockets: () => Promise<typeof import("ws")>;
  readonly onWrong: (error: Error) => void;
}

export function createTermination({ inspectorUrl, loadWebSockets, onWrong }: TerminationParts): Termination {
  let isAsked = false;
  let attempt: Promise<void> | undefined;
  let stopLooking = () => {};

  async function end(): Promise<void> {
    await delay(LISTENS_WITHIN_MS);
    const { WebSocket } = await loadWebSockets();
    const url = inspectorUrl();
    if (url === undefined || !isAsked) return;
    const inspector = new WebSocket(url, { perMessageDeflate: false });
    const closed = new Promise<void>((resolve) => inspector.on("close", resolve));
    inspector.on("error", () => {}); // the child ends, as its exit tells; closed is what comes next
    const isStopped = new Promise<false>((resolve) => {
      stopLooking = () => resolve(false);
    });
    const isBusy = await Promise.race([isAtWork(inspector), isStopped, closed.then(() => false)]);
    if (isBusy && isAsked) {
      await Promise.race([answerTo(inspector, { method: "Runtime.terminateExecution" }), closed]);
    }
    inspector.close();
  }

  async function isAtWork(inspector: WebSocket): Promise<boolean> {
    await new Promise((resolve) => inspector.on("open", resolve));
    for (let look = 0; look < LOOKS; look++) {
      if (look > 0) await delay(BETWEEN_LOOKS_MS);
      const { result } = await answerTo(inspector, {
        method: "Runtime.evaluate",
        params: { expression: AT_WORK_EXPRESSION, silent: true },
      });
      if (result?.result?.value === false) return false;
    }
    return true;
  }

  return {
    interrupt() {
      isAsked = true;
      attempt ??= end()
        .catch(onWrong)
        .finally(() => {
          attempt = undefined;
        });
    },
    listens() {
      isAsked = false;
      stopLooking();
    },
    async over() {
      this.listens();
      await attempt;
    },
  };
}

interface InspectorAnswer {
  readonly result?: { readonly result?: { readonly value?: unknown } }; // of an expression
}

function answerTo(inspector: WebSocket, request: object): Promise<InspectorAnswer> {
  inspector.send(JSON.stringify({ id: 1, ...request }));
  return new Promise((resolve) => inspector.once("message", (answer) => resolve(JSON.parse(String(answer)))));
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
