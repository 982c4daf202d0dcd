// Broken JSON in a folder of safetensors, from a fixed seed: each folder opens, or is refused with file and field.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EngineError } from "../../../engine/errors.ts";
import { describeModel } from "../../../engine/models/architectures.ts";
import { openTokenizer } from "../../../engine/tokenizer/open-tokenizer.ts";
import { PRE_TOKENIZERS } from "../../../engine/tokenizer/pre-tokenizers.ts";
import { modelConfig } from "../../../engine/weights/model-config.ts";
import { openModelFile } from "../../../engine/weights/model-file.ts";
import { tinyConfig, tinyModelOf } from "../graph/tiny-models.ts";
import { randomNumbers } from "../kernels/linear-sources.ts";
import { checkpointEntries, configJson, tokenizerJson, writeFolder } from "./safetensors-folder.ts";

const FILES_OF_A_KIND = 30;
const TEXT = "naïve 模型 0\n";

const FILES: Readonly<Record<string, unknown>> = {
  "config.json": configJson(tinyConfig("qwen2")),
  "tokenizer.json": tokenizerJson(PRE_TOKENIZERS.get("qwen2")!.oniguruma),
  "generation_config.json": { eos_token_id: [258, 256], temperature: 0.7, top_k: 20, do_sample: true },
  "tokenizer_config.json": { chat_template: "{{ messages }}" },
};

/** Of a field or tensor, which nobody finds in these files. */
const GGUF_NAME = /\bblk\.\d|\btoken_embd\b|\btokenizer\.ggml\.|\bqwen2\.\w|\bgeneral\.\w/;

type Random = (below: number) => number; // whole numbers

const MARK = "something else";
const DEEP = "[".repeat(20_000) + "]".repeat(20_000);
/** JSON of what stands where something else should; the last three cannot be made a text by String(). */
const STRANGE = [
  ...[null, true, -1, 0, 0.5, 2 ** 31, 2 ** 53, 1e308, "", "\u001b[2J", "x".repeat(10_000), [], {}].map((value) =>
    JSON.stringify(value),
  ),
  ...['{"toString":1}', '[{"toString":null}]', DEEP],
];

const KINDS: Readonly<Record<string, (text: string, random: Random) => string>> = {
  "a value is another"(text, random) {
    const whole: unknown = JSON.parse(text);
    const places = placesIn(whole);
    const { of, key } = places[random(places.length)]!;
    of[key] = MARK;
    return JSON.stringify(whole).replace(`"${MARK}"`, STRANGE[random(STRANGE.length)]!);
  },
  "an entry is missing"(text, random) {
    const whole: unknown = JSON.parse(text);
    const places = placesIn(whole);
    const { of, key } = places[random(places.length)]!;
    if (Array.isArray(of)) of.splice(Number(key), 1);
    else delete of[key];
    return JSON.stringify(whole);
  },
  "characters are noise"(text, random) {
    const at = random(text.length);
    const noise = Array.from({ length: 1 + random(8) }, () => String.fromCharCode(random(256))).join("");
    return text.slice(0, at) + noise + text.slice(at + noise.length);
  },
  "it is cut short": (text, random) => text.slice(0, random(text.length)),
};

interface Place {
  readonly of: Record<string, unknown>; // or a list
  readonly key: string;
}

/** Few of each list's entries: those of a vocabulary are alike. */
function placesIn(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const of = value as Record<string, unknown>; // as: any object
  return Object.keys(of).flatMap((key, i) => (i < 40 ? [{ of, key }, ...placesIn(of[key])] : []));
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-hostile-folder-"));
  const { parts, weights } = tinyModelOf("qwen2");
  const tensors = parts.tensors.map(({ name, shape }) => {
    const data = new Uint8Array(Float32Array.from(weights.get(name)!).buffer);
    return { name, type: "F32" as const, shape, data };
  });
  await writeFolder(folder, FILES, checkpointEntries(tensors, false));
});
afterAll(() => rm(folder, { recursive: true }));

async function openModel(): Promise<void> {
  await using model = await openModelFile(folder);
  describeModel(model, modelConfig(model));
  const tokenizer = openTokenizer(model);
  expect(tokenizer.decode(tokenizer.encode(TEXT))).toBe(TEXT);
}

test("the whole folder opens", openModel);

describe.each(Object.keys(FILES))("%s", (file) => {
  test.each(Object.entries(KINDS))(`${FILES_OF_A_KIND} of which %s`, async (kind, breakIt) => {
    const uniform = randomNumbers(kind.length + file.length);
    const whole = JSON.stringify(FILES[file]);
    try {
      for (let i = 0; i < FILES_OF_A_KIND; i++) {
        const broken = breakIt(whole, (below) => Math.floor(uniform() * below));
        await writeFile(join(folder, file), broken);
        const error = await openModel().catch((reason: unknown) => reason);
        if (error === undefined) continue;
        const what = `${file} ${i} of which ${kind}: ${broken.slice(0, 500)}`;
        if (!(error instanceof EngineError)) throw new Error(`${what}: no error of ours`, { cause: error });
        expect(["bad-model-file", "unsupported-model", "model-not-found"], what).toContain(error.code);
        expect(error.message, what).toMatch(/^\P{Cc}+: \P{Cc}+$/u); // a place and a problem, in one line
        expect(error.message, what).toContain(folder);
        expect(error.message, what).not.toMatch(GGUF_NAME);
        expect(error.message.length, what).toBeLessThan(1000);
      }
    } finally {
      await writeFile(join(folder, file), whole);
    }
  });
});
