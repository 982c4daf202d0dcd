// A peer's own process: transformers.js generates from prompts by its own `generate`.
//
//   node generate-transformers.mjs FOLDER MODEL webgpu|cpu      FOLDER holds the package, MODEL the export
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { measureDecoder } from "./measure-decoder.mjs";

const [folder, model, device] = process.argv.slice(2);
const program = createRequire(join(folder, "package.json")).resolve("@huggingface/transformers");
const { AutoModelForCausalLM, env, Tensor } = await import(pathToFileURL(program));

env.allowRemoteModels = false;
env.localModelPath = dirname(model);

await measureDecoder(async () => {
  const options = { device, dtype: "fp32", subfolder: "", local_files_only: true }; // "fp32" is the plain file name
  const decoder = await AutoModelForCausalLM.from_pretrained(basename(model), options);
  return async function decode(prompt, maxTokens, onToken) {
    const integers = (values) => new Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
    await decoder.generate({
      inputs: integers(prompt),
      attention_mask: integers(Array(prompt.length).fill(1)),
      do_sample: false,
      min_new_tokens: maxTokens,
      max_new_tokens: maxTokens,
      streamer: { put: ([ids]) => ids.length === 1 && onToken(Number(ids[0])), end() {} }, // the prompt comes first
    });
  };
});
