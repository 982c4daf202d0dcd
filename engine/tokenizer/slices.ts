const SLICE = 4_096; // UTF-16 units: BPE takes some 10 ms for them, and more than its share for a longer word
const MARGIN = 1_024; // units before a slice's end in which a place to cut is looked for

/** A text in slices whose tokens are those of the whole, but where a single word is longer than a slice. */
export function* slices(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.length - start <= SLICE ? text.length : cutBefore(text, start + SLICE);
    yield text.slice(start, end);
    start = end;
  }
}

/** The last place before `end` that no token reaches across: after a letter, before a space or a mark; after a line. */
function cutBefore(text: string, end: number): number {
  for (let at = end; at > end - MARGIN; at--) {
    const pair = text.slice(at - 1, at + 1);
    if (/^[\p{L}\p{N}][ \p{P}]$|^\n\S$/u.test(pair)) return at;
  }
  const splitsCharacter = /[\ud800-\udbff]/.test(text[end - 1]!);
  return splitsCharacter ? end - 1 : end;
}
