import { SourceMap, type SourceMapPayload } from "node:module";

/** Code and what leads from it back to what was written. */
export interface Compiled {
  readonly sourceMaps: readonly string[]; // JSON, outermost first
  readonly lineOffset: number; // what a line of the source is more in the last of them
}

export interface SourcePlace {
  readonly line: number; // 1-based
  readonly column: number; // 1-based
  readonly isWritten: boolean; // false: nothing that was written stands there, and this is the nearest before it
  readonly isKnown: boolean; // false: nothing that was written stands before it, either, and this is in the code as compiled
}

/** Gives, for a line and a column of the compiled code (both 1-based), the place in the source. */
export function sourcePlaces({ sourceMaps, lineOffset }: Compiled): (line: number, column: number) => SourcePlace {
  const maps = sourceMaps.map((text) => new SourceMap(JSON.parse(text) as SourceMapPayload));
  return (line, column) => {
    let place: SourcePlace = { line, column, isWritten: true, isKnown: true };
    for (const map of maps) {
      const entry = map.findEntry(place.line - 1, place.column - 1);
      if (!("originalLine" in entry)) return { ...place, isWritten: false, isKnown: false };
      const isWritten = place.isWritten && entry.generatedLine === place.line - 1;
      place = { line: entry.originalLine + 1, column: entry.originalColumn + 1, isWritten, isKnown: true };
    }
    return { ...place, line: Math.max(1, place.line - lineOffset) };
  };
}
