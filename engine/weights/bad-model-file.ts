import { EngineError } from "../errors.ts";

const QUOTED_CHARACTERS = 80; // a key may have 65,535 bytes; an error is one line

/** An error that names the file, the field in it, and what is wrong with that field's value. */
export function badModelFile(path: string, field: string, problem: string, cause?: unknown): EngineError {
  return new EngineError("bad-model-file", `${path}: ${field}: ${problem}`, { cause });
}

/** An error about a tensor that the architecture has no use for: the model was trained with it, and would give other answers without it. */
export function unread(path: string, tensor: string, architecture: string): EngineError {
  const problem = `is not read by ${architecture}, and answers without it would be wrong`;
  return new EngineError("unsupported-model", `${path}: tensor ${quote(tensor)}: ${problem}`);
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
