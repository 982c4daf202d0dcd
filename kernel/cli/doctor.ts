import { checkMachine } from "../setup/check-machine.ts";
import { type Command, readArguments } from "./command.ts";
import { commandSettings } from "./command-settings.ts";

export const doctor: Command = {
  name: "doctor",
  summary: "what of this machine is ready, and what to do about the rest",
  usage: `usage: qwenlab doctor [--json]

Node, adapter and driver, memory, disk, model, Jupyter, Python, sandbox: each ok, or what to do. Changes nothing; exit
code 1 if something is missing that notebooks need.`,

  async run(argv) {
    const { values } = readArguments(argv, { json: { type: "boolean" } });
    const checks = await checkMachine(commandSettings());
    const ok = checks.every(({ state }) => state !== "missing");
    if (values.json) process.stdout.write(`${JSON.stringify({ ok, checks }, null, 2)}\n`);
    else {
      for (const { name, state, detail, remedy } of checks) {
        process.stdout.write(`${state.padEnd(9)}${name.padEnd(11)}${detail}\n`);
        if (remedy) process.stdout.write(`${" ".repeat(20)}-> ${remedy}\n`);
      }
    }
    return ok ? 0 : 1;
  },
};
