// The supervisor's part of the debugger: carries messages between the kernel and the child's inspector, for as long as
// the user debugs.
import type WebSocket from "ws";
import type { InspectorMessage } from "../messages.ts";

const MAX_MESSAGE_BYTES = 256 * 2 ** 20; // as a frame's
const CHILD_ENDS = "NodeRuntime.waitingForDisconnect"; // a process that ends waits for whoever is connected

export interface InspectorRelay {
  send(message: object): void;
  close(): void;
}

export interface RelayOptions {
  readonly url: Promise<string>;
  readonly webSockets: Promise<typeof import("ws")>;
  readonly connection: number;
  /** @throws RangeError for what is too large */
  readonly tell: (message: InspectorMessage) => void;
}

export function relayInspector({ url, webSockets, connection, tell }: RelayOptions): InspectorRelay {
  let isOver = false;
  const socket = open().catch(end);

  async function open(): Promise<WebSocket> {
    const { WebSocket } = await webSockets;
    const opened = new WebSocket(await url, { perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES });
    opened.on("message", (data) => take(JSON.parse(String(data))));
    opened.on("close", end);
    return new Promise((resolve, reject) => {
      opened.on("open", () => resolve(opened));
      opened.on("error", reject);
    });
  }

  function take(message: { readonly id?: number; readonly method?: string }): void {
    if (message.method === CHILD_ENDS) close();
    if (isOver) return;
    try {
      tell({ type: "inspector-message", connection, message });
    } catch (error) {
      const { message: why } = error as Error; // as: a RangeError
      tell({ type: "inspector-message", connection, message: { id: message.id, error: { message: why } } });
    }
  }

  function end(): void {
    if (!isOver) tell({ type: "inspector-closed", connection });
    isOver = true;
  }

  function close(): void {
    end();
    void socket.then((opened) => opened?.close());
  }

  return {
    send: (message) => void socket.then((opened) => opened?.send(JSON.stringify(message))),
    close,
  };
}
