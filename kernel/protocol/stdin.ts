import { receiveMessages } from "./dispatcher.ts";
import type { JupyterMessage } from "./messages.ts";
import type { Outbox } from "./outbox.ts";
import type { Channel } from "./sockets.ts";
import type { Wire } from "./wire.ts";

export interface Question {
  readonly prompt: string;
  readonly password: boolean;
  readonly signal: AbortSignal; // ends the wait
}

/** Questions to the front end's user, one at a time. */
export interface Stdin {
  /** Asks the front end that sent `request`. @throws the signal's reason when it fires */
  ask(request: JupyterMessage, question: Question): Promise<string>;
}

export function createStdin(channel: Channel, wire: Wire, outbox: Outbox): Stdin {
  let waiting: Waiting | undefined;
  let last: Promise<unknown> = Promise.resolve();
  void listen();

  async function listen(): Promise<void> {
    for await (const message of receiveMessages(channel, "stdin", wire)) {
      if (message.header.msg_type !== "input_reply" || !waiting || !answers(message, waiting)) continue;
      waiting.answer(String(message.content.value ?? ""));
      waiting = undefined; // a second answer to it is none to the next question
    }
  }

  async function askNow(request: JupyterMessage, { prompt, password, signal }: Question): Promise<string> {
    await whatCameIsRead();
    signal.throwIfAborted();
    const { promise, resolve, reject } = withResolvers<string>();
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    waiting = { id: outbox.ask(request, { prompt, password }), askedOf: request.identities, answer: resolve };
    try {
      return await promise;
    } finally {
      waiting = undefined;
      signal.removeEventListener("abort", stop);
    }
  }

  return {
    ask(request, question) {
      const answer = last.then(() => askNow(request, question));
      last = answer.catch(() => {});
      return answer;
    },
  };
}

interface Waiting {
  readonly id: string; // of the question
  readonly askedOf: readonly Buffer[];
  readonly answer: (value: string) => void;
}

/**
 * A reply that names its parent answers that question and no other. Some front ends name none: theirs counts where it comes
 * from the front end that was asked.
 */
function answers({ parentHeader, identities }: JupyterMessage, { id, askedOf }: Waiting): boolean {
  if (parentHeader.msg_id !== undefined) return parentHeader.msg_id === id;
  return identities.length === askedOf.length && identities.every((identity, i) => identity.equals(askedOf[i]!));
}

/**
 * Two turns of the event loop: what had reached the socket, typed ahead or sent twice, is read while no question waits, and
 * answers none.
 */
async function whatCameIsRead(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Promise.withResolvers(), which Node 20 lacks. */
function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
