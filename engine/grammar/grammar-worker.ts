// A thread of its own for grammars: compiling one and matching tokens with it are the library's, take as long as they
// take, and may end in a trap. Started and ended by grammar-thread.ts.
import { performance } from "node:perf_hooks";
import { parentPort, workerData } from "node:worker_threads";
import type { CompiledGrammar, GrammarCompiler, GrammarMatcher } from "@mlc-ai/web-xgrammar";
import { boundMemory } from "./bound-memory.ts";
import {
  EXHAUSTED,
  type GrammarReply,
  type GrammarRequest,
  type GrammarSource,
  type OpenRequest,
  type Vocabulary,
} from "./protocol.ts";
import { loadXGrammar } from "./xgrammar.ts";

const MAX_KEPT = 16; // compiled grammars: one takes 0.1 to 0.7 s
const ANY_WHITESPACE = false; // a small model would fill its answer with it
const NO_INDENT = -1;

const said: string[] = []; // the library writes why it gives up before it does
for (const method of ["log", "info", "warn", "error"] as const) {
  console[method] = (...words) => void said.push(words.join(" "));
}
const memory = boundMemory();
const compiler = await openCompiler(workerData as Vocabulary); // from grammar-thread.ts
const kept = new Map<string, CompiledGrammar>();
const matchers = new Map<number, GrammarMatcher>();

const send = (reply: GrammarReply) => parentPort!.postMessage(reply);
parentPort!.on("message", (request: GrammarRequest) => {
  const started = performance.now();
  said.length = 0;
  void answer(request).then(
    (mask) => send({ mask, milliseconds: performance.now() - started }),
    (error: unknown) => send({ problem: reasonOf(error) }),
  );
});
send("ready");

async function answer(request: GrammarRequest): Promise<Int32Array> {
  if (request.type === "close") {
    matchers.get(request.id)?.dispose();
    matchers.delete(request.id);
    return new Int32Array();
  }
  if (request.type === "open") await open(request);
  const matcher = matchers.get(request.id)!;
  if (request.type === "accept") accept(matcher, request.token);
  return matcher.isTerminated() ? new Int32Array() : matcher.getNextTokenBitmask();
}

async function open({ id, source, begun, tokens }: OpenRequest): Promise<void> {
  const matcher = await loadXGrammar().GrammarMatcher.createGrammarMatcher(await compiledOf(source));
  matchers.set(id, matcher);
  if (begun !== "" && !matcher._acceptString(begun)) throw new Error(`no answer begins with ${JSON.stringify(begun)}`);
  for (const token of tokens) accept(matcher, token);
}

function accept(matcher: GrammarMatcher, token: number): void {
  if (!matcher.isTerminated()) matcher.acceptToken(token);
}

async function compiledOf(source: GrammarSource): Promise<CompiledGrammar> {
  const key = JSON.stringify(source);
  const compiled = kept.get(key) ?? (await compile(source));
  kept.delete(key);
  kept.set(key, compiled); // the last one used is the last one dropped
  const [oldest] = kept;
  if (kept.size > MAX_KEPT && oldest) {
    kept.delete(oldest[0]);
    oldest[1].dispose(); // matchers hold what they need of it
  }
  return compiled;
}

function compile(source: GrammarSource): Promise<CompiledGrammar> {
  if (source.type === "json") return compiler.compileBuiltinJSONGrammar();
  if (source.type === "schema") return compiler.compileJSONSchema(source.text, ANY_WHITESPACE, NO_INDENT);
  return compiler.compileStructuralTag(source.text);
}

async function openCompiler({ texts, stopTokens }: Vocabulary): Promise<GrammarCompiler> {
  const { GrammarCompiler, TokenizerInfo } = loadXGrammar();
  const info = await TokenizerInfo.createTokenizerInfo([...texts], "byte_level", false, texts.length, [...stopTokens]);
  const keepsAll = false; // what it compiles; we keep the last ones
  return GrammarCompiler.createGrammarCompiler(info, keepsAll);
}

/** What the library said, without the place in its sources; of a trap it says nothing. */
function reasonOf(error: unknown): string {
  if (memory.isExhausted) return EXHAUSTED;
  const fatal = said.findLast((line) => line.startsWith("[FATAL]"));
  if (fatal) return fatal.replace(/^\[FATAL\] \S+ /, "").replace(/^Check failed: .* is false: /, "");
  // A trap of the WebAssembly, such as its stack's end; of that the library says nothing.
  if (error instanceof Error && /^(Runtime|Range)Error$/.test(error.name)) return "it is too much for the compiler";
  return error instanceof Error ? error.message : String(error);
}
