import { notebookFunction, signature, type Tool } from "../../interpreter/index.ts";
import { type CellOutput, UserError } from "../cells/cell.ts";
import { cleanText } from "../display/clean-text.ts";
import type { ModelServices } from "../model/services.ts";
import type { ListedTool, Toolbox } from "../model/toolbox.ts";
import { didYouMean } from "../nearest.ts";
import type { Magic } from "./magic.ts";

const EFFECTS = { reads: "only reads: runs at once", acts: "needs approval" } as const;
const USAGE = "%tools [NAME | on NAME... | off NAME...]";

export function toolsMagic({ toolbox }: Pick<ModelServices, "toolbox">): Magic {
  return {
    name: "tools",
    kind: "line",
    usage: USAGE,
    help: "Lists the tools of %%agent, shows one with its schema, or switches some.",
    async run({ args }, output) {
      const [verb, ...names] = args.split(/[\s,]+/).filter(Boolean);
      const isSwitch = verb === "on" || verb === "off";
      if (isSwitch && names.length === 0) throw new UserError(`%tools ${verb} needs names.\nUsage: ${USAGE}`);
      const listed = await toolbox.list(output);
      if (isSwitch) for (const name of names) toolbox.switch(find(name, listed).tool.name, verb === "on");
      if (verb !== undefined && !isSwitch) output.stream("stdout", cleanText(`${details(find(verb, listed))}\n`));
      else output.stream("stdout", cleanText(overview(isSwitch ? await toolbox.list(output) : listed)));
    },
  };
}

/** A function of the notebook becomes a tool, with the schema that its types and its JSDoc give. */
export function toolMagic({ session, toolbox }: Pick<ModelServices, "session" | "toolbox">): Magic {
  return {
    name: "tool",
    kind: "line",
    usage: "%tool FUNCTION",
    help: "Makes a function of the notebook callable by the model.",
    async run({ args }, output) {
      const name = args.trim();
      if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name))
        throw new UserError("%tool needs the name of a function");
      const schema = await session.functionSchema(name).catch((error: Error) => {
        throw new UserError(error.message);
      });
      await addTool(notebookFunction(schema), toolbox, output);
    },
  };
}

async function addTool(tool: Tool, toolbox: Toolbox, output: CellOutput): Promise<void> {
  toolbox.add(tool);
  output.stream("stdout", `${line(tool)}\n`);
}

function find(name: string, listed: readonly ListedTool[]): ListedTool {
  const found = listed.find(({ tool }) => tool.name === name);
  if (found) return found;
  const names = listed.map(({ tool }) => tool.name);
  throw new UserError(`there is no tool ${name}; ${didYouMean(name, names)}%tools lists all`);
}

function overview(listed: readonly ListedTool[]): string {
  const groups = [...new Set(listed.map(({ from }) => from))];
  return groups
    .map((group) => {
      const tools = listed.filter(({ from }) => from === group);
      return `${group}:\n${tools.map(({ tool, isOn }) => `  ${isOn ? "on " : "off"}  ${line(tool)}\n`).join("")}`;
    })
    .join("");
}

function line({ name, effect, definition }: Tool): string {
  const { description = "" } = definition.type === "function" ? definition.function : {};
  return `${name} (${EFFECTS[effect]}): ${description.split("\n")[0]}`;
}

function details({ tool, from, isOn }: ListedTool): string {
  const schema = tool.definition.type === "function" ? (tool.definition.function.parameters ?? {}) : {};
  const call = `${tool.name} ${signature(schema)}`;
  return `${line(tool)}\nfrom ${from}, ${isOn ? "on" : "off"}\n${call}\n${JSON.stringify(schema, undefined, 2)}`;
}
