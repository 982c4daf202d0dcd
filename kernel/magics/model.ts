import { printable } from "../printable.ts"; // a server names its models
import type { Magic } from "./magic.ts";
import type { ModelServices } from "./services.ts";

export function modelMagic(services: ModelServices): Magic {
  return {
    name: "model",
    kind: "line",
    usage: "%model [NAME]",
    help: "Shows or changes the model in use.",
    async run({ args }, output) {
      if (args.trim() !== "") await services.useModel(args.trim());
      const { name, place } = await services.modelInUse();
      output.stream("stdout", `${printable(name)}, on ${place}\n`);
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
