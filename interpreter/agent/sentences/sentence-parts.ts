// A text in its sentences, and a sentence in its clauses.
const SENTENCE_END = /(?<=[.!?;])\s+|(?<=[。！？；])|\n+/;

export const JOINS =
  /\s(?:and|while|but|und|während|aber|y|mientras|pero|et|tandis que|mais|e|mentre|enquanto|mas|terwijl|maar|podczas gdy|natomiast|и|а|но)\s/iu;
export const CLAUSE_END = new RegExp(`,\\s+|，|、|${JOINS.source}`, "i");

export function sentencesOf(text: string): string[] {
  return text.split(SENTENCE_END);
}
