// The comms that are open, as front ends know them. What they mean is the session's: this brings messages there and back.
import type { CommMessage, TypeScriptSession } from "../../interpreter/index.ts";
import type { CellDisplay } from "../display/cell-display.ts";
import type { CommEvent } from "../display/cell-displays.ts";
import type { JupyterMessage } from "../protocol/messages.ts";
import type { Outbox } from "../protocol/outbox.ts";

export interface Comms {
  /** The open ones, or those of one target. */
  info(targetName: string | undefined): Readonly<Record<string, { readonly target_name: string }>>;
  /** A front end opens one; where nobody listens it is closed again, so that its other side knows. */
  open(message: CommMessage & { readonly targetName: string }, request: JupyterMessage): Promise<void>;
  /** A front end says something to one, or closes it; to one that is not open it is ignored, as the protocol has it. */
  pass(message: CommMessage, request: JupyterMessage): Promise<void>;
  /** What the session says, as an answer to a front end's message, else as part of the cell that says it. */
  readonly publish: (event: CommEvent, display: CellDisplay | undefined) => void;
}

const TYPES = { open: "comm_open", message: "comm_msg", close: "comm_close" } as const;

export function createComms(outbox: Outbox, session: Pick<TypeScriptSession, "comm">): Comms {
  const targets = new Map<string, string>(); // by the comm's id
  const handled = new Map<string, JupyterMessage>(); // messages of front ends that the session is at, by their id

  async function deliver(message: CommMessage, request: JupyterMessage): Promise<boolean> {
    const id = request.header.msg_id;
    handled.set(id, request);
    try {
      return await session.comm(message, id);
    } finally {
      handled.delete(id);
    }
  }

  return {
    info(targetName) {
      const fitting = [...targets].filter(([, name]) => targetName === undefined || name === targetName);
      return Object.fromEntries(fitting.map(([id, name]) => [id, { target_name: name }]));
    },
    async open(message, request) {
      const { commId, targetName } = message;
      if (targets.has(commId)) return; // another one's: it stays open
      targets.set(commId, targetName);
      if (await deliver(message, request)) return;
      targets.delete(commId);
      await outbox.publish(TYPES.close, { comm_id: commId, data: {} }, request);
    },
    async pass(message, request) {
      if (!targets.has(message.commId)) return;
      if (message.kind === "close") targets.delete(message.commId);
      await deliver(message, request);
    },
    publish({ message, answers }, display) {
      const { kind, commId, targetName, data, metadata } = message;
      if (kind === "open") targets.set(commId, targetName ?? "");
      else if (!targets.has(commId)) return;
      if (kind === "close") {
        targets.delete(commId);
        display?.flush(); // a widget that is shown and closed at once was shown
      }
      const content = { comm_id: commId, ...(kind === "open" && { target_name: targetName }), data };
      const buffers = message.buffers.map((text) => Buffer.from(text, "base64"));
      const request = (answers !== undefined ? handled.get(answers) : undefined) ?? display?.request;
      void outbox.publish(TYPES[kind], content, request, { metadata, buffers });
    },
  };
}
