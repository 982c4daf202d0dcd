// A cell that runs: what it can show and ask, what is kept of it, and how it can fail.
import type { CellError, MimeBundle } from "../../interpreter/index.ts";

/** What a running cell can show and ask. Everything goes to the cell it was made for, also after it ended. */
export interface CellOutput {
  readonly cellId: string; // of this run
  readonly notebookCellId?: string | undefined; // the same at each run; undefined where the front end names none
  stream(name: "stdout" | "stderr", text: string): void;
  display(data: MimeBundle, options?: { metadata?: Readonly<Record<string, unknown>>; displayId?: string }): void;
  /** Replaces an earlier display of this id, at most 15 times a second; the last state always arrives. */
  updateDisplay(displayId: string, data: MimeBundle, options?: { metadata?: Readonly<Record<string, unknown>> }): void;
  clear(wait: boolean): void;
  /** Asks the user under the cell; `undefined` where no input is possible (nbconvert). */
  input(prompt: string, options?: { password?: boolean }): Promise<string | undefined>;
  /** A new cell below this one, once, by the reply's `set_next_input` payload. */
  setNextInput(code: string): void;
  /** Fires on interrupt. */
  readonly signal: AbortSignal;
}

/** A cell as it was run, for what the model is told of the notebook. */
export interface CellRecord {
  readonly executionCount: number;
  readonly source: string;
  readonly outputText: string; // what it printed and showed, as text, cut to 2,000 characters
  readonly failed: boolean;
  readonly isTalk?: boolean; // it was a prompt without a magic: %mode
}

/** The user's mistake: shown in the cell as its message, without our stack. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** Code that failed, with the traceback of its language. */
export class CellFailure extends Error {
  readonly error: CellError;

  constructor(error: CellError) {
    super(error.evalue);
    this.error = error;
  }
}
