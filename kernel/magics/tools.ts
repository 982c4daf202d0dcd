import { AGENT_TOOLS } from "./agent.ts";
import type { Magic } from "./magic.ts";

const EFFECTS = { reads: "only reads: runs at once", acts: "needs approval" } as const;

export function toolsMagic(): Magic {
  return {
    name: "tools",
    kind: "line",
    usage: "%tools",
    help: "Lists the tools of %%agent.",
    async run(_input, output) {
      const lines = AGENT_TOOLS.map(({ name, effect, definition }) => {
        const description = definition.type === "function" ? (definition.function.description ?? "") : "";
        return `${name} (${EFFECTS[effect]}): ${description}`;
      });
      output.stream("stdout", `${lines.join("\n")}\n`);
    },
  };
}
