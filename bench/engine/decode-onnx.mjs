// A peer's own process: onnxruntime-node reads prompts and writes greedy text; keys and values stay where it computes.
//
//   node decode-onnx.mjs FOLDER MODEL webgpu|cpu      FOLDER holds the package, MODEL the export
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { measureDecoder } from "./measure-decoder.mjs";

const [folder, model, provider] = process.argv.slice(2);
const { InferenceSession, Tensor } = createRequire(join(folder, "package.json"))("onnxruntime-node");
const { decoder } = JSON.parse(readFileSync(join(model, "genai_config.json"), "utf8")).model;

await measureDecoder(async () => {
  const session = await openSession(join(model, "model.onnx"));
  return async function decode(prompt, maxTokens, onToken) {
    let cache = emptyCache(session);
    let ids = prompt;
    for (let position = 0, written = 0; written < maxTokens; written++) {
      const feeds = { ...cache, ...inputs(session, ids, position) };
      const { logits, ...present } = await session.run(feeds);
      for (const tensor of Object.values(cache)) tensor.dispose();
      cache = Object.fromEntries(
        Object.entries(present).map(([name, tensor]) => [name.replace("present", "past_key_values"), tensor]),
      );
      position += ids.length;
      ids = [argmax(logits)];
      onToken(ids[0]);
    }
    for (const tensor of Object.values(cache)) tensor.dispose();
  };
});

async function openSession(file) {
  const options = { executionProviders: [provider], logSeverityLevel: 3 };
  if (provider === "cpu") return InferenceSession.create(file, options);
  const names = Array.from({ length: decoder.num_hidden_layers }, (_, i) => [
    `present.${i}.key`,
    `present.${i}.value`,
  ]).flat();
  const preferredOutputLocation = Object.fromEntries(names.map((name) => [name, "gpu-buffer"]));
  return InferenceSession.create(file, { ...options, preferredOutputLocation });
}

function emptyCache({ inputMetadata }) {
  const past = inputMetadata.filter(({ name }) => name.startsWith("past_key_values"));
  const shape = [1, decoder.num_key_value_heads, 0, decoder.head_size];
  const empty = (type) => new Tensor(type, type === "float16" ? new Uint16Array() : new Float32Array(), shape);
  return Object.fromEntries(past.map(({ name, type }) => [name, empty(type)]));
}

function inputs({ inputNames }, ids, position) {
  const integers = (values) => new Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
  const all = {
    input_ids: integers(ids),
    attention_mask: integers(Array(position + ids.length).fill(1)),
    position_ids: integers(ids.map((_, i) => position + i)),
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => inputNames.includes(name)));
}

/** Of the last token. Halves come as their bits, which sort like integers of a sign and a magnitude. */
function argmax({ data, dims }) {
  const size = dims.at(-1);
  const rank = data instanceof Uint16Array ? (bits) => (bits & 0x8000 ? -(bits & 0x7fff) : bits) : (value) => value;
  let best = 0;
  let bestValue = -Infinity;
  for (let id = 0; id < size; id++) {
    const value = rank(data[data.length - size + id]);
    if (value > bestValue) [best, bestValue] = [id, value];
  }
  return best;
}
