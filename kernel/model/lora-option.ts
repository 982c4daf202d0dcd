import { resolve } from "node:path";
import type { LoraSpec } from "../../engine/client.ts";

const WITH_SCALE = /^(.+)=(-?\d+(?:\.\d+)?)$/;

/** FILE or FILE=SCALE of --lora; paths count from `folder`. */
export function readLora(text: string, folder: string): LoraSpec {
  const [, path = text, scale] = WITH_SCALE.exec(text) ?? [];
  return { path: resolve(folder, path), ...(scale !== undefined && { scale: Number(scale) }) };
}
