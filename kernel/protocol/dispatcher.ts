import { InterruptedError } from "../../interpreter/errors.ts";
import type { JupyterMessage, ReplyContent } from "./messages.ts";
import type { Outbox } from "./outbox.ts";
import type { Channel } from "./sockets.ts";
import { BadMessageError, type Wire } from "./wire.ts";

/** @returns the reply's content, or nothing where a message has no reply. */
export type Handler = (
  content: Readonly<Record<string, unknown>>,
  request: JupyterMessage,
) => Promise<ReplyContent | object | undefined>;

export type Handlers = Readonly<Record<string, Handler>>;

/** Every request is bracketed by busy and idle, and answered exactly once, whatever its handler does. */
export async function dispatch(
  request: JupyterMessage,
  handlers: Handlers,
  { outbox, channel }: { outbox: Outbox; channel: Channel },
): Promise<object | undefined> {
  const type = request.header.msg_type;
  const handler = Object.hasOwn(handlers, type) ? handlers[type] : undefined;
  if (!handler) return undefined; // the protocol: ignore what you do not know
  void outbox.status("busy", request);
  try {
    const reply = await handled(request, handler, outbox).catch((error: unknown) => {
      // At the kernel's end, what was under way fails by it.
      if (!channel.isClosed && !(error instanceof InterruptedError)) console.error(error);
      return errorContent(error);
    });
    if (reply) await outbox.reply(channel, request, reply);
    return reply;
  } finally {
    await outbox.status("idle", request);
  }
}

/** What is too large to be read is told where its answer would stand. */
async function handled(request: JupyterMessage, handler: Handler, outbox: Outbox): ReturnType<Handler> {
  if (request.refused === undefined) return handler(request.content, request);
  const error = errorContent(new MessageTooLargeError(request.refused));
  void outbox.publish("error", error, request);
  return request.header.msg_type.endsWith("_request") ? error : undefined;
}

/** The messages of a channel until it is closed; what is none is logged and dropped. */
export async function* receiveMessages(channel: Channel, name: string, wire: Wire): AsyncGenerator<JupyterMessage> {
  for await (const frames of channel.receive()) {
    try {
      yield wire.decode(frames);
    } catch (error) {
      if (!(error instanceof BadMessageError)) throw error;
      console.error(`qwenlab: dropped a message on ${name}: ${error.message}`);
    }
  }
}

class MessageTooLargeError extends Error {
  override readonly name = "MessageTooLarge";
}

/** An error of ours, which the log has whole, in short to the front end. */
function errorContent(error: unknown): ReplyContent {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { status: "error", ename: name, evalue: message, traceback: [`${name}: ${message}`] };
}
