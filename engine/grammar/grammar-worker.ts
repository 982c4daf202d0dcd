// A thread of its own for grammars: compiling one and matching tokens with it are the library's, take as long as they
// take, and may end in a trap. Started and ended by grammar-thread.ts.
import { parentPort, workerData } from "node:worker_threads";
import type { CompiledGrammar, GrammarCompiler, GrammarMatcher } from "@mlc-ai/web-xgrammar";
import { TextList } from "../weights/text-list.ts";
import { boundMemory } from "./bound-memory.ts";
import { misfitOf } from "./json-check.ts";
import {
  type CheckRequest,
  EXHAUSTED,
  type GrammarAnswer,
  type GrammarReply,
  type GrammarRequest,
  type GrammarSource,
  type GrammarStart,
  IDLE,
  type OpenRequest,
  type Vocabulary,
} from "./protocol.ts";
import { ownTime } from "./thread-time.ts";
import { loadXGrammar } from "./xgrammar.ts";

const MAX_KEPT = 16; // compiled grammars: one takes 0.1 to 0.7 s
const ANY_WHITESPACE = false; // a small model would fill its answer with it
const NO_INDENT = -1;

const said: string[] = []; // the library writes why it gives up before it does
for (const method of ["log", "info", "warn", "error"] as const) {
  console[method] = (...words) => void said.push(words.join(" "));
}
const memory = boundMemory();
const time = ownTime();
const { vocabulary, began } = workerData as GrammarStart; // from grammar-thread.ts
const compiler = await openCompiler(vocabulary);
const kept = new Map<string, CompiledGrammar>();
const matchers = new Map<number, GrammarMatcher>();

const send = (reply: GrammarReply) => parentPort!.postMessage(reply);
parentPort!.on("message", (request: GrammarRequest) => {
  void replyTo(request).then(send);
});
send({ ready: time.source });

async function replyTo(request: GrammarRequest): Promise<GrammarReply> {
  const started = time.now();
  Atomics.store(began, 0, BigInt(Math.round(started * 1000)));
  said.length = 0;
  try {
    return { ...(await answered(request)), milliseconds: time.now() - started };
  } catch (error) {
    return { problem: reasonOf(error) };
  } finally {
    Atomics.store(began, 0, IDLE);
  }
}

async function answered(request: GrammarRequest): Promise<Omit<GrammarAnswer, "milliseconds">> {
  if (request.type === "check") return { mask: new Int32Array(), misfit: misfitOf(request.schema, request.text) };
  return { mask: await maskAfter(request) };
}

async function maskAfter(request: Exclude<GrammarRequest, CheckRequest>): Promise<Int32Array> {
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

async function compile({ type, text, rules }: GrammarSource): Promise<CompiledGrammar> {
  const hasRules = Object.keys(rules).length > 0;
  if (type === "schema") {
    if (!hasRules) return compiler.compileJSONSchema(text, ANY_WHITESPACE, NO_INDENT);
    return compiler.compileGrammar(await loadXGrammar().Grammar.fromEBNF(await grammarWith(rules, text)));
  }
  if (!hasRules) return compiler.compileStructuralTag(text);
  return compiler.compileStructuralTag(JSON.stringify(await tagsWith(rules, JSON.parse(text))));
}

/** A schema's grammar, in which rules stand for its constants of that name. */
async function grammarWith(rules: GrammarSource["rules"], schema: string): Promise<string> {
  const grammar = await loadXGrammar().Testings._jsonSchemaToEBNF(schema, ANY_WHITESPACE, NO_INDENT);
  const used = Object.entries(rules).filter(([mark]) => schema.includes(JSON.stringify(mark)));
  const text = used.reduce((all, [mark, rule]) => all.replaceAll(`"[\\"${mark}\\"]"`, rule.split(" ", 1)[0]!), grammar);
  return [text, ...used.map(([, rule]) => rule)].join("\n");
}

/** The same within structural tags: a schema with such constants is replaced by its grammar. */
async function tagsWith(rules: GrammarSource["rules"], format: unknown): Promise<unknown> {
  if (Array.isArray(format)) return Promise.all(format.map((part) => tagsWith(rules, part)));
  if (typeof format !== "object" || format === null) return format;
  const { type, json_schema: schema, style } = format as { type?: unknown; json_schema?: unknown; style?: unknown };
  if (type === "json_schema" && style === undefined) {
    const text = JSON.stringify(schema);
    const isMarked = Object.keys(rules).some((mark) => text.includes(JSON.stringify(mark)));
    return isMarked ? { type: "grammar", grammar: await grammarWith(rules, text) } : format;
  }
  const entries = Object.entries(format).map(async ([key, part]) => [key, await tagsWith(rules, part)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function openCompiler({ texts: [bytes, starts], stopTokens }: Vocabulary): Promise<GrammarCompiler> {
  const { GrammarCompiler, TokenizerInfo } = loadXGrammar();
  const texts = [...new TextList(bytes, starts)];
  const info = await TokenizerInfo.createTokenizerInfo(texts, "byte_level", false, texts.length, [...stopTokens]);
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
