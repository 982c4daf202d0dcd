// The one way out for what a confined session says: all of it passes here, on our side, whoever made the messages: its
// process may send any.
import { randomUUID } from "node:crypto";
import type { CellError, CellOutcome, SessionEvent } from "../../session.ts";
import { OUTPUT_STOPS, outputLimit } from "../../typescript/output-limit.ts";
import { type Shown, shownOfConfined } from "./bundle.ts";
import { plainText, questionText } from "./plain-text.ts";

const MAX_SHOWN_CHARACTERS = 64 * 2 ** 20; // of a cell's displays, each update included
const MAX_DISPLAYS = 1_000; // of a cell
const MAX_QUESTION_CHARACTERS = 300;
const MAX_TRACEBACK_LINES = 200;
const MAX_LINE_CHARACTERS = 10_000;
const MAX_NAME_CHARACTERS = 200;
const NOT_NOW = "the cell has ended";
const NO_QUESTIONS = "no input is possible here: the model's code runs in the sandbox, where it may ask you nothing";
const SHOWING_STOPS = "\n[displays stop here: too many, or too large; the cell goes on]\n";

type Event = Exclude<SessionEvent, { type: "session-ended" }>;
type Display = Extract<SessionEvent, { type: "display" }>;

export interface ConfinedOutput {
  /**
   * A cell runs. What began as the model's asks nothing, clears nothing of its cell, where the steps and the questions of
   * the agent stand, and says nothing after its end. @returns what is called at the end
   */
  begins(cellId: string, byModel: boolean): () => void;
  event(event: SessionEvent): void;
  outcome(outcome: CellOutcome): CellOutcome;
}

/** @param onEvent gets what may be shown, and questions that say who asks */
export function createConfinedOutput(onEvent: (event: SessionEvent) => void): ConfinedOutput {
  const cells = new Map<string, { readonly byModel: boolean; running: number }>();
  const limited = outputLimit();
  const shown = new Map<string, { displays: number; characters: number }>();
  const ownDisplays = randomUUID(); // no other's display has an id that begins so
  let latest = "";

  function stream(given: unknown, cellId: string, text: unknown): void {
    const name = given === "stderr" ? "stderr" : "stdout";
    const { kept, stops } = limited(cellId, plainText(text));
    if (kept !== "") onEvent({ type: "stream", cellId, name, text: kept });
    if (stops) onEvent({ type: "stream", cellId, name: "stderr", text: OUTPUT_STOPS });
  }

  function display({ data, metadata, displayId, update }: Display, cellId: string): void {
    const spent = shown.get(cellId) ?? { displays: 0, characters: 0 };
    shown.set(cellId, spent);
    const isOver = () => spent.displays > MAX_DISPLAYS || spent.characters > MAX_SHOWN_CHARACTERS;
    if (isOver()) return;
    const bundle = shownOfConfined({ data, metadata });
    spent.displays += update === true ? 0 : 1;
    spent.characters += charactersOf(bundle.data);
    if (isOver()) {
      onEvent({ type: "stream", cellId, name: "stderr", text: SHOWING_STOPS });
      return;
    }
    const id = typeof displayId === "string" ? `${ownDisplays}-${displayId.slice(0, MAX_NAME_CHARACTERS)}` : undefined;
    const isUpdate = update === true && id !== undefined;
    onEvent({ type: "display", cellId, ...bundle, ...(id !== undefined && { displayId: id }), update: isUpdate });
  }

  function ofModel(event: Event, cellId: string): void {
    if (event.type === "stream") stream(event.name, cellId, event.text);
    else if (event.type === "display") display(event, cellId);
    else if (event.type === "input-request") event.answer(undefined, NO_QUESTIONS);
    else if (event.type === "model-request") onEvent({ ...event, cellId });
  }

  function ofUser(event: Event, cellId: string): void {
    if (event.type === "clear-output") onEvent({ type: "clear-output", cellId, wait: event.wait === true });
    else if (event.type !== "input-request") ofModel(event, cellId);
    else {
      const prompt = `Code in the sandbox asks: ${questionText(event.prompt, MAX_QUESTION_CHARACTERS)} `;
      onEvent({ ...event, cellId, prompt, password: event.password === true });
    }
  }

  return {
    begins(cellId, byModel) {
      latest = cellId;
      const cell = cells.get(cellId) ?? { byModel, running: 0 };
      cells.set(cellId, cell);
      cell.running++;
      return () => cell.running--;
    },
    event(event) {
      if (event.type === "session-ended") {
        onEvent({ ...event, reason: plainText(event.reason) });
        return;
      }
      const cellId = cells.has(event.cellId) ? event.cellId : latest;
      const cell = cells.get(cellId);
      if (!cell?.byModel) ofUser(event, cellId);
      else if (cell.running > 0) ofModel(event, cellId);
      else late(event);
    },
    outcome(outcome) {
      if (outcome?.status === "ok")
        return { status: "ok", result: outcome.result && within(shownOfConfined(outcome.result)) };
      return { status: "error", error: errorOf(outcome?.error) };
    },
  };
}

function within(result: Shown): Shown {
  if (charactersOf(result.data) <= MAX_SHOWN_CHARACTERS) return result;
  return { data: { "text/plain": "[not shown: it is too large]" }, metadata: {} };
}

/** Infinity for what no text can hold. */
function charactersOf(data: unknown): number {
  try {
    return JSON.stringify(data).length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function late(event: Event): void {
  if (event.type === "input-request") event.answer(undefined, NOT_NOW);
  else if (event.type === "model-request") event.answer({ error: NOT_NOW });
}

function errorOf(error: CellError | undefined): CellError {
  const line = (text: unknown) => plainText(text).slice(0, MAX_LINE_CHARACTERS);
  const traceback = Array.isArray(error?.traceback) ? error.traceback.slice(0, MAX_TRACEBACK_LINES).map(line) : [];
  return { ename: line(error?.ename).slice(0, MAX_NAME_CHARACTERS), evalue: line(error?.evalue), traceback };
}
