import type { KernelMessage } from "@jupyterlab/services";
import type { Completion } from "../../interpreter/index.ts";
import { toCodePoint, toUtf16 } from "../protocol/text-position.ts";
import { readCursor } from "./read-cursor.ts";

export interface Completer {
  complete(code: string, offset: number): Promise<Completion>; // offsets in UTF-16 units
}

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#completion */
export async function complete(
  content: Readonly<Record<string, unknown>>,
  completer: Completer,
): Promise<KernelMessage.ICompleteReplyMsg["content"]> {
  const { code, position } = readCursor(content);
  const { matches, types, ...range } = await completer.complete(code, toUtf16(code, position));
  const start = toCodePoint(code, range.start);
  const end = toCodePoint(code, range.end);
  return {
    status: "ok",
    matches: [...matches],
    cursor_start: start,
    cursor_end: end,
    metadata: {
      // what JupyterLab shows as icons
      _jupyter_types_experimental: matches.map((text, i) => ({ text, type: types[i] ?? "", start, end })),
    },
  };
}
