/** `.ci/nightly` also runs what is slow and seldom breaks, each where `npm test` has a cheaper test of the same promise. */
export const isNightly = process.env.TEST_NIGHTLY !== undefined;

/** How many of what a test makes by chance: their seed is fixed, so the day's are the first of the night's. */
export const byChance = (byDay: number, atNight: number): number => (isNightly ? atNight : byDay);
