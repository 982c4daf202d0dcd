// What an answer may be, as a grammar over tokens: JSON of a schema, or calls of the tools that there are.
import type { CompiledGrammar, GrammarCompiler } from "@mlc-ai/web-xgrammar";
import { EngineError } from "../errors.ts";
import type { TokenConstraint } from "../language-model.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { loadXGrammar } from "./xgrammar.ts";

const MAX_KEPT = 16; // compiled grammars: one takes 0.1 to 0.7 s
const MANY_TOKENS = 10_000; // allowed at once only in free text and inside a string
const ANY_WHITESPACE = false; // a small model would fill its answer with it
const NO_INDENT = -1;
const CALL_OPEN = "<tool_call>";
const CALL_CLOSE = "</tool_call>";

export interface CallableTool {
  readonly name: string;
  readonly parameters?: Readonly<Record<string, unknown>> | undefined; // JSON schema
}

export class Grammars {
  readonly #tokenizer: Tokenizer;
  readonly #kept = new Map<string, Promise<CompiledGrammar>>();
  #compiler: Promise<GrammarCompiler> | undefined;

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** Any JSON object, or one of a schema. @throws EngineError `bad-request` for a schema that cannot be used */
  async json(schema?: Readonly<Record<string, unknown>>): Promise<TokenConstraint> {
    const text = schema && JSON.stringify(schema);
    const compiled = await this.#compiled(text ?? "json", "response_format", (compiler) =>
      text === undefined
        ? compiler.compileBuiltinJSONGrammar()
        : compiler.compileJSONSchema(text, ANY_WHITESPACE, NO_INDENT),
    );
    return this.#constraint(compiled, { begun: "", isCall: true });
  }

  /**
   * Text in which each call names one of the tools, with arguments that fit its schema.
   * @param begun the beginning of the answer, which the model continues
   */
  async calls(tools: readonly CallableTool[], begun: string): Promise<TokenConstraint> {
    const tags = tools.map(({ name, parameters }) => ({
      type: "tag" as const,
      begin: `${CALL_OPEN}\n{"name": ${JSON.stringify(name)}, "arguments": `,
      content: { type: "json_schema" as const, json_schema: parameters ?? { type: "object" } },
      end: `}\n${CALL_CLOSE}`,
    }));
    const format = { type: "triggered_tags" as const, triggers: [CALL_OPEN], tags };
    const compiled = await this.#compiled(JSON.stringify(format), "tools", (compiler) =>
      compiler.compileStructuralTag({ type: "structural_tag", format }),
    );
    return this.#constraint(compiled, { begun, isCall: begun !== "" });
  }

  async #compiled(
    key: string,
    field: string,
    compile: (compiler: GrammarCompiler) => Promise<CompiledGrammar>,
  ): Promise<CompiledGrammar> {
    const known = this.#kept.get(key);
    if (known) return known;
    this.#compiler ??= openCompiler(this.#tokenizer);
    const compiled = this.#compiler.then(compile).catch((cause: unknown) => {
      this.#kept.delete(key);
      throw new EngineError("bad-request", `${field}: this JSON schema cannot be made a grammar`, { cause });
    });
    this.#kept.set(key, compiled);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) {
      const dropped = this.#kept.get(oldest);
      this.#kept.delete(oldest);
      void dropped?.then((grammar) => grammar.dispose()).catch(() => {});
    }
    return compiled;
  }

  async #constraint(
    compiled: CompiledGrammar,
    { begun, isCall }: { begun: string; isCall: boolean },
  ): Promise<TokenConstraint> {
    const matcher = await loadXGrammar().GrammarMatcher.createGrammarMatcher(compiled);
    if (begun !== "") matcher._acceptString(begun);
    const marks = [CALL_OPEN, CALL_CLOSE].flatMap((text) => {
      const ids = this.#tokenizer.encode(text, { special: true });
      return ids.length === 1 ? ids : [];
    });
    const [open, close] = marks;
    let inCall = isCall;
    return {
      async mask() {
        const mask = await matcher.getNextTokenBitmask();
        // The marks are ordinary text to the grammar: inside a string they would end the call for whoever reads it.
        if (inCall && countBits(mask) > MANY_TOKENS) {
          for (const token of marks) mask[token >> 5]! &= ~(1 << (token & 31));
        }
        return mask;
      },
      accept(token) {
        if (token === open) inCall = true;
        if (token === close) inCall = false;
        if (!matcher.isTerminated()) matcher.acceptToken(token);
      },
      dispose: () => matcher.dispose(),
    };
  }
}

async function openCompiler(tokenizer: Tokenizer): Promise<GrammarCompiler> {
  const { GrammarCompiler, TokenizerInfo } = loadXGrammar();
  const texts = Array.from({ length: tokenizer.vocabSize }, (_, token) => tokenizer.encodedText(token));
  const info = await TokenizerInfo.createTokenizerInfo(texts, "byte_level", false, texts.length, [
    ...tokenizer.stopTokens,
  ]);
  return GrammarCompiler.createGrammarCompiler(info);
}

function countBits(mask: Int32Array): number {
  let count = 0;
  for (const word of mask) {
    let bits = word - ((word >>> 1) & 0x55555555);
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
    count += (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return count;
}
