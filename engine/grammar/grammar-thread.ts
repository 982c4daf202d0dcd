import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { startLimit } from "../start-limit.ts";
import {
  type CheckRequest,
  EXHAUSTED,
  type GrammarAnswer,
  type GrammarReply,
  type GrammarRequest,
  type GrammarSource,
  type Vocabulary,
} from "./protocol.ts";

const HEAP_LIMITS = { maxOldGenerationSizeMb: 512 };
const FREE_MS_A_TOKEN = 20; // of an answer's budget: most take 0.05

export interface GrammarLimits {
  readonly compileMs: number;
  readonly tokenMs: number; // to tell what may follow one token
  readonly answerMs: number; // of all of an answer's tokens together, beyond a few ms for each
}

/** The grammar failed, or took too long. `message` says why, as the end of a sentence. */
export class GrammarFailure extends Error {
  override readonly name = "GrammarFailure";
}

/** What an answer under way needs in any thread: how its grammar is made, and what it has accepted. */
interface Answer {
  readonly id: number;
  readonly source: GrammarSource;
  readonly begun: string;
  readonly tokens: number[];
  openIn: Worker | undefined;
  spentMs: number;
}

/** What an answer's grammar is asked: for the next mask, to end, or whether a text fits a schema. */
type Question = { readonly answer: Answer; readonly isEnd: boolean } | CheckRequest;

interface Call {
  readonly question: Question;
  readonly resolve: (answer: Pick<GrammarAnswer, "mask" | "misfit">) => void;
  readonly reject: (error: GrammarFailure) => void;
}

/** One answer's grammar. */
export interface OpenGrammar {
  /** The tokens that may come next, a bit each; empty once the answer has ended. @throws GrammarFailure */
  mask(): Promise<Int32Array>;
  accept(token: number): void;
  close(): void;
}

/**
 * One thread for all grammars, which does one thing after another. What fails or takes too long ends it, since nobody
 * knows the state of its memory then; the answers of others go on in the next one.
 */
export class GrammarThread {
  readonly #vocabulary: () => Vocabulary;
  readonly #limits: GrammarLimits;
  readonly #waiting: Call[] = [];
  #worker: Worker | undefined;
  #isReady = false; // the worker has its compiler
  #opened = 0; // by the worker
  #running: Call | undefined;
  #endLimit: (() => void) | undefined; // of what runs
  #nextId = 1;

  constructor(vocabulary: () => Vocabulary, limits: GrammarLimits) {
    this.#vocabulary = vocabulary;
    this.#limits = limits;
  }

  /** @param begun the beginning of the answer, which the model continues */
  open(source: GrammarSource, begun: string): OpenGrammar {
    const answer: Answer = { id: this.#nextId++, source, begun, tokens: [], openIn: undefined, spentMs: 0 };
    let isOpen = true;
    const ask = async (isEnd = false) => (await this.#call({ answer, isEnd })).mask;
    const asked = () => {
      const next = ask();
      next.catch(() => {}); // whoever asks for the mask hears of it
      return next;
    };
    let mask = asked();
    return {
      mask: () => mask,
      accept: (token) => {
        answer.tokens.push(token);
        mask = asked(); // found while the model computes the next token's logits
      },
      close: () => {
        if (isOpen) ask(true).catch(() => {}); // nobody asks any more
        isOpen = false;
      },
    };
  }

  /**
   * Where a text does not fit a schema, both JSON; without a text, only whether the schema is one.
   * @throws GrammarFailure for what is no schema
   */
  async check(schema: string, text: string | undefined): Promise<string | undefined> {
    return (await this.#call({ type: "check", schema, text })).misfit;
  }

  #call(question: Question): Promise<Pick<GrammarAnswer, "mask" | "misfit">> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    this.#running ??= this.#waiting.shift();
    if (!this.#running) {
      this.#worker?.unref(); // an idle thread keeps nobody alive
      return;
    }
    this.#worker ??= this.#start();
    this.#worker.ref();
    if (this.#isReady && !this.#endLimit) this.#send(this.#running, this.#worker);
  }

  #send(call: Call, worker: Worker): void {
    const { question } = call;
    if ("answer" in question) {
      const isOpen = question.answer.openIn === worker;
      if (question.isEnd && !isOpen) {
        this.#done({ mask: new Int32Array(), milliseconds: 0 });
        return;
      }
      this.#post(call, worker, isOpen ? this.#limits.tokenMs : this.#limits.compileMs, requestOf(question, isOpen));
      if (!isOpen) this.#opened++;
      question.answer.openIn = question.isEnd ? undefined : worker;
    } else this.#post(call, worker, this.#limits.tokenMs, question);
  }

  #post(call: Call, worker: Worker, limitMs: number, request: GrammarRequest): void {
    this.#endLimit = startLimit(limitMs, () => {
      if (this.#running === call) this.#fail(worker, `it takes longer than ${limitMs / 1000} s`);
    });
    worker.postMessage(request);
  }

  #start(): Worker {
    const entry = createRequire(import.meta.url).resolve("#dist/engine/grammar/grammar-worker.js");
    const workerData = this.#vocabulary();
    const worker = new Worker(entry, { workerData, execArgv: [], resourceLimits: HEAP_LIMITS });
    worker.on("message", (reply: GrammarReply) => {
      if (worker !== this.#worker) return;
      if (reply === "ready") {
        this.#isReady = true;
        this.#next();
      } else if ("problem" in reply) this.#fail(worker, reply.problem);
      else this.#done(reply);
    });
    worker.on("error", (error) => this.#fail(worker, error.message));
    worker.on("exit", () => this.#fail(worker, "its thread ended"));
    return worker;
  }

  #done({ milliseconds, ...reply }: GrammarAnswer): void {
    const { question, resolve, reject } = this.#end();
    const answer = "answer" in question ? question.answer : undefined;
    if (answer) answer.spentMs += Math.max(0, milliseconds - FREE_MS_A_TOKEN);
    if (answer && answer.tokens.length > 0 && answer.spentMs > this.#limits.answerMs) {
      reject(new GrammarFailure("what may follow takes too long to tell"));
    } else resolve(reply);
    this.#next();
  }

  #fail(worker: Worker, problem: string): void {
    if (worker !== this.#worker) return;
    const wasCrowded = this.#opened > 1;
    this.#worker = undefined;
    this.#isReady = false;
    this.#opened = 0;
    void worker.terminate();
    if (this.#running) {
      const call = this.#end();
      if (problem === EXHAUSTED && wasCrowded)
        this.#waiting.unshift(call); // by what others had left, perhaps
      else call.reject(new GrammarFailure(problem));
    }
    this.#next();
  }

  #end(): Call {
    const call = this.#running!;
    this.#running = undefined;
    this.#endLimit?.();
    this.#endLimit = undefined;
    return call;
  }
}

function requestOf({ answer, isEnd }: Extract<Question, { answer: Answer }>, isOpen: boolean): GrammarRequest {
  const { id, source, begun, tokens } = answer;
  if (isEnd) return { type: "close", id };
  return isOpen ? { type: "accept", id, token: tokens.at(-1)! } : { type: "open", id, source, begun, tokens };
}
