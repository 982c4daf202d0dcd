import { badModelFile, quote } from "../weights/bad-model-file.ts";
import type { FileMetadata } from "../weights/metadata.ts";
import { BYTE_OF_CHARACTER } from "./byte-level.ts";
import { TOKEN_TYPE, type Vocabulary } from "./vocabulary.ts";

const { normal: NORMAL, control: CONTROL, userDefined: USER_DEFINED, unused: UNUSED } = TOKEN_TYPE;
const LAST_TYPE = 6;

// Of special tokens, which are looked for in every text at once; published models have up to a thousand, of 30 characters.
const MAX_SPECIAL = 8_192;
const MAX_SPECIAL_CHARACTERS = 512;

type Tokens = Pick<Vocabulary, "texts" | "types" | "merges">;
type Reject = (field: string, problem: string) => never;

/**
 * A vocabulary with a hole would drop text without a word: each byte must be a token, and each merge must make one.
 *
 * @throws EngineError `bad-model-file`
 */
export function checkVocabulary({ path, metadata }: FileMetadata, { texts, types, merges }: Tokens): void {
  const reject: Reject = (field, problem) => {
    throw badModelFile(path, `tokenizer.ggml.${field}`, problem);
  };
  if (types.length !== texts.length) reject("token_type", `has ${types.length} entries for ${texts.length} tokens`);
  const wrong = types.findIndex((type) => !Number.isInteger(type) || type < NORMAL || type > LAST_TYPE);
  if (wrong !== -1) reject("token_type", `${types[wrong]} of token ${wrong} is no type`);
  checkSpecial(
    texts.filter((_, id) => types[id] === CONTROL || types[id] === USER_DEFINED),
    reject,
  );
  const empty = texts.findIndex((text, id) => text === "" && types[id] !== UNUSED);
  if (empty !== -1) reject("tokens", `token ${empty} is empty`);
  checkMerges(new Set(texts.filter((_, id) => types[id] === NORMAL)), merges, reject);
  const end = metadata.get("tokenizer.ggml.eos_token_id");
  if (end !== undefined && !(typeof end === "number" && Number.isInteger(end) && end >= 0 && end < texts.length)) {
    reject("eos_token_id", `${end} is none of ${texts.length} tokens`);
  }
}

function checkSpecial(texts: readonly string[], reject: Reject): void {
  if (texts.length > MAX_SPECIAL) reject("tokens", `${texts.length} special tokens, and ${MAX_SPECIAL} are the most`);
  const wrong = texts.find((text) => text === "" || text.length > MAX_SPECIAL_CHARACTERS);
  if (wrong === undefined) return;
  const problem = `a special token of ${wrong.length} characters; it may have 1 to ${MAX_SPECIAL_CHARACTERS}`;
  reject("tokens", `${quote(wrong)}, ${problem}`);
}

function checkMerges(normal: ReadonlySet<string>, merges: readonly string[], reject: Reject): void {
  for (const [character, byte] of BYTE_OF_CHARACTER) {
    if (!normal.has(character)) reject("tokens", `byte ${byte} is no token; texts that have it could not be encoded`);
  }
  const isMerge = (merge: string) => {
    const space = merge.indexOf(" ");
    const left = merge.slice(0, space);
    const right = merge.slice(space + 1);
    return space >= 1 && normal.has(left) && normal.has(right) && normal.has(left + right);
  };
  const wrong = merges.findIndex((merge) => !isMerge(merge));
  if (wrong !== -1)
    reject("merges", `merge ${wrong}, ${quote(merges[wrong]!)}, is not of two tokens that make a third`);
}
