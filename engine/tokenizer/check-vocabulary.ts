import { badModelFile, quote } from "../weights/bad-model-file.ts";
import type { FileMetadata } from "../weights/metadata.ts";
import { BYTE_OF_CHARACTER } from "./byte-level.ts";

const NORMAL = 1; // of tokenizer.ggml.token_type
const UNUSED = 5;
const LAST_TYPE = 6;

export interface Vocabulary {
  readonly texts: readonly string[]; // by id
  readonly types: readonly number[]; // likewise
  readonly merges: readonly string[];
}

/**
 * A vocabulary with a hole would drop text without a word: each byte must be a token, and each merge must make one.
 *
 * @throws EngineError `bad-model-file`
 */
export function checkVocabulary({ path, metadata }: FileMetadata, { texts, types, merges }: Vocabulary): void {
  const reject = (field: string, problem: string): never => {
    throw badModelFile(path, `tokenizer.ggml.${field}`, problem);
  };
  if (types.length !== texts.length) reject("token_type", `has ${types.length} entries for ${texts.length} tokens`);
  const normal = new Set<string>();
  for (const [id, type] of types.entries()) {
    const text = texts[id]!; // they are as many
    if (!Number.isInteger(type) || type < NORMAL || type > LAST_TYPE)
      reject("token_type", `${type} of token ${id} is no type`);
    if (text === "" && type !== UNUSED) reject("tokens", `token ${id} is empty`);
    if (type === NORMAL) normal.add(text);
  }
  for (const [character, byte] of BYTE_OF_CHARACTER) {
    if (!normal.has(character)) reject("tokens", `byte ${byte} is no token; texts that have it could not be encoded`);
  }
  for (const [i, merge] of merges.entries()) {
    const space = merge.indexOf(" ");
    const [left, right] = [merge.slice(0, space), merge.slice(space + 1)];
    if (space < 1 || !normal.has(left) || !normal.has(right) || !normal.has(left + right)) {
      reject("merges", `merge ${i}, ${quote(merge)}, is not of two tokens that make a third`);
    }
  }
  const end = metadata.get("tokenizer.ggml.eos_token_id");
  if (end !== undefined && !(typeof end === "number" && Number.isInteger(end) && end >= 0 && end < texts.length)) {
    reject("eos_token_id", `${end} is none of ${texts.length} tokens`);
  }
}
