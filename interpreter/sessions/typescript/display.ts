// display and newDisplay of the cells, in the shape of tslab's API.
import { randomUUID } from "node:crypto";
import type { MimeBundle } from "../session.ts";
import { currentCell } from "./attribution.ts";
import type { Display, DisplayFunction } from "./cell-globals.ts";
import { send } from "./frames-out.ts";
import { print } from "./output.ts";
import { shownResult } from "./rich-result.ts";
import { type Fitting, fitting } from "./shown-size.ts";

export const display: DisplayFunction = Object.assign(
  (value: unknown) => void whenShown(value, (bundle) => bundle && show(bundle, { update: false })),
  displayThrough((shown) => show(shown, { update: false })),
);

export function newDisplay(): Display {
  const displayId = randomUUID();
  let shown = false;
  return displayThrough((fitted) => {
    show(fitted, { displayId, update: shown });
    shown = true;
  });
}

/** Shows values as a cell's result is shown, each in the place of the one before. */
export function valueDisplay(): (value: unknown) => void | Promise<void> {
  const displayId = randomUUID();
  let shown = false;
  return (value) =>
    whenShown(value, (bundle) => {
      if (bundle === undefined && !shown) return;
      show(bundle ?? { data: { "text/plain": "" } }, { displayId, update: shown });
      shown = true;
    });
}

/** At once, unless the value says later how it is shown. */
function whenShown(value: unknown, use: (bundle: Fitting | undefined) => void): void | Promise<void> {
  const bundle = shownResult(value);
  return bundle instanceof Promise ? bundle.then(use) : use(bundle);
}

export function showBundle(data: MimeBundle): void {
  show(fitting(data), { update: false });
}

export function clearOutput(wait = false): void {
  send({ type: "clear-output", cellId: currentCell(), wait });
}

function show({ data, refused }: Fitting, about: { displayId?: string; update: boolean }): void {
  if (refused !== undefined) print("stderr", refused);
  if (Object.keys(data).length > 0) send({ type: "display", cellId: currentCell(), data, metadata: {}, ...about });
}

function displayThrough(showFitted: (fitted: Fitting) => void): Display {
  const show = (data: MimeBundle) => showFitted(fitting(data));
  const text = (type: string) => (value: string) => show({ [type]: String(value) });
  const bytes = (type: string) => (value: Uint8Array) => show({ [type]: bytesOf(value) });
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
      show({ [contentType]: data });
    },
  };
}

/** What Buffer.from() takes, too. */
function bytesOf(value: Uint8Array): Uint8Array {
  return value instanceof Uint8Array ? value : Buffer.from(value);
}
