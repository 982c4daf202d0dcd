import { EngineError } from "../errors.ts";

const QUOTED_CHARACTERS = 80; // a key may have 65,535 bytes; an error is one line

/** Whose errors they are. All files are read by GGUF's names; one that has others is told by those that its owner finds in it. */
export interface NamedFile {
  readonly path: string;
  readonly own?: OwnNames | undefined;
}

export interface OwnNames {
  /** Which field of which file a key of the metadata stands for. */
  field(key: string): { readonly path: string; readonly field: string };
  tensor(name: string): string;
  shape(sizes: readonly number[]): readonly number[];
}

/** An error that names the file, the field in it, and what is wrong with that field's value. */
export function badModelFile(file: string | NamedFile, field: string, problem: string, cause?: unknown): EngineError {
  const named = typeof file === "string" ? { path: file, field } : fieldIn(file, field);
  return new EngineError("bad-model-file", `${named.path}: ${named.field}: ${problem}`, { cause });
}

export function badTensor(file: NamedFile, name: string, problem: string): EngineError {
  return new EngineError("bad-model-file", `${file.path}: ${tensorIn(file, name)}: ${problem}`);
}

export function badShape(
  file: NamedFile,
  name: string,
  shape: readonly number[],
  wanted: readonly number[],
): EngineError {
  const [has, asked] = [shape, wanted].map((sizes) => file.own?.shape(sizes) ?? sizes);
  const by = file.own ? "config.json asks" : "the metadata ask";
  return badTensor(file, name, `has shape [${has}], but ${by} for [${asked}]`);
}

/** An error about a tensor that the architecture has no use for: the model was trained with it, and would give other answers without it. */
export function unread(file: NamedFile, name: string, architecture: string): EngineError {
  const problem = `is not read by ${architecture}, and answers without it would be wrong`;
  return new EngineError("unsupported-model", `${file.path}: ${tensorIn(file, name)}: ${problem}`);
}

export function fieldIn({ path, own }: NamedFile, key: string): { readonly path: string; readonly field: string } {
  return own?.field(key) ?? { path, field: key };
}

function tensorIn({ own }: NamedFile, name: string): string {
  return `tensor ${quote(own?.tensor(name) ?? name)}`;
}

/** Text from a file, fit for a terminal: cut, in quotes, without control characters. */
export function quote(text: string): string {
  const cut = text.length > QUOTED_CHARACTERS ? `${text.slice(0, QUOTED_CHARACTERS)}…` : text;
  return JSON.stringify(cut).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, // C1 controls and changes of direction, which JSON leaves in
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A value of a JSON file, likewise. String() would call an object's own `toString`, which the file may name, and go as deep as it does. */
export function inWords(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
