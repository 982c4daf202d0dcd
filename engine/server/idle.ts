import { setTimeout as sleep } from "node:timers/promises";

const CHECKS = 20; // in the time after which a server is idle
const MAX_CHECK_MS = 10_000;

export interface Activity {
  readonly running: number; // requests under way
  readonly requests: number; // so far
}

/**
 * Resolves when nothing has been asked for so long. Time is counted in checks, not by a clock: a machine that slept, a
 * process that was stopped, a clock that was put are no idle time, and what waits at the door is let in before the
 * next check.
 */
export async function untilIdle(activity: Activity, idleMs: number): Promise<void> {
  const checkMs = Math.min(MAX_CHECK_MS, idleMs / CHECKS);
  let seen = activity.requests;
  for (let idle = 0; idle < idleMs; idle += checkMs) {
    await sleep(checkMs);
    if (activity.running > 0 || activity.requests !== seen) idle = -checkMs;
    seen = activity.requests;
  }
}
