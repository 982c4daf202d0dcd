/** Text as a part of a regular expression. */
export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/**
 * A text where it stands as words of its own, in either case. Chinese and Japanese set no spaces between words: a text in
 * their letters has no edges, and beside them one in Latin letters is a word of its own.
 */
export function wholeWord(text: string): RegExp {
  const edge = /[\p{Script=Latin}\p{N}]/u.test(text) ? "[\\p{Script=Latin}\\p{N}_]" : "(?!)";
  return new RegExp(`(?<!${edge})${escapeRegExp(text)}(?!${edge})`, "giu");
}
