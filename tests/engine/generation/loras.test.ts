// LoRA adapters beside a small model: numbers against the formulas in f64, requests with several choices side by side, and the bits
// of the base.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nameWithLoras } from "../../../engine/chat/model-name.ts";
import { Graph } from "../../../engine/graph/graph.ts";
import { evaluate } from "../../../engine/graph/reference.ts";
import {
  type GenerateSummary,
  type LanguageModel,
  openGguf,
  openLanguageModel,
  planMemory,
  startServer,
} from "../../../engine/index.ts";
import { qwen2 } from "../../../engine/models/qwen2.ts";
import { type Lora, openLora } from "../../../engine/weights/lora-file.ts";
import { isNightly } from "../../nightly.ts";
import { tinyConfig } from "../graph/tiny-models.ts";
import { openTestTarget, optionsOf, TARGETS } from "../targets.ts";
import { TINY, tinyModel, writeTinyModel } from "../tiny-model.ts";
import { ggufLora, peftEntries, randomLora, type WrittenLora } from "../weights/lora-writer.ts";
import { writeSafetensors } from "../weights/safetensors-folder.ts";

const TOKENS = Array.from({ length: 20 }, (_, i) => (i * 37 + 11) % 256);
const base = tinyModel();
const ALL = randomLora(base, /attn_|ffn_/, 4, 100);
const SOME = randomLora(base, /blk\.1\.(attn_v|ffn_up)/, 7, 200);

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-loras-"));
  path = await writeTinyModel(join(folder, "tiny.gguf"));
  await writeFile(join(folder, "all.gguf"), ggufLora(ALL, 8));
  await mkdir(join(folder, "some"));
  const config = { peft_type: "LORA", r: 7, lora_alpha: 14, bias: "none", use_rslora: false };
  await writeFile(join(folder, "some", "adapter_config.json"), JSON.stringify(config));
  await writeFile(join(folder, "some", "adapter_model.safetensors"), writeSafetensors(peftEntries(SOME)));
});
afterAll(() => rm(folder, { recursive: true }));

interface Answer {
  readonly status: number;
  readonly model?: string;
  readonly data?: readonly { readonly id?: string; readonly embedding?: readonly number[] }[];
  readonly choices?: readonly { readonly text: string }[];
}

const specs = () => [{ path: join(folder, "all.gguf") }, { path: join(folder, "some"), scale: 0.5 }];
const CHOICES: readonly (readonly string[])[] = [[], ["all"], ["some"], ["all", "some"]];

function expectedOf(loras: readonly Lora[]) {
  const config = tinyConfig("qwen2");
  const { parts, weights } = base;
  const tensors = new Map(parts.tensors.map((tensor) => [tensor.name, tensor]));
  const constants = { ...config, loras: loras.map(({ matrices }) => matrices) };
  return evaluate(qwen2(new Graph(config, { path: "", tensors })), TOKENS, constants, ({ name }) => weights.get(name)!);
}

/** Log-probabilities at each position, by token. */
async function scored(model: LanguageModel, loras: readonly string[]): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const { top } of model.score(TOKENS, { top: TINY.vocabSize, loras })) {
    const row = new Array<number>(TINY.vocabSize);
    for (const [token, logprob] of top) row[token] = logprob;
    rows.push(row);
  }
  return rows;
}

const logSoftmax = (logits: readonly number[]) => {
  const most = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return logits.map((logit) => logit - most - Math.log(sum));
};

/** By day without kernels for software: of an adapter's products they are no other ones. */
describe.each(TARGETS.filter((target) => target !== "software" || isNightly))("on the target %s", (kind) => {
  test("each choice of adapters gives what its formulas do, and none the bits of a model without", async () => {
    const loras = await Promise.all(specs().map(openLora));
    await using plain = await openLanguageModel({ path, precision: "exact", ...optionsOf(kind) });
    await using model = await openLanguageModel({ path, precision: "exact", loras: specs(), ...optionsOf(kind) });
    expect(model.info.loras).toEqual(["all", "some"]);
    await using file = await openGguf(path);
    const target = await openTestTarget(kind);
    const planned = await planMemory(file, { contextLength: TINY.contextLength, precision: "exact", target, loras });
    target.dispose();
    expect(planned.totalBytes).toBe(model.info.deviceBytes);
    expect(await scored(model, [])).toEqual(await scored(plain, []));
    const together = await Promise.all(CHOICES.map((choice) => scored(model, choice)));
    for (const [i, choice] of CHOICES.entries()) {
      const expected = expectedOf(loras.filter(({ name }) => choice.includes(name)));
      const differences = together[i]!.flatMap((row, t) =>
        row.map((logprob, token) => Math.abs(logprob - logSoftmax(expected[t]!)[token]!)),
      );
      expect(Math.max(...differences), choice.join()).toBeLessThan(2e-3);
      expect(await scored(model, choice)).toEqual(together[i]); // alone the same bits as among others
    }
    expect(new Set(together.map((rows) => JSON.stringify(rows))).size).toBe(CHOICES.length);
  });
});

