// https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages
import type { CommMessage } from "../../interpreter/index.ts";
import type { Handlers } from "../protocol/dispatcher.ts";
import type { JupyterMessage } from "../protocol/messages.ts";
import type { Comms } from "./comms.ts";

/**
 * Comm messages do not wait for the cell that runs: it may be waiting for one. They come to the session in their order;
 * "idle" says that the code which listens has run, and front ends send the next change of a slider no sooner.
 */
export function commHandlers(comms: () => Promise<Comms>): Handlers {
  return {
    async comm_info_request({ target_name }) {
      const target = typeof target_name === "string" && target_name !== "" ? target_name : undefined;
      return { status: "ok", comms: (await comms()).info(target) };
    },
    async comm_open(content, request) {
      const message = read("open", request);
      if (message && typeof content.target_name === "string")
        await (await comms()).open({ ...message, targetName: content.target_name }, request);
      return undefined;
    },
    comm_msg: async (_content, request) => pass("message", request),
    comm_close: async (_content, request) => pass("close", request),
  };

  async function pass(kind: "message" | "close", request: JupyterMessage): Promise<undefined> {
    const message = read(kind, request);
    if (message) await (await comms()).pass(message, request);
  }
}

/** @returns undefined for what names no comm: there is nobody to answer */
function read(kind: CommMessage["kind"], { content, metadata, buffers }: JupyterMessage): CommMessage | undefined {
  const { comm_id: commId, data } = content;
  if (typeof commId !== "string" || commId === "") return undefined;
  const isRecord = typeof data === "object" && data !== null && !Array.isArray(data);
  return {
    kind,
    commId,
    data: isRecord ? (data as CommMessage["data"]) : {}, // as: looked at
    metadata,
    buffers: buffers.map((buffer) => buffer.toString("base64")),
  };
}
