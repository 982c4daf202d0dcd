// Files that an agent knows: found by their words, and cited by file and line.
import MiniSearch from "minisearch";
import { InterpreterError } from "../errors.ts";
import { readVisibleFile } from "../visible-file.ts";

const PASSAGE_LENGTH = 600; // UTF-16 units, about 150 tokens
const MAX_FILES = 50;
const MAX_BYTES = 5 * 2 ** 20; // of all files: the index of some words takes 20 times as much
const TERM = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}_]+/gu; // East Asian text: a term a character

export interface Passage {
  readonly text: string;
  readonly source: string; // "manual.md:12"
}

export interface Knowledge {
  /** The passages that fit best, best first; none where no word fits. */
  search(query: string, count: number): readonly Passage[];
}

/** @throws InterpreterError that names the file that cannot be read, or says what is too much */
export function openKnowledge(folder: string, files: readonly string[]): Knowledge {
  const named = [...new Set(files)];
  if (named.length > MAX_FILES)
    throw new InterpreterError(`${named.length} knowledge files, and ${MAX_FILES} are the most; name fewer`);
  let total = 0;
  const passages = named.flatMap((file) => {
    const bytes = bytesOf(folder, file);
    total += bytes.length;
    if (total > MAX_BYTES)
      throw new InterpreterError(`the knowledge files have more than ${MAX_BYTES} bytes together; name fewer`);
    return passagesOf(bytes.toString("utf8"), file);
  });
  const index = new MiniSearch<{ id: number; text: string }>({
    fields: ["text"],
    tokenize: (text) => text.match(TERM) ?? [],
    searchOptions: { prefix: (term) => term.length > 3, fuzzy: (term) => (term.length > 5 ? 0.2 : false) },
  });
  index.addAll(passages.map(({ text }, id) => ({ id, text })));
  return {
    search: (query, count) =>
      index
        .search(query)
        .slice(0, count)
        .flatMap(({ id }) => passages[id as number] ?? []),
  };
}

function bytesOf(folder: string, file: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readVisibleFile(folder, file, MAX_BYTES);
  } catch (error) {
    throw new InterpreterError(`a knowledge file: ${error instanceof Error ? error.message : error}`);
  }
  if (bytes.includes(0)) throw new InterpreterError(`the knowledge file ${file} is not a text file`);
  return bytes;
}

function passagesOf(text: string, file: string): Passage[] {
  const passages: Passage[] = [];
  let lines: string[] = [];
  let length = 0; // of the lines
  let first = 1;
  const flush = (next: number) => {
    const joined = lines.join("\n").trim();
    if (joined !== "") passages.push({ text: joined, source: `${file}:${first}` });
    lines = [];
    length = 0;
    first = next;
  };
  for (const [i, line] of text.split("\n").entries()) {
    length += line.length;
    if (lines.length > 0 && (length > PASSAGE_LENGTH || /^#{1,6} /.test(line))) {
      flush(i + 1);
      length = line.length;
    }
    lines.push(line);
  }
  flush(0);
  return passages;
}
