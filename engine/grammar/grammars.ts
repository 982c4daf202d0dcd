// What an answer may be, as a grammar over tokens: JSON of a schema, or calls of the tools that there are.
import { createHash } from "node:crypto";
import { badField, type EngineError } from "../errors.ts";
import type { TokenConstraint } from "../language-model.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { TextList } from "../weights/text-list.ts";
import type { CallableTool, CallFormat } from "./call-format.ts";
import { GrammarFailure, type GrammarLimits, GrammarThread, type OpenGrammar } from "./grammar-thread.ts";
import { heldSchema } from "./held-schema.ts";
import type { GrammarSource, Vocabulary } from "./protocol.ts";
import { boundedSchema, checkSize, nothingFits } from "./schema-limits.ts";
import { timeOf as timeOfThread } from "./thread-time.ts";

const LIMITS: GrammarLimits = { compileMs: 30_000, tokenMs: 5_000, answerMs: 20_000 };
const REFUSED_MS = 600_000; // how long what failed once is refused without a try
const MAX_REFUSED = 64;
const MANY_TOKENS = 10_000; // allowed at once only in free text and inside a string
const MAX_SHOWN = 200; // characters of an answer in an error
const ANY_OBJECT = { type: "object" };
const NO_PARAMETERS = { type: "object", properties: {}, additionalProperties: false };
const JSON_MARKS = ["<tool_call>", "</tool_call>"]; // JSON as an answer has no place for a call

type Schema = Readonly<Record<string, unknown>>;

interface Begun {
  readonly field: string; // of the request, for its errors
  readonly begun: string; // the beginning of the answer, which the model continues
  readonly marks: readonly string[]; // what opens and closes that part of the answer which is held to a schema
  readonly isMarked: boolean; // it begins within such a part
}

export class Grammars {
  readonly #tokenizer: Tokenizer;
  readonly #thread: GrammarThread;
  readonly #refused = new Map<string, { readonly problem: string; readonly until: number }>(); // by digest

  constructor(tokenizer: Tokenizer, limits = LIMITS, timeOf = timeOfThread) {
    this.#tokenizer = tokenizer;
    this.#thread = new GrammarThread(() => vocabularyOf(tokenizer), limits, timeOf);
  }

  /** Any JSON object, or one of a schema. @throws EngineError `bad-request` for a schema that cannot be used */
  async json(schema: Schema = ANY_OBJECT): Promise<TokenConstraint> {
    const field = "response_format";
    checkSize(schema, field);
    const { schema: held, rules } = heldSchema(schema, { boundsDigits: true });
    const text = JSON.stringify(boundedSchema(held, field));
    const begun = { field, begun: "", marks: JSON_MARKS, isMarked: true };
    const constraint = await this.#open({ type: "schema", text, rules }, begun);
    try {
      // A schema that the answer cannot be checked by is refused before there is one.
      if (schema !== ANY_OBJECT) await this.#check(schema, undefined, field);
      return constraint;
    } catch (error) {
      constraint.dispose();
      throw error;
    }
  }

  /**
   * Looks at a whole answer: a grammar holds most of a schema, and what it cannot hold must not be passed over.
   * @throws EngineError `bad-request` that says where the answer does not fit
   */
  async checkAnswer(schema: Schema, text: string, field: string): Promise<void> {
    const misfit = await this.#check(schema, text, field);
    if (misfit === undefined) return;
    const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
    const wayOut = "no grammar holds the model to that; say it in the prompt, leave it out of the schema, or ask again";
    throw badField(field, `the answer does not fit the schema: ${misfit}; ${wayOut}. It was: ${shown}`);
  }

  async #check(schema: Schema, text: string | undefined, field: string): Promise<string | undefined> {
    try {
      return await this.#thread.check(JSON.stringify(schema), text);
    } catch (error) {
      if (error instanceof GrammarFailure) throw unusable(field, error.message);
      throw error;
    }
  }

  /**
   * Text in which each call names one of the tools, with arguments that fit its schema.
   * @param begun the beginning of the answer, which the model continues
   */
  async calls(
    tools: readonly CallableTool[],
    { trigger, marks, tag }: CallFormat,
    begun: string,
  ): Promise<TokenConstraint> {
    const field = "tools";
    const given = tools.map(({ parameters }) => parameters ?? NO_PARAMETERS);
    checkSize(given, field);
    const held = given.map((schema, i) => heldSchema(schema, { prefix: `${i}_` }));
    const rules = Object.assign({}, ...held.map((one) => one.rules));
    const schemas = boundedSchema(
      held.map(({ schema }) => schema),
      field,
    );
    const tags = tools.map(({ name }, i) => ({ type: "tag" as const, ...tag(name, schemas[i]) }));
    const format = { type: "triggered_tags" as const, triggers: [trigger], tags };
    const source: GrammarSource = { type: "calls", text: JSON.stringify({ type: "structural_tag", format }), rules };
    return this.#open(source, { field, begun, marks, isMarked: begun !== "" });
  }

  async #open(source: GrammarSource, begun: Begun): Promise<TokenConstraint> {
    const { field } = begun;
    const digest = createHash("sha256").update(JSON.stringify(source)).digest("base64");
    const refused = this.#refused.get(digest);
    if (refused && performance.now() < refused.until) throw unusable(field, refused.problem);
    const fail = (error: unknown) => {
      if (!(error instanceof GrammarFailure)) throw error;
      if (error.isLasting) this.#refuse(digest, error.message);
      throw unusable(field, error.message);
    };
    const grammar = this.#thread.open(source, begun.begun);
    try {
      const isEmpty = (await grammar.mask().catch(fail)).every((word) => word === 0);
      if (isEmpty) throw nothingFits(field);
      return this.#constraint(grammar, begun, fail);
    } catch (error) {
      grammar.close();
      throw error;
    }
  }

  /** A schema that took its time limit would take it again at each question of a notebook. */
  #refuse(digest: string, problem: string): void {
    this.#refused.set(digest, { problem, until: performance.now() + REFUSED_MS });
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > MAX_REFUSED && oldest !== undefined) this.#refused.delete(oldest);
  }

  #constraint(grammar: OpenGrammar, begun: Begun, fail: (error: unknown) => never): TokenConstraint {
    const marks = begun.marks.flatMap((text) => {
      const ids = this.#tokenizer.encode(text, { special: true });
      return ids.length === 1 ? ids : [];
    });
    const [open, close] = marks;
    let { isMarked } = begun;
    return {
      async mask() {
        const mask = (await grammar.mask().catch(fail)).slice();
        const count = countBits(mask);
        if (count === 0) throw deadEnd(begun.field);
        // The marks are ordinary text to the grammar: inside a string they would end the call for whoever reads it.
        if (isMarked && count > MANY_TOKENS) {
          for (const token of marks) mask[token >> 5]! &= ~(1 << (token & 31));
        }
        return mask;
      },
      accept(token) {
        if (token === open) isMarked = true;
        if (token === close) isMarked = false;
        grammar.accept(token);
      },
      dispose: () => grammar.close(),
    };
  }
}

function vocabularyOf({ vocabSize, stopTokens, encodedText }: Tokenizer): Vocabulary {
  const { bytes, starts } = TextList.from(Array.from({ length: vocabSize }, (_, token) => encodedText(token)));
  return { texts: [bytes, starts], stopTokens };
}

function unusable(field: string, problem: string): EngineError {
  return badField(field, `this JSON schema cannot be made a grammar: ${problem}`);
}

function deadEnd(field: string): EngineError {
  return badField(field, "the answer has come to where nothing fits the JSON schema any more");
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
