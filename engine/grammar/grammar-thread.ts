import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { EXHAUSTED, type GrammarReply, type GrammarRequest, type GrammarSource, type Vocabulary } from "./protocol.ts";

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

interface Call {
  readonly answer: Answer;
  readonly isEnd: boolean;
  readonly resolve: (mask: Int32Array) => void;
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
  #timer: NodeJS.Timeout | undefined;
  #nextId = 1;

  constructor(vocabulary: () => Vocabulary, limits: GrammarLimits) {
    this.#vocabulary = vocabulary;
    this.#limits = limits;
  }

  /** @param begun the beginning of the answer, which the model continues */
  open(source: GrammarSource, begun: string): OpenGrammar {
    const answer: Answer = { id: this.#nextId++, source, begun, tokens: [], openIn: undefined, spentMs: 0 };
    let isOpen = true;
    let mask = this.#call(answer);
    return {
      mask: () => mask,
      accept: (token) => {
        answer.tokens.push(token);
        mask = this.#call(answer); // found while the model computes the next token's logits
      },
      close: () => {
        if (isOpen) void this.#call(answer, true);
        isOpen = false;
      },
    };
  }

  #call(answer: Answer, isEnd = false): Promise<Int32Array> {
    const mask = new Promise<Int32Array>((resolve, reject) => {
      this.#waiting.push({ answer, isEnd, resolve, reject });
    });
    mask.catch(() => {}); // whoever asks for the mask hears of it
    this.#next();
    return mask;
  }

  #next(): void {
    this.#running ??= this.#waiting.shift();
    if (!this.#running) {
      this.#worker?.unref(); // an idle thread keeps nobody alive
      return;
    }
    this.#worker ??= this.#start();
    this.#worker.ref();
    if (this.#isReady && !this.#timer) this.#send(this.#running, this.#worker);
  }

  #send(call: Call, worker: Worker): void {
    const { answer, isEnd } = call;
    const isOpen = answer.openIn === worker;
    if (isEnd && !isOpen) {
      this.#done(new Int32Array(), 0);
      return;
    }
    const limitMs = isOpen ? this.#limits.tokenMs : this.#limits.compileMs;
    this.#timer = setTimeout(() => {
      // An answer that has come while this thread was busy is read before the immediate.
      setImmediate(() => {
        if (this.#running === call) this.#fail(worker, `it takes longer than ${limitMs / 1000} s`);
      });
    }, limitMs);
    worker.postMessage(this.#request(call, isOpen));
    if (!isOpen) this.#opened++;
    answer.openIn = isEnd ? undefined : worker;
  }

  #request({ answer, isEnd }: Call, isOpen: boolean): GrammarRequest {
    const { id, source, begun, tokens } = answer;
    if (isEnd) return { type: "close", id };
    return isOpen ? { type: "accept", id, token: tokens.at(-1)! } : { type: "open", id, source, begun, tokens };
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
      else this.#done(reply.mask, reply.milliseconds);
    });
    worker.on("error", (error) => this.#fail(worker, error.message));
    worker.on("exit", () => this.#fail(worker, "its thread ended"));
    return worker;
  }

  #done(mask: Int32Array, milliseconds: number): void {
    const call = this.#end();
    const { answer } = call;
    answer.spentMs += Math.max(0, milliseconds - FREE_MS_A_TOKEN);
    if (answer.tokens.length > 0 && answer.spentMs > this.#limits.answerMs) {
      call.reject(new GrammarFailure("what may follow takes too long to tell"));
    } else call.resolve(mask);
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
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return call;
  }
}
