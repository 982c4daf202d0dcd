import { helpMagics } from "./help.ts";
import type { Magic } from "./magic.ts";
import { modelMagics } from "./model-magics.ts";
import type { ModelServices } from "./services.ts";

/** Every magic of a notebook. */
export function createMagics(services: ModelServices): readonly Magic[] {
  const magics: Magic[] = [...modelMagics(services), ...helpMagics(() => magics)];
  return magics;
}
