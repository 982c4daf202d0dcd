/** '...' and "..." and their kin, at the edges of words, so that an apostrophe is none. */
const QUOTED =
  /(?<![\p{L}\p{N}])(?:'([^'\n]{2,90})'|"([^"\n]{2,90})")(?![\p{L}\p{N}])|“([^”\n]{2,90})”|„([^“”\n]{2,90})[“”]|«\s?([^»\n]{2,90}?)\s?»|「([^」\n]{2,90})」/gu;

/** A quoted text and where it stands, with its quotes, in UTF-16 offsets. */
export interface Quoted {
  readonly text: string;
  readonly span: readonly [number, number];
}

export function quotedIn(question: string): Quoted[] {
  return [...question.matchAll(QUOTED)].map((match) => ({
    text: match.slice(1).find((group) => group !== undefined) ?? "",
    span: [match.index, match.index + match[0].length],
  }));
}
