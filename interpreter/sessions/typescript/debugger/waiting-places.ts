// Which functions wait for the code that stands still: those that await it, by V8's own stacks of errors.
import type { Runtime } from "node:inspector";

const MAX_FRAMES = 1_000; // with those that run

/** Of a function behind an `await`. Its variables are not kept by what waits for it. */
export interface WaitingPlace extends Omit<Runtime.CallFrame, "scriptId"> {
  readonly url: string; // the script's file name
}

/** Innermost first. Called on top of the stack that stands still; a longer one hides what waits for it. */
export function waitingPlaces(): readonly WaitingPlace[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = MAX_FRAMES;
    Error.prepareStackTrace = (_, sites) => sites;
    const sites = new Error().stack as unknown as readonly NodeJS.CallSite[]; // as: made so above
    return sites.filter((site) => site.isAsync()).map(placeOf);
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit }); // the user may have set them
  }
}

function placeOf(site: NodeJS.CallSite): WaitingPlace {
  return {
    functionName: site.getFunctionName() ?? "",
    url: site.getFileName() ?? "",
    lineNumber: (site.getLineNumber() ?? 1) - 1,
    columnNumber: (site.getColumnNumber() ?? 1) - 1,
  };
}
