// "It" at the beginning of a sentence is what the sentence before is about, where that is one row.
import type { Language } from "../../languages/index.ts";
import type { KeyedResult } from "../keyed-result.ts";
import { keysIn } from "./mentions.ts";

export interface MeantSentence {
  readonly sentence: string;
  readonly isMeant: boolean; // "it" was replaced
}

/** The sentences of an answer, each with the key that it means in place of "it". */
export function meantSentences(sentences: readonly string[], result: KeyedResult, { it }: Language): MeantSentence[] {
  let last: string | undefined;
  return sentences.map((sentence) => {
    const bare = sentence.trim();
    const meant = last !== undefined && it.test(bare) ? bare.replace(it, last) : undefined;
    const keys = new Set(keysIn(meant ?? sentence, result).map(({ key }) => key));
    last = keys.size === 1 ? [...keys][0] : undefined;
    return { sentence: meant ?? sentence, isMeant: meant !== undefined };
  });
}
