/** `.ci/nightly` also runs what is slow and seldom breaks, each where `npm test` has a cheaper test of the same promise. */
export const isNightly = process.env.TEST_NIGHTLY !== undefined;
