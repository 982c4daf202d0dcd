// Adapters that are well formed and ask for what we do not compute: what they add would be something else, and nobody would know.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLora } from "../../../engine/weights/lora-file.ts";
import { tinyModel } from "../tiny-model.ts";
import { expectRefused } from "./expect-refused.ts";
import { type WrittenValue, writeGguf } from "./gguf-writer.ts";
import { ggufLora, peftEntries, randomLora } from "./lora-writer.ts";
import { writeSafetensors } from "./safetensors-folder.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-other-adapters-"));
});
afterAll(() => rm(folder, { recursive: true }));

const real = (value: number): WrittenValue => ({ type: "f32", value });
const text = (value: string): WrittenValue => ({ type: "string", value });

describe("an adapter with", () => {
  const matrices = randomLora(tinyModel(), /attn_q/, 4, 3);
  const broken = (value: number) =>
    matrices.map((one, i) => {
      if (i > 0) return one;
      const values = new Float32Array(one.b.data!.slice().buffer);
      values[5] = value;
      return { ...one, b: { ...one.b, data: new Uint8Array(values.buffer) } };
    });

  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      "PiSSA's beginning",
      { init_lora_weights: "pissa_niter_16" },
      /init_lora_weights: "pissa_niter_16" changes the base/,
    ],
    ["OLoRA's", { init_lora_weights: "olora" }, /init_lora_weights: "olora" changes the base's weights, too/],
    ["LoftQ's", { init_lora_weights: "loftq" }, /init_lora_weights: "loftq"/],
    ["a beginning in the middle", { alora_invocation_tokens: [5, 6] }, /alora_invocation_tokens: adapters that begin/],
    ["a rank of another's", { r: 16 }, /r: 16, but a matrix has rank 4: adapter_model\.safetensors is of another/],
    ["an alpha in words", { lora_alpha: "16" }, /lora_alpha: is not a number/],
  ])("%s is refused", async (_, changes, message) => {
    const config = { peft_type: "LORA", lora_alpha: 8, ...changes };
    await writeFile(join(folder, "adapter_config.json"), JSON.stringify(config));
    await writeFile(join(folder, "adapter_model.safetensors"), writeSafetensors(peftEntries(matrices)));
    await expectRefused(openLora({ path: folder }), folder, message);
  });

  test("ranks by module, and a beginning that leaves the base as it is, opens", async () => {
    const config = { peft_type: "LORA", lora_alpha: 8, r: 16, rank_pattern: { q_proj: 4 }, init_lora_weights: "eva" };
    await writeFile(join(folder, "adapter_config.json"), JSON.stringify(config));
    await writeFile(join(folder, "adapter_model.safetensors"), writeSafetensors(peftEntries(matrices)));
    expect((await openLora({ path: folder })).matrices.size).toBe(2);
  });

  test("an alpha past all numbers is refused", async () => {
    await writeFile(join(folder, "adapter_config.json"), '{"peft_type":"LORA","lora_alpha":1e999}');
    await writeFile(join(folder, "adapter_model.safetensors"), writeSafetensors(peftEntries(matrices)));
    await expectRefused(openLora({ path: folder }), folder, /lora_alpha: is not a number/);
  });

  const alpha = (value: number) => ggufLora(matrices, 8, [["adapter.lora.alpha", real(value)]]);
  const tokens = { type: "u32", values: [5, 6] } as const;
  test.each<[string, Uint8Array, RegExp]>([
    ["an alpha that is none", alpha(Number.NaN), /adapter\.lora\.alpha: NaN is not a number that counts/],
    ["an alpha without end", alpha(Number.POSITIVE_INFINITY), /adapter\.lora\.alpha: Infinity/],
    [
      "an invocation",
      ggufLora(matrices, 8, [["adapter.alora.invocation_tokens", tokens]]),
      /invocation_tokens: adapters/,
    ],
    ["values that are none", ggufLora(broken(Number.NaN), 8), /"blk\.0\.attn_q\.weight\.lora_b": holds NaN/],
    ["values without end", ggufLora(broken(Number.NEGATIVE_INFINITY), 8), /lora_b": holds -Infinity/],
    ["no kind", ggufLora(matrices, 8, [["adapter.type", text("control_vector")]]), /adapter\.type/],
    [
      "a third half",
      writeGguf({
        metadata: [
          ["general.type", text("adapter")],
          ["adapter.type", text("lora")],
        ],
        tensors: [{ name: "blk.0.attn_q.weight.lora_m", type: "F32", shape: [4] }],
      }).bytes,
      /lora_m": is no half/,
    ],
  ])("%s is refused", async (_, content, message) => {
    const path = join(folder, "adapter.gguf");
    await writeFile(path, content);
    await expectRefused(openLora({ path }), path, message);
  });
});
