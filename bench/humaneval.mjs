// HumanEval in TypeScript (MultiPL-E, 159 tasks), greedy: whether an engine and a quantized file write the code that the
// model can write. Each program runs confined. The tasks are Qwen2.5-Coder's own copy, fetched when this runs.
//
//   node bench/humaneval.mjs [--model NAME] [--tasks FILE] [--at-once 4] [--out FILE] [--limit N]
//
// Another server through QWENLAB_BASE_URL. Answers are kept in --out, so that a run that was stopped goes on.
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import ts from "typescript";
import { openConfinement } from "../dist/interpreter/index.js";
import { createModels } from "../dist/kernel/model/models.js";

const TASKS =
  "https://raw.githubusercontent.com/QwenLM/Qwen2.5-Coder/d5ead97fea36bca3744e1a4c49e882f6fa2f406a/qwencoder-eval/instruct/multipl_e/chat/data/humaneval/humaneval-ts.jsonl";
const MAX_TOKENS = 640;
const RUN_MS = 15_000; // as MultiPL-E has it
const libraries = new Map(); // parsed once
const SYSTEM = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.";

const { values: options } = parseArgs({
  options: {
    model: { type: "string" },
    tasks: { type: "string" },
    "at-once": { type: "string", default: "4" },
    limit: { type: "string", default: "1000" },
    out: { type: "string" },
  },
});

const source = options.tasks ? readFileSync(options.tasks, "utf8") : await (await fetch(TASKS)).text();
const tasks = source.trim().split("\n").map(JSON.parse).slice(0, Number(options.limit));
const known = new Map(
  options.out && existsSync(options.out)
    ? readFileSync(options.out, "utf8")
        .trim()
        .split("\n")
        .filter(Boolean)
        .map(JSON.parse)
        .map((entry) => [entry.name, entry])
    : [],
);
const output = {
  cellId: "bench",
  signal: new AbortController().signal,
  stream() {},
  display() {},
  updateDisplay() {},
  clear() {},
};
const model = await createModels({ cwd: tmpdir(), env: process.env }).chatModel(output, options.model);

const waiting = [...tasks];
const results = [];
await Promise.all(Array.from({ length: Number(options["at-once"]) }, work));
const passed = results.filter(({ verdict }) => verdict === "passed").length;
console.log(`${model.name}: ${passed} of ${results.length} passed, ${((100 * passed) / results.length).toFixed(1)} %`);
for (const verdict of new Set(results.map((entry) => entry.verdict)))
  console.log(`  ${verdict}: ${results.filter((entry) => entry.verdict === verdict).length}`);
process.exit(0);

async function work() {
  for (let task = waiting.shift(); task; task = waiting.shift()) {
    const answer = known.get(task.name)?.answer ?? (await ask(task));
    const entry = { name: task.name, ...(await judge(task, answer)), answer };
    results.push(entry);
    if (known.has(task.name)) continue;
    process.stderr.write(`${results.length}/${tasks.length} ${entry.verdict.padEnd(12)} ${task.name}\n`);
    if (options.out) appendFileSync(options.out, `${JSON.stringify(entry)}\n`);
  }
}

async function ask({ prompt }) {
  const request = `Please continue to complete the function and return all completed code in a codeblock. Here is the given code to do completion:\n\`\`\`typescript\n${prompt.trim()}\n\`\`\``;
  const messages = [
    { role: "system", content: SYSTEM },
    { role: "user", content: request },
  ];
  let answer = "";
  for await (const event of model.chat({ messages, temperature: 0, seed: 0, maxTokens: MAX_TOKENS }))
    if (event.type === "text-delta") answer += event.text;
  return answer;
}

async function judge({ prompt, tests, test }, answer) {
  const program = `${codeOf(answer, prompt)}\n\n${tests ?? test}\n`;
  const problem = typeProblem(program);
  return { verdict: problem ? "not compiled" : await run(program), ...(problem && { problem }) };
}

/** The first code block; what continues the function instead of repeating it goes below the prompt. */
function codeOf(answer, prompt) {
  const block = /```(?:typescript|ts)?\s*\n([\s\S]*?)(?:```|$)/.exec(answer)?.[1] ?? answer;
  const name = /^function\s+(\w+)/m.exec(prompt)?.[1] ?? ""; // not "a function to", of the comment above
  return block.includes(`function ${name}`) || block.includes(`const ${name}`) ? block : prompt + block;
}

function typeProblem(program) {
  const path = "/task.ts";
  const settings = {
    target: ts.ScriptTarget.ESNext,
    strict: false,
    types: [],
    noEmit: true,
    module: ts.ModuleKind.CommonJS,
  };
  const host = ts.createCompilerHost(settings);
  const { getSourceFile } = host;
  host.getSourceFile = (name, language) => {
    if (name === path) return ts.createSourceFile(path, program, language, true);
    libraries.set(name, libraries.get(name) ?? getSourceFile.call(host, name, language));
    return libraries.get(name);
  };
  const [first] = ts.getPreEmitDiagnostics(ts.createProgram([path], settings, host)).filter(({ file }) => file);
  return first && ts.flattenDiagnosticMessageText(first.messageText, " ");
}

async function run(program) {
  const folder = mkdtempSync(join(tmpdir(), "humaneval-"));
  try {
    const { outputText } = ts.transpileModule(program, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
    });
    const file = join(folder, "task.cjs");
    writeFileSync(file, outputText);
    const {
      program: command,
      args,
      env,
    } = openConfinement(folder).wrap({
      program: process.execPath,
      args: [file],
      env: process.env,
    });
    return await new Promise((resolve) => {
      const child = spawn(command, args, {
        env,
        stdio: ["ignore", "ignore", "pipe"],
        timeout: RUN_MS,
        killSignal: "SIGKILL",
      });
      let complained = "";
      child.stderr.on("data", (chunk) => {
        complained += chunk;
      });
      child.on("close", (code, signal) => {
        if (code === 0) resolve("passed");
        else resolve(signal ? "timeout" : complained.includes("AssertionError") ? "wrong" : "threw");
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
