import { estimateTokens } from "../../interpreter/index.ts";
import type { Magic } from "./magic.ts";
import { notebookContext } from "./notebook-context.ts";
import type { ModelServices } from "./services.ts";

/** Exactly the text that goes to the model beside a question. */
export function contextMagic(services: ModelServices): Magic {
  return {
    name: "context",
    kind: "line",
    usage: "%context [QUESTION]",
    help: "Shows what the model is told of the notebook.",
    async run({ args }, output) {
      for (const kind of ["chat", "agent"] as const) {
        const text = await notebookContext(services, kind, args, { signal: output.signal });
        const turns = text === "" ? "(nothing)" : text;
        output.stream("stdout", `%%${kind} tells the model, in about ${estimateTokens(text)} tokens:\n${turns}\n\n`);
      }
    },
  };
}
