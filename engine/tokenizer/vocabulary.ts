import type { NamedFile } from "../weights/bad-model-file.ts";
import type { TextList } from "../weights/text-list.ts";
import type { PreTokenizer } from "./pre-tokenizers.ts";
import type { TextBounds } from "./text-bounds.ts";

/** What kind of token an id is, in the numbers of `tokenizer.ggml.token_type`. */
export const TOKEN_TYPE = {
  normal: 1,
  control: 3, // <|im_start|>: never shown
  userDefined: 4, // <tool_call>: one token, but part of the text
  unused: 5,
} as const;

/** A checkpoint's tokens and how they are made, from whatever file it has them in. */
export interface Vocabulary {
  readonly file: NamedFile; // for errors
  /** By id. Bytes as GPT-2's alphabet spells them, but for added tokens, which are their text. */
  readonly texts: TextList;
  readonly types: readonly number[]; // as many
  readonly merges: TextList; // pairs of tokens with a space between, the first to be merged first
  readonly wholeWords: boolean; // a word that is a token is that token, also where its merges lead elsewhere
  readonly preTokenizer: PreTokenizer;
  readonly endTokens: readonly number[]; // what the file itself says ends an answer
  readonly bounds: TextBounds; // what stands around a text that no template has made a prompt of
}
