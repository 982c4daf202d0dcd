// onnxruntime-node and transformers.js on a 4-bit ONNX export of the same weights; both live in the cache folder.
import { existsSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PEERS_FOLDER } from "./machine.mjs";
import { run } from "./run.mjs";

const PACKAGES = ["onnxruntime-node@1.30.0", "@huggingface/transformers@4.3.1"];
const EXPORTER = [
  "torch==2.15.0",
  "transformers==5.24.0",
  "onnxruntime-genai==0.18.0",
  "onnx==1.23.2",
  "onnx-ir==1.1.0",
  "gguf==0.19.0",
  "accelerate==1.15.0",
];
const PROVIDERS = ["cpu", "webgpu"];
const NODE_FOLDER = join(PEERS_FOLDER, "node");
const PYTHON = join(PEERS_FOLDER, "export", "bin", "python");

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const exportOf = (path) => join(PEERS_FOLDER, "onnx", basename(path, ".gguf"));
const manifestOf = (spec) => join(NODE_FOLDER, "node_modules", spec.slice(0, spec.lastIndexOf("@")), "package.json");

export function findOnnx({ path, adapter, env }) {
  const providers = adapter.isCpu ? ["cpu"] : PROVIDERS;
  const needed = [...PACKAGES.map(manifestOf), ...providers.map((provider) => join(exportOf(path), provider))];
  if (!needed.every(existsSync)) {
    return {
      peers: [],
      versions: [],
      missing: ["onnxruntime and transformers.js: node bench/engine/main.mjs --prepare"],
    };
  }
  const peer = (name, provider, program) => ({
    column: `${name}, ${provider === "cpu" ? "CPU" : "WebGPU"}`,
    measure: () => measure(program, join(exportOf(path), provider), provider, env),
  });
  return {
    peers: [
      ...providers.map((provider) => peer("onnxruntime", provider, "decode-onnx.mjs")),
      ...(adapter.isCpu ? [] : [peer("transformers.js", "webgpu", "generate-transformers.mjs")]),
    ],
    versions: [`${PACKAGES.join(" and ")} on a 4-bit ONNX export of the same weights`],
    missing: [],
  };
}

async function measure(program, model, provider, env) {
  const { stdout } = await run(process.execPath, [here(program), NODE_FOLDER, model, provider], { env });
  return JSON.parse(stdout.trim().split("\n").at(-1)); // libraries print lines of their own
}

/** Fetches what is missing: npm's packages without their scripts, which would fetch more; the exporter's in a venv. */
export async function prepareOnnx(path) {
  const loud = { timeout: 0, onLine: (line) => line.trim() && process.stderr.write(`  ${line}\n`) };
  mkdirSync(NODE_FOLDER, { recursive: true });
  const npm = ["install", "--prefix", NODE_FOLDER, "--ignore-scripts", "--no-save", "--no-audit", "--no-fund"];
  await run("npm", [...npm, ...PACKAGES], loud);
  if (PROVIDERS.every((provider) => existsSync(join(exportOf(path), provider)))) return;
  if (!existsSync(PYTHON)) await run("python3", ["-m", "venv", join(PEERS_FOLDER, "export")], loud);
  await run(PYTHON, ["-m", "pip", "install", "--quiet", "--no-input", ...EXPORTER], loud);
  const env = { ...process.env, TQDM_DISABLE: "1" }; // progress bars are no lines
  await run(PYTHON, [here("export-onnx.py"), path, exportOf(path)], { ...loud, env });
}
