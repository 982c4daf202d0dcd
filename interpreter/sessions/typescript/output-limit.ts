// Keeps a flood of output out of the notebook: it would freeze the browser and fill the file.

const MAX_CHARACTERS_PER_CELL = 8 * 2 ** 20;

export const OUTPUT_STOPS = `\n[output stops here: over ${MAX_CHARACTERS_PER_CELL} characters; the cell goes on]\n`;

/** Counts what cells print: gives the part of a text that may still be shown, and whether the limit is reached by it. */
export function outputLimit(): (cellId: string, text: string) => { readonly kept: string; readonly stops: boolean } {
  const printed = new Map<string, number>(); // characters, by cell
  return (cellId, text) => {
    const before = printed.get(cellId) ?? 0;
    const left = MAX_CHARACTERS_PER_CELL - before;
    if (left < 0) return { kept: "", stops: false };
    printed.set(cellId, before + text.length);
    return { kept: text.slice(0, left), stops: text.length > left };
  };
}