describe("requests", () => {
  const prefixFolder = () => join(folder, "prefixes");
  const open = () => openLanguageModel({ path, prefixFolder: prefixFolder(), loras: specs() });

  async function answer(model: LanguageModel, loras: readonly string[], stableTokens = 0) {
    const options = { maxTokens: 12, stopTokens: [], sampling: { temperature: 0 }, loras, stableTokens };
    const generation = model.generate(TOKENS, options);
    const tokens: number[] = [];
    for (;;) {
      const { done, value } = await generation.next();
      if (done) return { tokens, cached: (value as GenerateSummary).cachedTokens };
      tokens.push((value as { token: number }).token);
    }
  }

  test("with several choices run side by side, and share nothing that was computed with another", async () => {
    await using model = await open();
    const alone = [];
    for (const choice of CHOICES) alone.push(await answer(model, choice));
    expect(alone.map(({ cached }) => cached)).toEqual([0, 0, 0, 0]);
    const together = await Promise.all(CHOICES.map((choice) => answer(model, choice)));
    expect(together).toEqual(alone.map(({ tokens }) => ({ tokens, cached: 19 })));
  });

  test("what is kept on disk is the adapter's own", async () => {
    const first = await (async () => {
      await using model = await open();
      return answer(model, ["all"], 16);
    })();
    await using model = await open();
    expect((await answer(model, [], 16)).cached).toBe(0);
    expect(await answer(model, ["all"], 16)).toEqual({ ...first, cached: 16 });
  });

  test("over HTTP choose by the model's name", async () => {
    await using model = await open();
    const server = await startServer({ model, name: "tiny" });
    const ask = async (path: string, body?: object) => {
      const sent = { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
      const response = await fetch(`${server.url}/${path}`, body ? sent : {});
      return { status: response.status, ...((await response.json()) as Record<string, unknown>) } as Answer;
    };
    const complete = (name: string) =>
      ask("completions", { model: name, prompt: TOKENS, max_tokens: 12, temperature: 0 });
    try {
      const list = await ask("models");
      expect(list.data?.map(({ id }) => id)).toEqual(["tiny", "tiny:all", "tiny:some"]);
      const texts: unknown[] = [];
      for (const choice of CHOICES) {
        const name = nameWithLoras("tiny", choice);
        const answer = await complete(name);
        expect(answer).toMatchObject({ status: 200, model: name });
        texts.push(answer.choices![0]!.text);
      }
      expect(new Set(texts).size).toBeGreaterThan(1);
      expect(await complete("tiny:other")).toMatchObject({
        status: 400,
        error: { message: expect.stringContaining('no adapter "other"; there are all, some') },
      });
      expect(await complete("tiny:some")).toMatchObject({ choices: [{ text: texts[2] }] });
      const [plain, adapted] = [
        await ask("embeddings", { model: "tiny", input: TOKENS }),
        await ask("embeddings", { model: "tiny:all", input: TOKENS }),
      ];
      expect(adapted.data![0]!.embedding).not.toEqual(plain.data![0]!.embedding);
    } finally {
      await server.close();
    }
  });

  test("for an adapter that is not there fail by name, and the next one runs", async () => {
    await using model = await open();
    await expect(answer(model, ["other"])).rejects.toThrow(/no adapter "other"; there are all, some/);
    expect((await answer(model, ["some"])).tokens).toHaveLength(12);
  });
});

describe("an adapter that does not fit is refused in one message, and the model opens without it", () => {
  const cut = (matrices: readonly WrittenLora[], change: (first: WrittenLora) => WrittenLora) =>
    matrices.map((one, i) => (i === 0 ? change(one) : one));
  const reshaped = (of: WrittenLora["a"], shape: readonly number[]): WrittenLora["a"] => ({
    ...of,
    shape,
    data: new Uint8Array(4 * shape[0]! * shape[1]!),
  });

  test.each<[string, () => Uint8Array, RegExp]>([
    [
      "another size",
      () =>
        ggufLora(
          cut(ALL, (one) => ({ ...one, a: reshaped(one.a, [64, 4]) })),
          8,
        ),
      /bad\.gguf: tensor "blk\.0\.attn_q\.weight".*is for \[64,192\].*\[96,192\].*take an adapter of this model/,
    ],
    [
      "halves of two ranks",
      () =>
        ggufLora(
          cut(ALL, (one) => ({ ...one, a: reshaped(one.a, [96, 5]) })),
          8,
        ),
      /tensor "blk\.0\.attn_q\.weight\.lora_a".*\[96,5\] and \[4,192\] share no rank/,
    ],
    [
      "a matrix that the model has not",
      () =>
        ggufLora(
          cut(ALL, (one) => rename(one, "blk.9.attn_q.weight")),
          8,
        ),
      /tensor "blk\.9\.attn_q\.weight": the model has no such matrix/,
    ],
    [
      "the embedding, to which nothing is added",
      () =>
        ggufLora(
          cut(ALL, (one) => rename(one, "token_embd.weight")),
          8,
        ),
      /tensor "token_embd\.weight": the model has no such matrix that an adapter can add to/,
    ],
    [
      "another architecture",
      () => ggufLora(ALL, 8, [["general.architecture", { type: "string", value: "llama" }]]),
      /general\.architecture: "llama", but the model's is qwen2/,
    ],
    [
      "one half",
      () =>
        ggufLora(
          cut(ALL, (one) => ({ ...one, a: { ...one.a, name: "blk.0.attn_norm.weight.lora_a" } })),
          8,
        ),
      /of its two halves there are [01] and [01]/,
    ],
    ["a whole model", () => new Uint8Array(), /general\.type: "model" is no adapter/],
  ])("%s", async (_, bytes, message) => {
    const bad = join(folder, "bad.gguf");
    const content = bytes();
    if (content.length > 0) await writeFile(bad, content);
    else await writeTinyModel(bad);
    await expect(openLanguageModel({ path, loras: [{ path: bad }] })).rejects.toThrow(message);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["DoRA", { use_dora: true }, /adapter_config\.json: use_dora: is not supported/],
    ["another method", { peft_type: "IA3" }, /peft_type: "IA3"; supported: LORA/],
    ["trained biases", { bias: "all" }, /bias: "all"; supported: none/],
    ["whole modules", { modules_to_save: ["lm_head"] }, /modules_to_save/],
    ["no alpha", { lora_alpha: undefined }, /lora_alpha: is not a number/],
  ])("%s", async (_, changes, message) => {
    const own = join(folder, "peft");
    await mkdir(own, { recursive: true });
    const config = { peft_type: "LORA", lora_alpha: 14, ...changes };
    await writeFile(join(own, "adapter_config.json"), JSON.stringify(config));
    await writeFile(join(own, "adapter_model.safetensors"), writeSafetensors(peftEntries(SOME)));
    await expect(openLora({ path: own })).rejects.toThrow(message);
  });

  test.each<[string, (first: WrittenLora) => WrittenLora, RegExp]>([
    [
      "another size",
      (one) => ({ ...one, a: reshaped(one.a, [64, 4]) }),
      /tensor "model\.layers\.0\.self_attn\.q_proj\.weight": is for \[192,64\], but the model's has the shape \[192,96\]/,
    ],
    [
      "a matrix that the model has not",
      (one) => rename(one, "blk.9.attn_q.weight"),
      /tensor "model\.layers\.9\.self_attn\.q_proj\.weight": the model has no such matrix/,
    ],
    [
      "halves of two ranks",
      (one) => ({ ...one, a: reshaped(one.a, [96, 5]) }),
      /tensor "base_model\.model\.model\.layers\.0\.self_attn\.q_proj\.lora_A\.weight": .* \[5,96\] and \[192,4\]/,
    ],
  ])("of a folder, %s, by its own names and shapes", async (_, change, message) => {
    const own = join(folder, "peft");
    await mkdir(own, { recursive: true });
    await writeFile(join(own, "adapter_config.json"), JSON.stringify({ peft_type: "LORA", lora_alpha: 14 }));
    await writeFile(join(own, "adapter_model.safetensors"), writeSafetensors(peftEntries(cut(ALL, change))));
    await expect(openLanguageModel({ path, loras: [{ path: own }] })).rejects.toThrow(message);
  });

  test("halves of rank 0, whose product is no number", async () => {
    const own = join(folder, "peft");
    await mkdir(own, { recursive: true });
    await writeFile(join(own, "adapter_config.json"), JSON.stringify({ peft_type: "LORA", lora_alpha: 14 }));
    const [one] = SOME as [WrittenLora];
    const empty = (half: WrittenLora["a"], shape: readonly number[]) => ({ ...half, shape, data: new Uint8Array(0) });
    const [columns, rows] = [one.a.shape[0]!, one.b.shape[1]!];
    const entries = peftEntries([{ ...one, a: empty(one.a, [columns, 0]), b: empty(one.b, [0, rows]) }]);
    await writeFile(join(own, "adapter_model.safetensors"), writeSafetensors(entries));
    await expect(openLora({ path: own })).rejects.toThrow(/share no rank from 1 to 1024/);
  });

  test("a path that is not there", async () => {
    await expect(openLora({ path: join(folder, "none.gguf") })).rejects.toThrow(/none\.gguf: no such adapter/);
  });
});

function rename(one: WrittenLora, of: string): WrittenLora {
  return { of, a: { ...one.a, name: `${of}.lora_a` }, b: { ...one.b, name: `${of}.lora_b` } };
}
