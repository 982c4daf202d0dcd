import { placesOf } from "../kernels/place.ts";
import { ropeRotations } from "../kernels/rope.ts";
import type { ModelConfig } from "../models/config.ts";
import { scoreScaleAt } from "../models/long-context.ts";
import type { Row } from "./runner.ts";

/** Where a step's tokens stand, and how they are turned, as kernels read it. @param tableLength entries of a block table */
export function stepInput(rows: readonly Row[], config: ModelConfig, tableLength: number) {
  const places = rows.map(({ slot, table }) => {
    return { slot, table: table * tableLength, sequence: table, scoreScale: scoreScaleAt(config, slot) };
  });
  return { places: placesOf(places), rotations: ropeRotations(rows, config.headDim) };
}
