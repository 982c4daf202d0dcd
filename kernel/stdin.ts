import { receiveMessages } from "./dispatcher.ts";
import type { Outbox } from "./outbox.ts";
import type { JupyterMessage } from "./protocol/messages.ts";
import type { Wire } from "./protocol/wire.ts";
import type { Channel } from "./sockets.ts";

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
  let waiting: { readonly id: string; readonly answer: (value: string) => void } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  void listen();

  async function listen(): Promise<void> {
    for await (const { header, parentHeader, content } of receiveMessages(channel, "stdin", wire)) {
      if (header.msg_type !== "input_reply") continue;
      // Some front ends name no parent; one that names another answers a question that is over.
      if (parentHeader.msg_id !== undefined && parentHeader.msg_id !== waiting?.id) continue;
      waiting?.answer(String(content.value ?? ""));
    }
  }

  async function askNow(request: JupyterMessage, { prompt, password, signal }: Question): Promise<string> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = withResolvers<string>();
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    waiting = { id: outbox.ask(request, { prompt, password }), answer: resolve };
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
