import type { JupyterMessage } from "../protocol/messages.ts";
import type { Outbox } from "../protocol/outbox.ts";

/**
 * All front ends are told, not only the one that asked. Once this is answered, serve() ends.
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-shutdown
 */
export async function shutdown({ content }: JupyterMessage, outbox: Outbox) {
  const reply = { status: "ok", restart: content.restart === true };
  await outbox.publish("shutdown_reply", reply);
  return reply;
}
