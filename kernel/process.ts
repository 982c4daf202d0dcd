const PARENT_CHECK_INTERVAL_MS = 1_000;

/**
 * Jupyter's interrupt is a message, not a signal; nobody opens our inspector by one; and an error of ours that nobody
 * caught costs no notebook its variables.
 */
export function withstand(): void {
  process.on("SIGINT", () => {});
  process.on("SIGUSR1", () => {}); // Node's default: listens for a debugger
  process.on("uncaughtException", (error) => console.error(error)); // also rejections
}

/** Resolves when the process is asked to end, or the one that started it is gone: nobody would end it then. */
export function askedToEnd(): Promise<void> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
    const timer = setInterval(() => {
      if (process.ppid !== parent) resolve();
    }, PARENT_CHECK_INTERVAL_MS);
    timer.unref();
  });
}
