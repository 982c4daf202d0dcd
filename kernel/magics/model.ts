import { UserError } from "../cells/cell.ts";
import type { ModelServices, NotebookState } from "../model/services.ts";
import { printable } from "../printable.ts"; // a server names its models
import type { Magic } from "./magic.ts";

const USAGE = "%model [NAME] [--lora FILE[=SCALE]] [--think on|off]";
const LORA = /(?:^|\s)--lora(?:\s+|=)(\S+)/g;
const THINK = /(^|\s)--think(?:\s+|=)(\S+)/;
const MEANINGS = {
  on: "where it can, it thinks before it answers, which takes its time; its thoughts are folded above the answer",
  off: "it answers without thinking before",
} as const;

export function modelMagic(services: ModelServices, state: NotebookState): Magic {
  return {
    name: "model",
    kind: "line",
    usage: USAGE,
    help: "Shows or changes the model in use, the adapters beside it, and whether it thinks before it answers.",
    async run({ args }, output) {
      const loras = [...args.matchAll(LORA)].map(([, file]) => file!);
      const name = args.replace(THINK, "").replace(LORA, "").trim();
      const [, , wanted] = THINK.exec(args) ?? [];
      const [unread] = /^-\S*|(?<=\s)--\S*/.exec(name) ?? [];
      if (unread !== undefined && !/^--(think|lora)\b/.test(unread))
        throw new UserError(`Unknown option '${printable(unread)}'\nUsage: ${USAGE}`);
      if (unread !== undefined || (wanted !== undefined && wanted !== "on" && wanted !== "off"))
        throw new UserError(`--think is on or off, --lora a file or folder\nUsage: ${USAGE}`);
      if (name !== "" || loras.length > 0) await services.useModel(name || undefined, loras);
      if (wanted !== undefined) state.thinking = wanted === "on";
      const inUse = await services.modelInUse();
      output.stream("stdout", `${printable(inUse.name)}, on ${inUse.place}\n`);
      if (state.thinking !== undefined) {
        const mode = state.thinking ? "on" : "off";
        output.stream("stdout", `thinking ${mode}: ${MEANINGS[mode]}\n`);
      }
    },
  };
}

export function modelsMagic(services: ModelServices): Magic {
  return {
    name: "models",
    kind: "line",
    usage: "%models",
    help: "Lists the models there are.",
    async run(_input, output) {
      const { name: inUse } = await services.modelInUse();
      const lines = (await services.listModels()).map(
        ({ name, note }) => `${name === inUse ? "*" : " "} ${printable(name)}  ${note}`,
      );
      output.stream("stdout", `${lines.join("\n")}\n`);
    },
  };
}
