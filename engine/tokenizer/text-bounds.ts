// Which tokens stand around a text that no template has made a prompt of: a GGUF's add_bos_token and add_eos_token, which a folder of
// transformers says in tokenizer.json's post_processor, or in tokenizer_config.json.
import { badModelFile, inWords, quote } from "../weights/bad-model-file.ts";
import type { FileMetadata, GgufValue } from "../weights/metadata.ts";

type Json = Readonly<Record<string, unknown>>;
type Bound = "bos" | "eos";

export interface TextBounds {
  readonly bos?: number;
  readonly eos?: number;
}

/** @throws EngineError `bad-model-file` where one is asked for and not named */
export function ggufTextBounds(gguf: FileMetadata): TextBounds {
  const boundOf = (bound: Bound): TextBounds => {
    const flag = `tokenizer.ggml.add_${bound}_token`;
    const isAsked = gguf.metadata.get(flag) ?? false;
    if (typeof isAsked !== "boolean") throw badModelFile(gguf.path, flag, `${inWords(isAsked)} is not true or false`);
    if (!isAsked) return {};
    const id = gguf.metadata.get(`tokenizer.ggml.${bound}_token_id`);
    if (typeof id === "number") return { [bound]: id };
    throw badModelFile(gguf.path, `tokenizer.ggml.${bound}_token_id`, `is missing, and add_${bound}_token asks for it`);
  };
  return { ...boundOf("bos"), ...boundOf("eos") };
}

/** What `ggufTextBounds` reads. */
export function boundsMetadata({ bos, eos }: TextBounds): [string, GgufValue][] {
  const entries = (bound: Bound, id: number | undefined): [string, GgufValue][] =>
    id === undefined
      ? []
      : [
          [`tokenizer.ggml.add_${bound}_token`, true],
          [`tokenizer.ggml.${bound}_token_id`, id],
        ];
  return [...entries("bos", bos), ...entries("eos", eos)];
}

/** By tokenizer.json. @throws EngineError `bad-model-file` for what we do not do to a text */
export function postProcessorBounds(path: string, file: Json, idOf: (token: string) => number | undefined): TextBounds {
  const whole = (file["post_processor"] ?? undefined) as Json | undefined; // as, here and below: any object
  const steps = whole?.["type"] === "Sequence" ? whole["processors"] : whole === undefined ? [] : [whole];
  const bounds: { bos?: number; eos?: number } = {};
  const reject = (problem: string): never => {
    throw badModelFile(path, "post_processor", problem);
  };
  for (const step of Array.isArray(steps) ? (steps as (Json | null)[]) : [undefined]) {
    if (step?.["type"] === "ByteLevel") continue; // about offsets only
    const single = step?.["type"] === "TemplateProcessing" ? step["single"] : undefined;
    if (!Array.isArray(single))
      return reject(`${inWords(step?.["type"])} is not supported; supported: ByteLevel, TemplateProcessing`);
    let bound: Bound = "bos";
    for (const piece of single as (Json | null)[]) {
      if (piece?.["Sequence"] !== undefined) {
        bound = "eos";
        continue;
      }
      const token = (piece?.["SpecialToken"] as Json | undefined)?.["id"];
      const id = typeof token === "string" ? idOf(token) : undefined;
      if (id === undefined) return reject(`${inWords(token)} is no token`);
      if (bounds[bound] !== undefined) return reject("more than one token before or behind a text is not supported");
      bounds[bound] = id;
    }
  }
  return bounds;
}

/** By tokenizer_config.json. @throws EngineError `bad-model-file` where one is asked for and is no token */
export function configBounds(path: string, config: Json, idOf: (token: string) => number | undefined): TextBounds {
  const boundOf = (bound: Bound): TextBounds => {
    if (config[`add_${bound}_token`] !== true) return {};
    const named = config[`${bound}_token`];
    const token = typeof named === "string" ? named : (named as Json | null | undefined)?.["content"];
    const id = typeof token === "string" ? idOf(token) : undefined;
    if (id !== undefined) return { [bound]: id };
    const problem =
      token === undefined ? "is missing" : `${typeof token === "string" ? quote(token) : inWords(token)} is no token`;
    throw badModelFile(path, `${bound}_token`, `${problem}, and add_${bound}_token asks for it`);
  };
  return { ...boundOf("bos"), ...boundOf("eos") };
}
