// display and newDisplay of the cells, in the shape of tslab's API.
import { randomUUID } from "node:crypto";
import type { MimeBundle } from "../session.ts";
import { currentCell } from "./attribution.ts";
import type { Display, DisplayFunction } from "./cell-globals.ts";
import { send } from "./frames-out.ts";
import { mimeBundle } from "./rich-result.ts";

export const display: DisplayFunction = Object.assign(
  (value: unknown) => {
    const bundle = mimeBundle(value);
    if (bundle !== undefined) show(bundle.data, bundle.metadata);
  },
  displayThrough((data) => show(data)),
);

export function newDisplay(): Display {
  const displayId = randomUUID();
  let shown = false;
  return displayThrough((data) => {
    send({ type: "display", cellId: currentCell(), data, metadata: {}, displayId, update: shown });
    shown = true;
  });
}

export function clearOutput(wait = false): void {
  send({ type: "clear-output", cellId: currentCell(), wait });
}

function show(data: MimeBundle, metadata: Readonly<Record<string, unknown>> = {}): void {
  send({ type: "display", cellId: currentCell(), data, metadata, update: false });
}

function displayThrough(show: (data: MimeBundle) => void): Display {
  const text = (type: string) => (value: string) => show({ [type]: String(value) });
  const bytes = (type: string) => (value: Uint8Array) => show({ [type]: Buffer.from(value).toString("base64") });
  return {
    html: text("text/html"),
    markdown: text("text/markdown"),
    latex: text("text/latex"),
    svg: text("image/svg+xml"),
    javascript: text("application/javascript"),
    text: text("text/plain"),
    json: (value) => show({ "application/json": value }),
    png: bytes("image/png"),
    jpeg: bytes("image/jpeg"),
    gif: bytes("image/gif"),
    pdf: bytes("application/pdf"),
    raw(contentType, data) {
      if (data instanceof Uint8Array) bytes(contentType)(data);
      else show({ [contentType]: data });
    },
  };
}
