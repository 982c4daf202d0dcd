import { chatSystemPrompt, modelTraits } from "../../interpreter/index.ts";
import type { ModelServices, NotebookState } from "../model/services.ts";
import type { Magic } from "./magic.ts";

export function systemMagic(services: ModelServices, state: NotebookState): Magic {
  return {
    name: "system",
    kind: "line",
    usage: "%system [TEXT|default]",
    help: "Shows the system prompts, or puts a text in their place.",
    async run({ args }, output) {
      const text = args.trim();
      if (text === "default") state.system = undefined;
      else if (text !== "") state.system = text;
      const own = state.system !== undefined ? `${state.system}\n` : undefined;
      const { name } = await services.modelInUse();
      const agent = modelTraits(name).dialect.system;
      output.stream("stdout", own ?? `%%chat: ${chatSystemPrompt()}\n\n%%agent: ${agent}\n`);
    },
  };
}

export function forgetMagic(state: NotebookState): Magic {
  return {
    name: "forget",
    kind: "line",
    usage: "%forget",
    help: "Begins a new conversation; variables and cells stay.",
    async run(_input, output) {
      const turns = state.conversation.length;
      state.conversation.length = 0;
      state.leftCells.clear();
      output.stream("stdout", `forgot ${turns} ${turns === 1 ? "turn" : "turns"}\n`);
    },
  };
}
