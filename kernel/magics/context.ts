import { estimateTokens } from "../../interpreter/index.ts";
import { readNotebook } from "../model/notebook-context.ts";
import type { ModelServices, NotebookState } from "../model/services.ts";
import type { Magic } from "./magic.ts";

const PICKED =
  "No word of this is a table's: %%agent first asks the model which table is meant, and tells of that one.\n\n";

/** Exactly the text that goes to the model beside a question. */
export function contextMagic(services: ModelServices, { conversation }: NotebookState): Magic {
  return {
    name: "context",
    kind: "line",
    usage: "%context [QUESTION]",
    help: "Shows what the model is told of the notebook.",
    async run({ args }, output) {
      const model = await services.modelInUse().then(
        ({ name }) => name,
        () => "", // who asks it hears of a server that is gone
      );
      for (const kind of ["chat", "agent"] as const) {
        const read = await readNotebook(services, kind, args, { conversation, signal: output.signal });
        const { notebook: text } = await read.toldTo(model);
        const turns = text === "" ? "(nothing)" : text;
        output.stream("stdout", `%%${kind} tells the model, in about ${estimateTokens(text)} tokens:\n${turns}\n\n`);
        if (args !== "" && read.asksWhichTable(model)) output.stream("stdout", PICKED);
      }
    },
  };
}
