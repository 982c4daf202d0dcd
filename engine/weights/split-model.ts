// Models in several files, as llama.cpp's gguf-split and gguf-py write them: NAME-00001-of-00003.gguf and so on. Each part is a
// GGUF file with tensors of its own; the first has the model's metadata, and each says which of how many it is.
import { basename, dirname, join } from "node:path";
import { badModelFile, quote } from "./bad-model-file.ts";
import type { TensorInfo } from "./gguf-header.ts";
import { type FileMetadata, metadataNumber } from "./metadata.ts";

const NUMBER = "split.no"; // counted from 0; in the names from 1
const COUNT = "split.count";
const TENSORS = "split.tensors.count"; // of all parts

export interface Split {
  readonly folder: string;
  readonly name: string; // that the parts' names begin with
  readonly count: number; // of parts; 1: the model is one file
  readonly tensors: number; // of all parts
}

/**
 * What the file that is opened says of its model's parts.
 *
 * @throws EngineError `bad-model-file` for a part that is not the first, or whose name and metadata differ
 */
export function splitOf(first: FileMetadata): Split {
  const { path, metadata } = first;
  const folder = dirname(path);
  const count = metadata.has(COUNT) ? metadataNumber(first, COUNT) : 1;
  if (count === 0 || count === 1) return { folder, name: basename(path), count: 1, tensors: 0 }; // 0: parts were merged
  if (!Number.isInteger(count) || count < 0) throw badModelFile(path, COUNT, `${count} is no number of parts`);

  const number = metadataNumber(first, NUMBER);
  const [, name, numberInName, countInName] = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/.exec(basename(path)) ?? [];
  if (name === undefined || Number(numberInName) !== number + 1 || Number(countInName) !== count) {
    const problem = `the file says that it is part ${number + 1} of ${count}, but its name does not`;
    throw badModelFile(path, NUMBER, `${problem}; parts are found by names as MODEL-00001-of-00003.gguf`);
  }
  const split = { folder, name, count, tensors: metadataNumber(first, TENSORS) };
  if (number !== 0)
    throw badModelFile(path, NUMBER, `the file is part ${number + 1} of ${count}; open ${partPath(split, 1)}`);
  return split;
}

/** @param part counted from 1 */
export function partPath({ folder, name, count }: Split, part: number): string {
  return join(folder, partName(name, part, count));
}

/** @param part counted from 1 */
export function partName(name: string, part: number, count: number): string {
  const digits = (number: number) => String(number).padStart(5, "0");
  return `${name}-${digits(part)}-of-${digits(count)}.gguf`;
}

/** @throws EngineError `bad-model-file` if the file is not that part */
export function checkPart({ count, tensors }: Split, file: FileMetadata, part: number): void {
  for (const [key, expected] of [
    [NUMBER, part - 1],
    [COUNT, count],
    [TENSORS, tensors],
  ] as const) {
    const value = metadataNumber(file, key);
    if (value === expected) continue;
    const problem = `${value}, but ${expected} by the first part and this one's name; they are of two models, or renamed`;
    throw badModelFile(file.path, key, problem);
  }
}

interface Part {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
}

/** @throws EngineError `bad-model-file` if a tensor is in two parts, or the parts have not as many as they say */
export function checkWhole({ count, tensors: expected }: Split, parts: readonly Part[]): void {
  if (count === 1) return;
  const pathOf = new Map<string, string>();
  for (const { path, tensors } of parts) {
    for (const name of tensors.keys()) {
      const other = pathOf.get(name);
      if (other !== undefined) throw badModelFile(path, `tensor ${quote(name)}`, `is in ${other}, too`);
      pathOf.set(name, path);
    }
  }
  if (expected !== pathOf.size) {
    const problem = `${expected}, but the ${count} parts have ${pathOf.size} tensors together`;
    throw badModelFile(parts[0]!.path, TENSORS, problem); // of parts there are two at least
  }
}
