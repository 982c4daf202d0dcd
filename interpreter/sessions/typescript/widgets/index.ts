// The door: what cells have of widgets, and what the kernel hands to them.
import { anyWidget } from "./any-widget.ts";
import { controls } from "./controls.ts";
import { table } from "./table.ts";
import type { Widgets } from "./widget-types.ts";

export { receiveComm, refuseComms } from "./comms.ts";
export { interact } from "./interact.ts";
export const widget: Widgets = Object.assign(anyWidget, { ...controls, table });
