import {
  type ConfinedCells,
  type Confinement,
  createConfinedCells,
  openConfinement,
  type SessionEvent,
} from "../interpreter/index.ts";

/** Whether the notebook's own sessions are confined, and the confined cells of the model. */
export interface Sandbox {
  readonly isOn: boolean;
  readonly cells: ConfinedCells;
  /** For a session that starts now: undefined where it is not confined. */
  readonly confine: () => Confinement | undefined;
  switch(isOn: boolean): void;
}

export function createSandbox({
  cwd,
  isOn,
  onEvent,
}: {
  cwd: string;
  isOn: boolean;
  onEvent: (event: SessionEvent) => void;
}): Sandbox {
  let on = isOn;
  return {
    get isOn() {
      return on;
    },
    cells: createConfinedCells({ cwd, onEvent }),
    confine: () => (on ? openConfinement(cwd) : undefined),
    switch(isOnNow) {
      on = isOnNow;
    },
  };
}
