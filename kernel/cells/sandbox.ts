import {
  type ConfinedCells,
  type Confinement,
  createConfinedCells,
  InterpreterError,
  missingForConfinement,
  openConfinement,
  type SessionEvent,
} from "../../interpreter/index.ts";

/** Whether the notebook's own sessions are confined, and the confined cells of the model. */
export interface Sandbox {
  readonly isOn: boolean;
  readonly isOfSettings: boolean; // the user's settings, or the folder's, turned it on
  readonly cells: ConfinedCells;
  /** For a session that starts now: undefined where it is not confined. @throws where it should be and cannot be */
  readonly confine: () => Confinement | undefined;
  switch(isOn: boolean): void;
}

export function createSandbox({
  cwd,
  snapshotFolder,
  isOn,
  onEvent,
}: {
  cwd: string;
  snapshotFolder?: string;
  isOn: boolean;
  onEvent: (event: SessionEvent) => void;
}): Sandbox {
  let on = isOn;
  return {
    get isOn() {
      return on;
    },
    isOfSettings: isOn,
    cells: createConfinedCells({ cwd, snapshotFolder, onEvent }),
    confine() {
      if (!on) return undefined;
      const missing = missingForConfinement();
      if (missing === undefined) return openConfinement(cwd);
      const wayOut = "mend that and run the cell again, or run %sandbox off, which lets its code do what you may";
      throw new InterpreterError(
        `nothing of this notebook runs: its sandbox is on and cannot be had (${missing}); ${wayOut}`,
      );
    },
    switch(isOnNow) {
      on = isOnNow;
    },
  };
}
