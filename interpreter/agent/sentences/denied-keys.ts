// "Not the USA but Japan has the most": of the two, the sentence tells of one.
import type { KeyedResult } from "../keyed-result.ts";
import { keysIn } from "./mentions.ts";

/** What denies a key, which stands as "#". */
const DENIED: readonly RegExp[] = [
  /\b(?:(?:it )?(?:is |was )?not|isn't|wasn't|rather than|instead of) (?:the |in |from )?#(?:\s*,?\s*but)?/gi,
  /(?<!\p{L})(?:es ist |ist )?(?:nicht|kein\w*) (?:die |der |das |in |aus )?#(?:\s*,?\s*sondern)?/giu,
  /(?:ce n['’]est |et )?(?<!\p{L})(?:non )?pas (?:le |la |les |l['’]|en |au |aux )?#(?:\s*,?\s*mais)?|(?<!\p{L})et non (?:le |la |les |l['’])?#/giu,
  /(?<!\p{L})no (?:es |fue |son )?(?:el |la |los |las |en )?#(?:\s*,?\s*sino)?/giu,
  /(?:不是|并非|而非)#(?:[，,]?\s*而是)?/gu,
  /#(?:では|じゃ)なく(?:て)?、?/gu,
];

/** The sentence without the keys that it denies by themselves; as it is where it would tell of none. */
export function withoutDeniedKeys(sentence: string, result: KeyedResult): string {
  const mentions = keysIn(sentence, result);
  if (mentions.length < 2) return sentence;
  let marked = "";
  let from = 0;
  for (const { index, length } of mentions) {
    marked += `${sentence.slice(from, index)}#`;
    from = index + length;
  }
  marked += sentence.slice(from);
  if (marked.split("#").length !== mentions.length + 1) return sentence; // it has such a sign itself
  const blanked = (denied: string) => denied.replace(/[^#]/g, "").replace("#", "\0"); // a key that is told no more
  const left = DENIED.reduce((text, words) => text.replace(words, blanked), marked);
  if (!left.includes("#")) return sentence;
  const keys = mentions.map(({ index, length }) => sentence.slice(index, index + length));
  return left.replace(/[#\0]/g, (mark) => {
    const key = keys.shift() ?? "";
    return mark === "#" ? key : "";
  });
}
