import { badModelFile, inWords, quote } from "../weights/bad-model-file.ts";
import type { FileMetadata } from "../weights/metadata.ts";
import type { TextList } from "../weights/text-list.ts";
import { TOKEN_TYPE } from "./vocabulary.ts";

const { normal: NORMAL, control: CONTROL, userDefined: USER_DEFINED, unused: UNUSED } = TOKEN_TYPE;
const LAST_TYPE = 6;

// Of special tokens, which are looked for in every text at once; published models have up to a thousand, of 30 characters.
const MAX_SPECIAL = 8_192;
const MAX_SPECIAL_CHARACTERS = 512;

type Reject = (field: string, problem: string) => never;

/**
 * Tokens that could not be told apart from others, or would name nothing; bytes and merges are looked at where the
 * tokenizer is made of them.
 *
 * @throws EngineError `bad-model-file`
 */
export function checkTokens(file: FileMetadata, texts: TextList, types: readonly number[]): void {
  const reject: Reject = (field, problem) => {
    throw badModelFile(file, `tokenizer.ggml.${field}`, problem);
  };
  if (texts.length === 0) reject("tokens", "there are none");
  if (types.length !== texts.length) reject("token_type", `has ${types.length} entries for ${texts.length} tokens`);
  const wrong = types.findIndex((type) => !Number.isInteger(type) || type < NORMAL || type > LAST_TYPE);
  if (wrong !== -1) reject("token_type", `${types[wrong]} of token ${wrong} is no type`);
  checkSpecial(texts, types, reject);
  const empty = types.findIndex((type, id) => type !== UNUSED && texts.byteLength(id) === 0);
  if (empty !== -1) reject("tokens", `token ${empty} is empty`);
  for (const field of ["bos_token_id", "eos_token_id"]) {
    const id = file.metadata.get(`tokenizer.ggml.${field}`);
    if (id !== undefined && !(typeof id === "number" && Number.isInteger(id) && id >= 0 && id < texts.length)) {
      reject(field, `${inWords(id)} is none of ${texts.length} tokens`);
    }
  }
}

function checkSpecial(texts: TextList, types: readonly number[], reject: Reject): void {
  let count = 0;
  for (let id = 0; id < texts.length; id++) {
    if (types[id] !== CONTROL && types[id] !== USER_DEFINED) continue;
    if (++count > MAX_SPECIAL) continue;
    const text = texts.at(id)!;
    if (text !== "" && text.length <= MAX_SPECIAL_CHARACTERS) continue;
    const problem = `a special token of ${text.length} characters; it may have 1 to ${MAX_SPECIAL_CHARACTERS}`;
    reject("tokens", `${quote(text)}, ${problem}`);
  }
  if (count > MAX_SPECIAL) reject("tokens", `${count} special tokens, and ${MAX_SPECIAL} are the most`);
}
