import type { KernelMessage } from "@jupyterlab/services";
import { toUtf16 } from "../protocol/text-position.ts";
import { readCursor } from "./read-cursor.ts";

export interface Inspector {
  inspect(code: string, offset: number): Promise<{ readonly plain: string; readonly markdown: string } | undefined>;
}

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#introspection */
export async function inspect(
  content: Readonly<Record<string, unknown>>,
  inspector: Inspector,
): Promise<KernelMessage.IInspectReplyMsg["content"]> {
  const { code, position } = readCursor(content);
  const found = await inspector.inspect(code, toUtf16(code, position));
  if (!found) return { status: "ok", found: false, data: {}, metadata: {} };
  const { modelMarkdown } = await import("../display/model-markdown.ts"); // not before the sockets are open
  return {
    status: "ok",
    found: true,
    data: { "text/plain": found.plain, "text/markdown": modelMarkdown(found.markdown) },
    metadata: {},
  };
}
