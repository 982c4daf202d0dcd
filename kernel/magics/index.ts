import type { ModelServices, NotebookState } from "../model/services.ts";
import { helpMagics } from "./help.ts";
import type { Magic } from "./magic.ts";
import { modelMagics } from "./model-magics.ts";

/** Every magic of a notebook. */
export function createMagics(services: ModelServices, state: NotebookState): readonly Magic[] {
  const magics: Magic[] = [...modelMagics(services, state), ...helpMagics(() => magics)];
  return magics;
}
