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
  type GrammarStart,
  IDLE,
  type Vocabulary,
} from "./protocol.ts";
import { type TimeSource, timeOf as timeOfThread } from "./thread-time.ts";

const HEAP_LIMITS = { maxOldGenerationSizeMb: 512 };
const FREE_MS_A_TOKEN = 20; // of an answer's budget: most take 0.05
const LOOK_MS = 20; // between two looks at a thread whose time is nearly over

/** Of the thread's own time, where the system tells it: a busy machine refuses what a quiet one takes in no other case. */
export interface GrammarLimits {
  readonly compileMs: number;
  readonly tokenMs: number; // to tell what may follow one token
  readonly answerMs: number; // of all of an answer's tokens together, beyond a few ms for each
}

/** The grammar failed, or took too long. `message` says why, as the end of a sentence. */
export class GrammarFailure extends Error {
  override readonly name = "GrammarFailure";
  /** The same grammar fails again, whatever else the machine does. */
  readonly isLasting: boolean;

  constructor(message: string, isLasting: boolean) {
    super(message);
    this.isLasting = isLasting;
  }
}

/** What an answer under way needs in any thread: how its grammar is made, and what it has accepted. */
interface Answer {
  readonly id: number;
  readonly source: GrammarSource;
  readonly begun: string;
  readonly tokens: number[];
  openIn: Thread | undefined;
  spentMs: number;
}

interface Thread {
  readonly worker: Worker;
  readonly began: GrammarStart["began"];
  time: TimeSource | undefined; // once it has its compiler
  opened: number; // answers
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
  readonly #timeOf: typeof timeOfThread;
  readonly #waiting: Call[] = [];
  #thread: Thread | undefined;
  #running: Call | undefined;
  #endLimit: (() => void) | undefined; // of what runs
  #nextId = 1;

  /** @param timeOf another thread's time, in ms */
  constructor(vocabulary: () => Vocabulary, limits: GrammarLimits, timeOf = timeOfThread) {
    this.#vocabulary = vocabulary;
    this.#limits = limits;
    this.#timeOf = timeOf;
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
      this.#thread?.worker.unref(); // an idle thread keeps nobody alive
      return;
    }
    this.#thread ??= this.#start();
    this.#thread.worker.ref();
    if (this.#thread.time && !this.#endLimit) this.#send(this.#running, this.#thread, this.#thread.time);
  }

  #send(call: Call, thread: Thread, time: TimeSource): void {
    const { question } = call;
    const post = (limitMs: number, request: GrammarRequest) => {
      this.#endLimit = this.#startLimit(limitMs, thread, time);
      thread.worker.postMessage(request);
    };
    if ("answer" in question) {
      const isOpen = question.answer.openIn === thread;
      if (question.isEnd && !isOpen) {
        this.#done({ mask: new Int32Array(), milliseconds: 0 });
        return;
      }
      post(isOpen ? this.#limits.tokenMs : this.#limits.compileMs, requestOf(question, isOpen));
      if (!isOpen) thread.opened++;
      question.answer.openIn = question.isEnd ? undefined : thread;
    } else post(this.#limits.tokenMs, question);
  }

  /** Of what the thread is asked next. @returns ends it */
  #startLimit(limitMs: number, thread: Thread, time: TimeSource): () => void {
    let isEnded = false;
    let endWait = () => {};
    const look = async () => {
      const began = Atomics.load(thread.began, 0);
      const spentMs = began === IDLE ? 0 : (await this.#timeOf(thread.worker, time)) - Number(began) / 1000;
      if (isEnded) return;
      if (spentMs < limitMs) wait(Math.max(limitMs - spentMs, LOOK_MS));
      else this.#fail(thread, `it takes longer than ${limitMs / 1000} s`, time.by !== "clock");
    };
    const wait = (milliseconds: number) => {
      endWait = startLimit(milliseconds, () => {
        look().catch(({ message }) => isEnded || this.#fail(thread, message, false));
      });
    };
    wait(limitMs);
    return () => {
      isEnded = true;
      endWait();
    };
  }

  #start(): Thread {
    const entry = createRequire(import.meta.url).resolve("#dist/engine/grammar/grammar-worker.js");
    const began = new BigInt64Array(new SharedArrayBuffer(8)).fill(IDLE);
    const workerData: GrammarStart = { vocabulary: this.#vocabulary(), began };
    const worker = new Worker(entry, { workerData, execArgv: [], resourceLimits: HEAP_LIMITS });
    const thread: Thread = { worker, began, time: undefined, opened: 0 };
    worker.on("message", (reply: GrammarReply) => {
      if (thread !== this.#thread) return;
      if ("ready" in reply) {
        thread.time = reply.ready;
        this.#next();
      } else if ("problem" in reply) this.#fail(thread, reply.problem, true);
      else this.#done(reply);
    });
    worker.on("error", (error: NodeJS.ErrnoException) => {
      this.#fail(thread, error.message, error.code === "ERR_WORKER_OUT_OF_MEMORY");
    });
    worker.on("exit", () => this.#fail(thread, "its thread ended", false));
    return thread;
  }

  #done({ milliseconds, ...reply }: GrammarAnswer): void {
    const { question, resolve, reject } = this.#end();
    const answer = "answer" in question ? question.answer : undefined;
    if (answer) answer.spentMs += Math.max(0, milliseconds - FREE_MS_A_TOKEN);
    if (answer && answer.tokens.length > 0 && answer.spentMs > this.#limits.answerMs) {
      reject(new GrammarFailure("what may follow takes too long to tell", this.#thread?.time?.by !== "clock"));
    } else resolve(reply);
    this.#next();
  }

  #fail(thread: Thread, problem: string, isLasting: boolean): void {
    if (thread !== this.#thread) return;
    this.#thread = undefined;
    void thread.worker.terminate();
    if (this.#running) {
      const call = this.#end();
      if (problem === EXHAUSTED && thread.opened > 1)
        this.#waiting.unshift(call); // by what others had left, perhaps
      else call.reject(new GrammarFailure(problem, isLasting));
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
