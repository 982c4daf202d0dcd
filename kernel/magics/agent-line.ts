import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ChatModel, openKnowledge, searchKnowledge } from "../../interpreter/index.ts";
import { type CellOutput, UserError } from "../cells/cell.ts";
import { cleanText } from "../display/clean-text.ts";
import { type AgentFile, readAgentFile, writeAgentFile } from "../model/agent-file.ts";
import type { ModelServices, NotebookState } from "../model/services.ts";
import type { Magic } from "./magic.ts";

const USAGE = "%agent [new | use FILE | none]";
const FOLDER = "agents";
const MAX_TOKENS = 350; // of what the model writes for a new agent

/** Agents made by chatting: asked for, written as a file, and used by %%agent from then on. */
export function agentLineMagic(services: ModelServices, state: NotebookState): Magic {
  return {
    name: "agent",
    kind: "line",
    usage: USAGE,
    help: "Shows the agent in use, makes one by asking what you want, or uses one from a file.",
    async run({ args }, output) {
      const [verb, ...rest] = args.split(/\s+/).filter(Boolean);
      if (verb === "new") await make(services, state, output);
      else if (verb === "use" && rest.length > 0) use(rest.join(" "), services, state, output);
      else if (verb === "none") {
        state.agent = undefined;
        output.stream("stdout", "%%agent is itself again.\n");
      } else if (verb === undefined) output.stream("stdout", cleanText(`${about(state.agent?.file)}\n`));
      else throw new UserError(`Usage: ${USAGE}`);
    },
  };
}

function use(path: string, { folder }: ModelServices, state: NotebookState, output: CellOutput): void {
  const file = readAgentFile(folder, path);
  const knowledge = file.knowledge.length > 0 ? openKnowledge(folder, file.knowledge) : undefined;
  state.agent = { file, knowledge, search: knowledge && searchKnowledge(knowledge) };
  output.stream("stdout", cleanText(`${about(file)}\n`));
}

function about(file: AgentFile | undefined): string {
  if (!file) return "No agent is in use: %%agent is itself. `%agent new` makes one, `%agent use FILE` uses one.";
  const starters = file.starters.map((starter) => `\n  %%agent ${starter}`).join("");
  const known = file.knowledge.length > 0 ? `\nIt knows ${file.knowledge.join(", ")}.` : "";
  return `${file.name} is in use${file.description ? `: ${file.description}` : ""}${known}${starters && `\nTo begin with:${starters}`}`;
}

async function make(services: ModelServices, state: NotebookState, output: CellOutput): Promise<void> {
  const ask = async (question: string) => {
    const answer = await output.input(question);
    if (answer === undefined) throw new UserError("%agent new asks questions, and nobody can answer here");
    return answer.trim();
  };
  const wish = await ask("What should the agent do? ");
  if (wish === "") throw new UserError("an agent needs something to do");
  const draft = await write(wish, await services.chatModel(output), output);
  const name = (await ask(`Its name? [${draft.name}] `)) || draft.name;
  const knowledge = list(await ask("Files that it should know, separated by commas? [none] "));
  const missing = knowledge.filter((file) => !existsSync(join(services.folder, file)));
  if (missing.length > 0) throw new UserError(`there is no file ${missing.join(", ")}`);
  const offered = (await services.toolbox.offered(output)).map((tool) => tool.name);
  const tools = list(await ask(`Its tools, of ${offered.join(", ")}? [all] `));
  const unknown = tools.filter((tool) => !offered.includes(tool));
  if (unknown.length > 0)
    throw new UserError(`there is no tool ${unknown.join(", ")}; there are: ${offered.join(", ")}`);
  const file = `${FOLDER}/${slug(name)}.json`;
  const agent: AgentFile = { ...draft, name, knowledge, model: {}, ...(tools.length > 0 && { tools }) };
  output.stream("stdout", `\n${JSON.stringify(agent, undefined, 2)}\n`);
  if (
    existsSync(join(services.folder, file)) &&
    !/^y/i.test(await ask(`${file} is there already. Write over it? [y]es, [n]o `))
  )
    return;
  writeAgentFile(services.folder, file, agent);
  output.stream("stdout", `Written to ${file}; edit it there.\n`);
  use(file, services, state, output);
}

/** The model drafts; what it leaves out, or writes wrong, is taken from the wish itself. */
async function write(
  wish: string,
  model: ChatModel,
  output: CellOutput,
): Promise<Pick<AgentFile, "name" | "description" | "instructions" | "starters">> {
  const prompt = `Write an assistant for a data notebook as lines:
Name: two words
Description: one sentence
Instructions: three sentences that begin with a verb and tell the assistant what to do
Starter: a question that its user may ask
Starter: another question

The user wants: ${wish}`;
  let text = "";
  for await (const event of model.chat({
    messages: [{ role: "user", content: prompt }],
    maxTokens: MAX_TOKENS,
    temperature: 0,
    seed: 0,
    signal: output.signal,
  })) {
    if (event.type === "text-delta") text += event.text;
  }
  const field = (name: string) =>
    [
      ...text.matchAll(
        new RegExp(`^\\W*${name}\\W*:\\W*(.+(?:\\n(?!\\W*(?:Name|Description|Instructions|Starter)\\W*:).+)*)`, "gim"),
      ),
    ].map(([, value]) => cleanText(value!.replace(/[*`"]+/g, "")).trim());
  const short = (words: string | undefined, most: number) => (words && words.length <= most ? words : undefined);
  return {
    name: short(field("Name")[0], 40) ?? "My agent",
    description: short(field("Description")[0], 300) ?? wish,
    instructions: [`The user wants: ${wish}`, field("Instructions")[0]].filter(Boolean).join("\n").slice(0, 4_000),
    starters: field("Starter")
      .filter((starter) => starter.length <= 200)
      .slice(0, 4),
  };
}

function list(answer: string): string[] {
  return answer
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
}

function slug(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, "") || "agent"
  );
}
