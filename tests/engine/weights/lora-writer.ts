import { randomF32 } from "../random.ts";
import type { TinyModel } from "../tiny-model.ts";
import { type GgufParts, type WrittenTensor, writeGguf } from "./gguf-writer.ts";
import type { SafetensorsEntry } from "./safetensors-folder.ts";
import { checkpointEntries } from "./safetensors-folder.ts";

/** Of an adapter's matrix both halves, with random values. */
export interface WrittenLora {
  readonly of: string; // the base's tensor
  readonly a: WrittenTensor; // shape [columns, rank]
  readonly b: WrittenTensor; // shape [rank, rows]
}

const tensor = (name: string, shape: readonly number[], seed: number): WrittenTensor => {
  const values = randomF32(shape[0]! * shape[1]!, seed, 0.3);
  return { name, type: "F32", shape, data: new Uint8Array(values.buffer) };
};

/** An adapter for the matrices of a model that a name is like. */
export function randomLora({ parts }: TinyModel, isLike: RegExp, rank: number, seed: number): WrittenLora[] {
  const matrices = parts.tensors.filter(({ name, shape }) => shape.length === 2 && isLike.test(name));
  return matrices.map(({ name, shape: [columns, rows] }, i) => ({
    of: name,
    a: tensor(`${name}.lora_a`, [columns!, rank], seed + 2 * i),
    b: tensor(`${name}.lora_b`, [rank, rows!], seed + 2 * i + 1),
  }));
}

/** As convert_lora_to_gguf.py writes it. */
export function ggufLora(
  matrices: readonly WrittenLora[],
  alpha: number,
  metadata: GgufParts["metadata"] = [],
): Uint8Array {
  const own: GgufParts["metadata"] = [
    ["general.type", { type: "string", value: "adapter" }],
    ["general.architecture", { type: "string", value: "qwen2" }],
    ["adapter.type", { type: "string", value: "lora" }],
    ["adapter.lora.alpha", { type: "f32", value: alpha }],
  ];
  const all = new Map([...own!, ...metadata!]);
  return writeGguf({ metadata: [...all], tensors: matrices.flatMap(({ a, b }) => [a, b]) }).bytes;
}

/** As PEFT saves it. */
export function peftEntries(matrices: readonly WrittenLora[]): SafetensorsEntry[] {
  return matrices.flatMap(({ of, a, b }) =>
    [a, b].map(({ shape, data }, i) => {
      const [entry] = checkpointEntries([{ name: of, type: "F32", shape, data: data! }], false);
      const module = entry!.name.replace(/\.weight$/, "");
      return { ...entry!, name: `base_model.model.${module}.lora_${"AB"[i]}.weight` };
    }),
  );
}
