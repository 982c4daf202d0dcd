// How code cells are run: %%ts, %%javascript, %%time, %time, %types.

import type { CellTime, ExecuteOptions, TypeScriptSession } from "../../interpreter/index.ts";
import { CellFailure, UserError } from "../cells/cell.ts";
import type { CellTypes } from "../cells/cell-mode.ts";
import type { CodeMagic } from "../cells/parse-cell.ts";
import type { Magic } from "./magic.ts";

export function readingOf(as: CodeMagic | undefined, types: CellTypes): Partial<ExecuteOptions> {
  const isJavaScript = as === "js" || as === "javascript";
  return { isJavaScript, isUnchecked: !types.areChecked };
}

export function typesMagic(types: CellTypes): Magic {
  return {
    name: "types",
    kind: "line",
    usage: "%types [on|off]",
    help: "Shows or sets whether cells are told about their types; // @ts-nocheck leaves out one cell.",
    async run({ args }, output) {
      const wanted = args.trim();
      if (!["", "on", "off"].includes(wanted)) throw new UserError(`no choice ${wanted}; there are: on, off`);
      if (wanted !== "") types.areChecked = wanted === "on";
      const state = types.areChecked
        ? "on: a cell with a type error is told so, and does not run"
        : "off: cells run as they are; what the model writes is still checked";
      output.stream("stdout", `${state}\n`);
    },
  };
}

export function timeMagic(session: Pick<TypeScriptSession, "execute">, types: CellTypes): Magic {
  return {
    name: "time",
    kind: "line",
    usage: "%time CODE",
    help: "Runs the rest of the line and says how long it took.",
    async run({ args }, output) {
      if (args.trim() === "") throw new UserError("%time times the code behind it; %%time a whole cell");
      const about = { cellId: output.cellId, label: "%time", ...readingOf(undefined, types) };
      const outcome = await session.execute(args, about);
      if (outcome.time) output.stream("stdout", timeText(outcome.time));
      if (outcome.status === "error") throw new CellFailure(outcome.error);
      if (outcome.result) output.display(outcome.result.data, { metadata: outcome.result.metadata });
    },
  };
}

/** As IPython says it. */
export function timeText({ wall, user, system }: CellTime): string {
  const [ofUser, ofSystem, total, all] = [user, system, user + system, wall].map(duration);
  return `CPU times: user ${ofUser}, sys: ${ofSystem}, total: ${total}\nWall time: ${all}\n`;
}

function duration(milliseconds: number): string {
  if (milliseconds < 1) return `${Math.round(milliseconds * 1_000)} µs`;
  if (milliseconds < 1_000) return `${Number(milliseconds.toPrecision(3))} ms`;
  if (milliseconds < 60_000) return `${Number((milliseconds / 1_000).toPrecision(3))} s`;
  const seconds = Math.round(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)}min ${seconds % 60}s`;
}

/** What they are in the list of magics; parse-cell.ts makes their text the cell's code, with its line numbers. */
export const codeMagics: readonly Magic[] = [
  codeMagic("ts", "Runs TypeScript, whatever %mode says."),
  codeMagic("javascript", "Runs plain JavaScript on the same variables; nothing is said about types."),
  codeMagic("time", "Runs TypeScript and says how long it took, without compiling it."),
];

function codeMagic(name: CodeMagic, help: string): Magic {
  return {
    name,
    kind: "cell",
    usage: `%%${name}`,
    help,
    async run() {
      throw new UserError(`%%${name} stands alone in the first line of a cell, with the code below it`);
    },
  };
}
