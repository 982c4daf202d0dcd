import type { Handlers } from "../dispatcher.ts";
import type { Outbox } from "../outbox.ts";

/**
 * The kernel has no comm targets: what a front end opens is closed again, so that its other side knows.
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages
 */
export function commHandlers(outbox: Outbox): Handlers {
  return {
    comm_info_request: async () => ({ status: "ok", comms: {} }),
    async comm_open({ comm_id }, request) {
      await outbox.publish("comm_close", { comm_id, data: {} }, request);
      return undefined;
    },
    comm_msg: async () => undefined,
    comm_close: async () => undefined,
  };
}
