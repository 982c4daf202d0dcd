// Whether a debugger is attached to the session's process. Nothing of it costs a cell anything while none is.

/** In place of a source map: the inspector stops before a script that names one runs, so that it gets its breakpoints. */
export const SOURCE_MAP_MARK = "qwenlab:";

let attached = false;

export function isDebugged(): boolean {
  return attached;
}

export function setDebugged(isAttached: boolean): void {
  attached = isAttached;
}

/** The code of a cell or of a local file, as it is run. */
export function debuggable(code: string): string {
  return attached ? `${code}\n//# sourceMappingURL=${SOURCE_MAP_MARK}` : code;
}
