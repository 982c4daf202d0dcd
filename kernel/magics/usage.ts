import type { NotebookState } from "../model/services.ts";
import type { Magic } from "./magic.ts";

export function usageMagic(state: NotebookState): Magic {
  return {
    name: "usage",
    kind: "line",
    usage: "%usage",
    help: "Shows the tokens and the time that the model spent in this notebook.",
    async run(_input, output) {
      const { requests, promptTokens, cachedTokens, completionTokens, seconds } = state.usage;
      const cells = `${requests} ${requests === 1 ? "cell" : "cells"} in ${seconds.toFixed(1)} s`;
      const tokens = `${promptTokens} tokens read (${cachedTokens} from the cache), ${completionTokens} written`;
      output.stream("stdout", `${cells}: ${tokens}\n`);
    },
  };
}
