import { dispatch, type Handler, type Handlers, receiveMessages } from "./dispatcher.ts";
import { createExecuteQueue } from "./execute-queue.ts";
import type { JupyterMessage } from "./messages.ts";
import type { Outbox } from "./outbox.ts";
import type { Channel, Sockets } from "./sockets.ts";
import type { Wire } from "./wire.ts";

export interface Service {
  readonly sockets: Sockets;
  readonly wire: Wire;
  readonly outbox: Outbox;
  readonly shell: Handlers;
  readonly control: Handlers;
  readonly execute: Handler; // on shell, one at a time; the others are answered while it runs
}

/** Answers requests; resolves when one has asked for the end, and has its answer. */
export function serve({ sockets, wire, outbox, shell, control, execute }: Service): Promise<void> {
  let end = () => {};
  let running: JupyterMessage | undefined; // the cell that runs, until its reply

  const cells: Handlers = {
    async execute_request(content, request) {
      running = request;
      try {
        return await execute(content, request);
      } finally {
        running = undefined;
      }
    },
  };
  const abort: Handlers = { execute_request: async () => ({ status: "aborted" }) };
  const onShell = { outbox, channel: sockets.shell };
  const queue = createExecuteQueue({
    run: (request) => dispatch(request, cells, onShell),
    abort: (request) => dispatch(request, abort, onShell),
  });

  async function answer(request: JupyterMessage, handlers: Handlers, channel: Channel): Promise<void> {
    await dispatch(request, handlers, { outbox, channel });
    if (request.header.msg_type === "shutdown_request") end();
    // Front ends take the last status for the kernel's: the idle of a completion is not the cell's.
    else if (running) await outbox.status("busy", running);
  }

  async function listen(channel: Channel, name: string, take: (request: JupyterMessage) => void): Promise<void> {
    for await (const request of receiveMessages(channel, name, wire)) take(request);
  }

  void outbox.welcomeSubscribers();
  void listen(sockets.control, "control", (request) => void answer(request, control, sockets.control));
  void listen(sockets.shell, "shell", (request) => {
    if (request.header.msg_type === "execute_request") queue.push(request);
    else void answer(request, shell, sockets.shell);
  });
  return new Promise((resolve) => {
    end = resolve;
  });
}
