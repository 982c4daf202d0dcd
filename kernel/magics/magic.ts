// A magic is a cell whose first line starts with %% (the rest is its text), or a line that starts with %.
import type { CellOutput } from "../cells/cell.ts";

export interface MagicInput {
  readonly args: string; // the rest of its first line
  readonly text: string; // the lines below
}

export interface Magic {
  readonly name: string; // without % or %%
  readonly kind: "line" | "cell";
  readonly usage: string; // one line: "%approve [ask|auto|always|never]"
  readonly help: string; // one sentence
  readonly isTalk?: boolean; // its turns are in the conversation with the model already
  /** @throws UserError whose message is all that the cell shows */
  run(input: MagicInput, output: CellOutput): Promise<void>;
}
