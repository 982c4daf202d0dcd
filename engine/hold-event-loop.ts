const HOLD_MS = 1; // what a step that is done may wait to be seen; a step takes 100 times as long

const nothing = new Int32Array(new SharedArrayBuffer(4)); // that anybody would wake us for
let waiting = 0;
let isHolding = false;

/**
 * Waits for work of a software adapter without taking the CPU from it. While a promise of Dawn is pending, Node's event
 * loop spins to poll it, and the shaders, which run on the same cores, take twice as long; so each turn of the loop is
 * held for a moment. Timers and sockets are served once a turn.
 */
export async function holdEventLoop<T>(work: Promise<T>): Promise<T> {
  waiting++;
  if (!isHolding) setImmediate(hold);
  isHolding = true;
  try {
    return await work;
  } finally {
    waiting--;
  }
}

function hold(): void {
  isHolding = waiting > 0;
  if (!isHolding) return;
  Atomics.wait(nothing, 0, 0, HOLD_MS);
  setImmediate(hold);
}
