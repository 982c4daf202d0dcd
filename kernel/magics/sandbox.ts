import type { SelfTest } from "../../interpreter/index.ts";
import { UserError } from "../cells/cell.ts";
import type { ModelServices } from "../model/services.ts";
import { confirmLoosening } from "./confirm-loosening.ts";
import type { Magic } from "./magic.ts";

const USAGE = "%sandbox [on|off|test]";

/** Confines the notebook's sessions, or says how confined what the model writes is. */
export function sandboxMagic({
  sandbox,
  session,
  python,
}: Pick<ModelServices, "sandbox" | "session" | "python">): Magic {
  return {
    name: "sandbox",
    kind: "line",
    usage: USAGE,
    help: "Confines the notebook's TypeScript and Python (no network, the folder read-only but for out/), or tests it.",
    async run({ args }, output) {
      const wanted = args.trim();
      if (wanted !== "" && !["on", "off", "test"].includes(wanted)) {
        throw new UserError(`no choice ${wanted}; there are: on, off, test`);
      }
      const test = await sandbox.cells.selfTest({ thorough: wanted === "test" });
      if (wanted === "on" || wanted === "off") {
        if (wanted === "on" && !test.holds) throw new UserError(`there is no sandbox on this machine: ${test.problem}`);
        if (sandbox.isOn !== (wanted === "on")) {
          if (wanted === "off" && sandbox.isOfSettings)
            await confirmLoosening("Outside of it this notebook's code may do what you may.", "sandbox on", output);
          sandbox.switch(wanted === "on");
          await Promise.all([session.restart(), python.restart()]);
          output.stream("stdout", "The sessions were started anew: the variables of earlier cells are gone.\n");
        }
      }
      output.stream("stdout", `${state(sandbox.isOn, test)}\n${wanted === "test" ? details(test) : ""}`);
    },
  };
}

function state(isOn: boolean, { attempts, holds, problem }: SelfTest): string {
  const cells = isOn
    ? "on: this notebook's code runs confined or not at all"
    : "off: this notebook's own code may do what you may";
  const stopped = attempts.filter(({ stoppedBy }) => stoppedBy !== undefined).length;
  const model = holds
    ? `what the model writes can be confined (self-test: ${stopped} of ${attempts.length} attempts stopped)`
    : `what the model writes cannot be confined, and is asked about each time: ${problem}`;
  return `${cells}; ${model}`;
}

function details({ attempts }: SelfTest): string {
  return attempts.map(({ name, stoppedBy }) => `  ${name}: ${stoppedBy ?? "NOT STOPPED"}\n`).join("");
}
