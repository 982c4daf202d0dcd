const PARENT_CHECK_INTERVAL_MS = 1_000;

/**
 * Jupyter's interrupt is a message, not a signal; nobody opens our inspector by one; and an error of ours that nobody
 * caught costs no notebook its variables.
 */
export function withstand(): void {
  delete process.env.QWENLAB_STARTED_BY; // of a cell that started us: an engine that others share is not that cell's
  process.on("SIGINT", () => {});
  process.on("SIGUSR1", () => {}); // Node's default: listens for a debugger
  process.on("uncaughtException", (error) => console.error(error)); // also rejections
}

/**
 * Resolves when the process is asked to end, or the one that started it, or Jupyter, is gone: nobody would end it then.
 * A signal that comes again, or before this is called, ends the process at once.
 */
export function askedToEnd(): Promise<void> {
  const parent = process.ppid;
  const jupyter = jupyterPid();
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
    const timer = setInterval(() => {
      if (process.ppid !== parent || (jupyter !== undefined && !exists(jupyter))) resolve();
    }, PARENT_CHECK_INTERVAL_MS);
    timer.unref();
  });
}

/**
 * What Jupyter calls itself: a wrapper of the kernel's command would otherwise hide its end. Where there is no such
 * process from the start, the kernel runs in a container, and the number means nothing; a child of init is an orphan.
 */
function jupyterPid(): number | undefined {
  const pid = Number(process.env.JPY_PARENT_PID);
  if (process.platform === "win32" || !Number.isInteger(pid) || pid <= 1) return undefined;
  return exists(pid) || process.ppid === 1 ? pid : undefined;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // another user's
  }
}
