import { UserError } from "../cells/cell.ts";
import { CELL_MODES, type CellMode } from "../cells/cell-mode.ts";
import type { Magic } from "./magic.ts";

const MEANINGS: Readonly<Record<CellMode["current"], string>> = {
  code: "cells are TypeScript",
  chat: "cells are questions, as if they began with %%chat; %%ts runs TypeScript",
  agent: "cells are tasks, as if they began with %%agent; %%ts runs TypeScript",
};

export function modeMagic(mode: CellMode): Magic {
  return {
    name: "mode",
    kind: "line",
    usage: "%mode [code|chat|agent]",
    help: "Shows or sets what cells without a magic are: TypeScript, or text for the model.",
    async run({ args }, output) {
      const wanted = args.trim();
      if (wanted !== "") {
        const known = CELL_MODES.find((name) => name === wanted);
        if (!known) throw new UserError(`no mode ${wanted}; there are: ${CELL_MODES.join(", ")}`);
        mode.current = known;
      }
      output.stream("stdout", `${mode.current}: ${MEANINGS[mode.current]}\n`);
    },
  };
}
