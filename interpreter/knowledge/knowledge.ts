// Files that an agent knows: found by their words, and cited by file and line.
import MiniSearch from "minisearch";
import { InterpreterError } from "../errors.ts";
import { readFolderFile } from "../folder-file.ts";

const PASSAGE_LENGTH = 600; // UTF-16 units, about 150 tokens
const MAX_FILE_BYTES = 5 * 2 ** 20;
const TERM = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}_]+/gu; // East Asian text: a term a character

export interface Passage {
  readonly text: string;
  readonly source: string; // "manual.md:12"
}

export interface Knowledge {
  /** The passages that fit best, best first; none where no word fits. */
  search(query: string, count: number): readonly Passage[];
}

/** @throws InterpreterError that names the file that cannot be read */
export function openKnowledge(folder: string, files: readonly string[]): Knowledge {
  const passages = files.flatMap((file) => passagesOf(folder, file));
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

function passagesOf(folder: string, file: string): Passage[] {
  let text: string;
  try {
    text = readFolderFile(folder, file, MAX_FILE_BYTES).toString("utf8");
  } catch (error) {
    throw new InterpreterError(`a knowledge file: ${error instanceof Error ? error.message : error}`);
  }
  if (text.includes("\0")) throw new InterpreterError(`the knowledge file ${file} is not a text file`);
  const passages: Passage[] = [];
  let lines: string[] = [];
  let first = 1;
  const flush = (next: number) => {
    const joined = lines.join("\n").trim();
    if (joined !== "") passages.push({ text: joined, source: `${file}:${first}` });
    lines = [];
    first = next;
  };
  for (const [i, line] of text.split("\n").entries()) {
    const length = lines.reduce((sum, one) => sum + one.length, 0) + line.length;
    if (lines.length > 0 && (length > PASSAGE_LENGTH || /^#{1,6} /.test(line))) flush(i + 1);
    lines.push(line);
  }
  flush(0);
  return passages;
}
