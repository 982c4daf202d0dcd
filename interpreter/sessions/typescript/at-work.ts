// Whether JavaScript runs in the session's process: asked through its inspector, which answers between two steps of what
// runs, or where nothing does.

const AT_WORK = "qwenlab.atWork"; // key of Symbol.for(), on globalThis

/** Gives false where nothing runs, in the session. */
export const AT_WORK_EXPRESSION = `globalThis[Symbol.for(${JSON.stringify(AT_WORK)})]()`;

export function installAtWork(): void {
  const { captureStackTrace } = Error; // a cell may change it

  /** What runs is below the expression on the stack. */
  function isAtWork(): boolean {
    const { stackTraceLimit } = Error;
    const prepare = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace") ?? { value: undefined };
    const below: { readonly stack?: unknown } = {};
    try {
      Error.stackTraceLimit = 2;
      const value = (_error: Error, sites: readonly unknown[]) => sites.length > 1;
      Object.defineProperty(Error, "prepareStackTrace", { value, configurable: true });
      captureStackTrace(below, isAtWork);
      return below.stack !== false;
    } finally {
      Object.defineProperty(Error, "prepareStackTrace", prepare);
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  Object.defineProperty(globalThis, Symbol.for(AT_WORK), { value: isAtWork }); // neither listed nor changed by a cell
}
