// How the notebook's cells are read, as its magics set it.

/** What a cell without a magic is: TypeScript, or the text of a %%chat or %%agent. */
export const CELL_MODES = ["code", "chat", "agent"] as const;

export interface CellMode {
  current: (typeof CELL_MODES)[number];
}

/** Whether the notebook's cells are told about their types: %types. */
export interface CellTypes {
  areChecked: boolean;
}
