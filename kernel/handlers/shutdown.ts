import type { Handler } from "../dispatcher.ts";
import type { Outbox } from "../outbox.ts";

/**
 * The reply is sent first; `asked` resolves then. All front ends are told, not only the one that asked.
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-shutdown
 */
export function createShutdown(outbox: Outbox): { readonly handler: Handler; readonly asked: Promise<void> } {
  let resolveAsked = () => {};
  const asked = new Promise<void>((resolve) => {
    resolveAsked = resolve;
  });
  return {
    asked,
    async handler({ restart }, request) {
      const content = { status: "ok", restart: restart === true };
      await outbox.publish("shutdown_reply", content, request);
      setImmediate(resolveAsked); // after the reply
      return content;
    },
  };
}
