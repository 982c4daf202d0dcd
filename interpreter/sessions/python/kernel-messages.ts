// What ipykernel publishes, as a session's events and errors.
import type { CellError, MimeBundle, SessionEvent } from "../session.ts";
import type { KernelMessage } from "./jupyter-kernel.ts";

const MAX_ERROR_CHARACTERS = 100_000; // of its message, and of each line

export function resultOf({ content }: KernelMessage) {
  return { data: bundle(content.data), metadata: bundle(content.metadata) };
}

export function toEvent({ type, content }: KernelMessage, cellId: string): SessionEvent | undefined {
  if (type === "stream") {
    const name = content.name === "stderr" ? "stderr" : "stdout";
    return { type: "stream", cellId, name, text: String(content.text) };
  }
  if (type === "clear_output") return { type: "clear-output", cellId, wait: content.wait === true };
  if (type !== "display_data" && type !== "update_display_data") return undefined;
  const displayId = bundle(content.transient).display_id;
  return {
    type: "display",
    cellId,
    data: bundle(content.data),
    metadata: bundle(content.metadata),
    ...(typeof displayId === "string" && { displayId }),
    update: type === "update_display_data",
  };
}

function bundle(value: unknown): MimeBundle {
  return typeof value === "object" && value !== null ? (value as MimeBundle) : {};
}

export function cellError({ ename, evalue, traceback }: Readonly<Record<string, unknown>>): CellError {
  const lines = Array.isArray(traceback) ? traceback.map(String) : [];
  return { ename: String(ename ?? "Error"), evalue: readable(String(evalue ?? "")), traceback: lines.map(readable) };
}

function readable(text: string): string {
  return text.length <= MAX_ERROR_CHARACTERS ? text : `${text.slice(0, MAX_ERROR_CHARACTERS)}…`;
}
