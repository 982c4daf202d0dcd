import { InterpreterError } from "../../interpreter/errors.ts";
import type { TypeScriptSession } from "../../interpreter/index.ts";
import { CellFailure, UserError } from "../cells/cell.ts";
import type { CellMode, CellTypes } from "../cells/cell-mode.ts";
import { type CodeCell, type MagicCall, parseCell } from "../cells/parse-cell.ts";
import type { CellDisplay } from "../display/cell-display.ts";
import type { CellDisplays } from "../display/cell-displays.ts";
import { cleanText } from "../display/clean-text.ts";
import { modelMarkdown } from "../display/model-markdown.ts";
import { readingOf, timeText } from "../magics/code-magics.ts";
import { findMagic, signed } from "../magics/find-magic.ts";
import type { Magic } from "../magics/magic.ts";
import type { ErrorContent } from "../protocol/messages.ts";
import type { Inspector } from "./inspect.ts";

const STOPS_WITHIN_MS = 15_000; // longer than what a magic runs is given to end; one that has not ended is left behind then

const INTERRUPTED: ErrorContent = {
  ename: "KeyboardInterrupt",
  evalue: "interrupted",
  traceback: ["KeyboardInterrupt: interrupted"],
};

export interface CellRun {
  readonly error?: ErrorContent;
  readonly pages: readonly object[]; // payloads that the front end opens as a page
  readonly isTalk?: boolean; // its text went to the model, without a magic
}

export type RunCell = (source: string, display: CellDisplay, executionCount: number) => Promise<CellRun>;

export interface CellParts {
  readonly session: TypeScriptSession;
  readonly displays: CellDisplays;
  /** @param asked the magic that they are loaded for */
  readonly magics: (asked: MagicCall) => Promise<{ readonly all: readonly Magic[] }>;
  readonly assist: Inspector;
  readonly mode: CellMode;
  readonly types: CellTypes;
}

/** Runs one cell, whatever it is: a question, a %%cell magic, or %line magics and TypeScript. */
export function createRunCell({ session, displays, magics, assist, mode, types }: CellParts): RunCell {
  async function runCode(
    { code, as }: CodeCell,
    display: CellDisplay,
    { source, executionCount }: { source: string; executionCount: number },
  ): Promise<CellRun> {
    if (code.trim() === "") return { pages: [] };
    const about = { cellId: display.cellId, label: `In [${executionCount}]`, source };
    const outcome = await session.execute(code, { ...about, ...readingOf(as, types) });
    if (as === "time" && outcome.time) display.stream("stdout", timeText(outcome.time));
    if (outcome.status === "error") return { pages: [], error: inOnePiece(outcome.error) };
    if (outcome.result) display.result(outcome.result.data, outcome.result.metadata, executionCount);
    return { pages: [] };
  }

  async function runMagic(call: MagicCall, display: CellDisplay): Promise<void> {
    const magic = findMagic(signed(call), (await magics(call)).all);
    await endsWhenInterrupted(magic.run({ args: call.args, text: call.text }, display), display.signal);
    display.signal.throwIfAborted();
  }

  async function runPrompt(text: string, display: CellDisplay): Promise<CellRun> {
    try {
      await runMagic({ kind: "cell", name: mode.current, args: "", text: text.trim() }, display);
      return { pages: [], isTalk: true };
    } catch (error) {
      return { ...failed(error, display), isTalk: true };
    }
  }

  async function showPage(about: string): Promise<CellRun> {
    const found = await assist.inspect(about, about.length);
    if (!found) throw new UserError(`there is nothing named ${about}`);
    const data = { "text/plain": found.plain, "text/markdown": modelMarkdown(found.markdown) };
    return { pages: [{ source: "page", data, start: 0 }] };
  }

  async function run(source: string, display: CellDisplay, executionCount: number): Promise<CellRun> {
    const cell = parseCell(source);
    if (cell.kind === "question") {
      const isPrompt = mode.current !== "code" && !cell.about.startsWith("%"); // "Why?"
      return isPrompt ? runPrompt(source, display) : showPage(cell.about);
    }
    for (const magic of cell.kind === "magic" ? [cell.magic] : cell.magics) await runMagic(magic, display);
    if (cell.kind === "magic") return { pages: [] };
    const isPrompt = mode.current !== "code" && !cell.as && cell.code.trim() !== "";
    return isPrompt ? runPrompt(cell.code, display) : runCode(cell, display, { source, executionCount });
  }

  return async (source, display, executionCount) => {
    const lost = displays.takeSessionEnd();
    if (lost !== undefined) {
      display.stream("stderr", `This is a new session: the variables of earlier cells are gone (${lost}).\n`);
    }
    try {
      return await run(source, display, executionCount);
    } catch (error) {
      return failed(error, display);
    }
  };
}

function failed(error: unknown, display: CellDisplay): CellRun {
  return { pages: [], error: display.signal.aborted ? INTERRUPTED : explain(error) };
}

async function endsWhenInterrupted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const leftBehind = new Promise<void>((resolve) => {
    const start = () => {
      timer = setTimeout(resolve, STOPS_WITHIN_MS);
    };
    if (signal.aborted) start();
    else signal.addEventListener("abort", start, { once: true });
  });
  try {
    await Promise.race([work, leftBehind]);
  } finally {
    clearTimeout(timer);
  }
}

/** nbconvert puts an empty line between the parts of a traceback. */
function inOnePiece({ traceback, ...error }: ErrorContent): ErrorContent {
  return { ...error, traceback: [traceback.join("\n")] };
}

/** The user's mistakes and known failures in their own words; an error of ours also goes to the log, whole. */
function explain(error: unknown): ErrorContent {
  if (error instanceof CellFailure) return inOnePiece(error.error);
  const { name, message: said } = error instanceof Error ? error : new Error(String(error));
  const message = cleanText(said); // a server's or a tool's words may be in it
  if (error instanceof UserError) return { ename: name, evalue: message, traceback: [message] };
  if (!(error instanceof InterpreterError)) console.error(error);
  return { ename: name, evalue: message, traceback: [`${name}: ${message}`] };
}
