import type { Fact } from "./tools/facts.ts";

/** Sorted by whose fault it is: the model's errors go back to the model, the user's into the cell, ours are thrown. */
export class InterpreterError extends Error {
  override readonly name: string = "InterpreterError";
}

/** The user's interrupt ended it: what was asked for is answered so, and nothing is broken. */
export class InterruptedError extends InterpreterError {
  override readonly name = "KeyboardInterrupt"; // as a cell says it
}

/** The model called a tool wrongly, or its code failed: told to the model, and the loop goes on. */
export class ToolCallError extends InterpreterError {
  override readonly name = "ToolCallError";
  readonly facts: readonly Fact[]; // what the tool knows of the failure beside its message

  constructor(message: string, { facts = [], ...options }: ErrorOptions & { facts?: readonly Fact[] } = {}) {
    super(message, options);
    this.facts = facts;
  }
}

/** The model could not be reached or refused: shown in the cell, in one line. */
export class ChatModelError extends InterpreterError {
  override readonly name = "ChatModelError";
}
