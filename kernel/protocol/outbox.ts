import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import { type ExecutionState, type JupyterMessage, type MessageHeader, PROTOCOL_VERSION } from "./messages.ts";
import type { Channel, Sockets } from "./sockets.ts";
import type { Wire } from "./wire.ts";

/** What few messages have. */
type MoreParts = Partial<Pick<JupyterMessage, "metadata" | "buffers">>;

/** Everything that the kernel says: each message knows the request that it belongs to. */
export interface Outbox {
  reply(channel: Channel, request: JupyterMessage, content: object): Promise<void>;
  /** To all front ends, in the order of the calls. Without a request it belongs to none. */
  publish(type: string, content: object, request?: JupyterMessage, more?: MoreParts): Promise<void>;
  status(state: ExecutionState, request?: JupyterMessage): Promise<void>;
  /** Greets each new subscriber, first of all (https://jupyter.org/enhancement-proposals/65-jupyter-xpub). Until the end. */
  welcomeSubscribers(): Promise<void>;
  /** Asks the front end that sent `request`. @returns the id that its answer names as its parent */
  ask(request: JupyterMessage, content: { prompt: string; password: boolean }): string;
}

export function createOutbox(sockets: Sockets, wire: Wire): Outbox {
  const session = randomUUID();
  const username = userName();

  const header = (type: string): MessageHeader => ({
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username,
    date: new Date().toISOString(),
    version: PROTOCOL_VERSION,
  });

  const frames = (
    type: string,
    content: object,
    about: { identities: readonly Buffer[]; parent?: JupyterMessage } & MoreParts,
  ) =>
    wire.encode({
      identities: about.identities,
      header: header(type),
      parentHeader: about.parent?.header ?? {},
      metadata: about.metadata ?? {},
      content: content as Record<string, unknown>, // an object of JSON values
      buffers: about.buffers ?? [],
    });

  const publish: Outbox["publish"] = (type, content, parent, more) => {
    const identities = [Buffer.from(`kernel.${session}.${type}`)];
    return sockets.iopub.send(frames(type, content, { identities, ...(parent && { parent }), ...more }));
  };

  return {
    publish,
    status: (state, request) => publish("status", { execution_state: state }, request),
    reply(channel, request, content) {
      const type = request.header.msg_type.replace(/_request$/, "_reply");
      return channel.send(frames(type, content, { identities: request.identities, parent: request }));
    },
    welcomeSubscribers: () =>
      sockets.iopub.admit((topic) =>
        frames("iopub_welcome", { subscription: topic }, { identities: [Buffer.from(topic)] }),
      ),
    ask(request, content) {
      const own = header("input_request");
      const message = { header: own, parentHeader: request.header, metadata: {}, content, buffers: [] };
      void sockets.stdin.send(wire.encode({ ...message, identities: request.identities }));
      return own.msg_id;
    },
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "kernel"; // a container's user without a name
  }
}
