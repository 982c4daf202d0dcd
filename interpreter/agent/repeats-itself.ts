// A small model may fall into saying the same few words until its tokens end.

const TAIL = 600; // UTF-16 units in which it is seen
const SAME_WORDS = /(.{2,40}?)\1{11,}$/su;

/** Whether a text ends in the same words, a dozen times over; a line of a table, dots and zeros are none. */
export function repeatsItself(text: string): boolean {
  const [, words = ""] = SAME_WORDS.exec(text.slice(-TAIL)) ?? [];
  return /\p{L}/u.test(words);
}
