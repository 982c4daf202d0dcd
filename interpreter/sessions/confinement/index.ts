export { type ConfinedCells, createConfinedCells } from "./confined-cells.ts";
export { type Confinement, missingForConfinement, openConfinement } from "./confinement.ts";
export type { Attempt } from "./probes.ts";
export type { Room } from "./room.ts";
export { type SelfTest, testConfinement, testThoroughly } from "./self-test.ts";
export { testThroughSession } from "./session-test.ts";
