import { createInterface, type Interface } from "node:readline/promises";
import { connectEngine, type LoraSpec } from "../../engine/index.ts";
import { type Conversation, createChatModel, newTurn, runChat } from "../../interpreter/index.ts";
import { terminalText } from "../display/clean-text.ts";
import { serverModels } from "../model/server-models.ts";
import { printable } from "../printable.ts";
import type { Settings } from "../settings/settings.ts";
import { chooseModel } from "../setup/model.ts";
import { terminalReport } from "../setup/report.ts";
import { type Command, CommandError, readArguments, UsageError } from "./command.ts";
import { commandSettings } from "./command-settings.ts";
import { LORA, PRECISION, readLoras, readPrecision } from "./engine-options.ts";
import { readText } from "./input-file.ts";

const DEFAULT_SYSTEM = "You are a helpful assistant.";
const DEFAULT_CONTEXT = 8192; // tokens

export const chat: Command = {
  name: "chat",
  summary: "talk to the model in the terminal",
  usage: `usage: qwenlab chat [PROMPT] [--model M] [--system S] [--lora FILE[=SCALE]]...
                    [--think] [--precision fast|exact]

With PROMPT (or a prompt on standard input) prints one answer; else talks until Ctrl-D. Ctrl-C stops the answer, not the
program. The model runs in the engine process that notebooks share, or on the server of QWENLAB_BASE_URL. --lora puts LoRA
adapters beside it (.gguf, or folders of PEFT), which are added up; on a server, choose MODEL:ADAPTER. --think has a model
that can think before it answers; its thoughts go to standard error.`,

  async run(argv) {
    const { values, positionals } = readArguments(
      argv,
      { model: { type: "string" }, system: { type: "string" }, think: { type: "boolean" }, ...LORA, ...PRECISION },
      ["[PROMPT]"],
    );
    const settings = commandSettings();
    const precision = readPrecision(values.precision, settings);
    const prompt = positionals[0] ?? (process.stdin.isTTY ? undefined : readText("-"));
    if (prompt?.trim() === "") throw new CommandError("the prompt is empty");

    const own = { ...settings, model: values.model ?? settings.model, precision };
    const server = await connect(own, readLoras(values.lora));
    const talk = createTalk(createChatModel(server), values.system ?? DEFAULT_SYSTEM, settings, values.think);
    if (prompt === undefined) return converse(server.model, talk);
    const stopping = new AbortController();
    process.once("SIGINT", () => stopping.abort());
    await talk(prompt, stopping.signal);
    return stopping.signal.aborted ? 130 : 0;
  },
};

type Talk = (question: string, signal: AbortSignal) => Promise<void>;

function createTalk(
  model: ReturnType<typeof createChatModel>,
  system: string,
  { context }: Settings,
  thinks: boolean | undefined,
): Talk {
  const conversation: Conversation = [];
  const contextTokens = context ?? DEFAULT_CONTEXT;
  return async (question, signal) => {
    conversation.push(newTurn(question, ""));
    try {
      const options = { contextTokens, system, signal, ...(thinks && { thinking: true }) };
      for await (const event of runChat(model, conversation, options)) {
        if (event.type === "reasoning-delta") process.stderr.write(terminalText(event.text));
        if (event.type === "text-delta") process.stdout.write(terminalText(event.text));
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    process.stdout.write("\n");
  };
}

async function converse(modelName: string, talk: Talk): Promise<number> {
  process.stderr.write(`${printable(modelName)}; Ctrl-C stops an answer, Ctrl-D ends\n`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  let answering: AbortController | undefined;
  terminal.on("SIGINT", () => {
    if (answering) return answering.abort();
    process.stderr.write("\n(Ctrl-D ends)\n");
    terminal.prompt();
  });
  for await (const question of questions(terminal)) {
    if (question.trim() === "") continue;
    answering = new AbortController();
    try {
      await talk(question, answering.signal);
    } catch (error) {
      process.stderr.write(`${terminalText(error instanceof Error ? error.message : String(error))}\n`);
    }
    answering = undefined;
  }
  process.stderr.write("\n");
  return 0;
}

async function* questions(terminal: Interface): AsyncGenerator<string> {
  terminal.setPrompt("> ");
  terminal.prompt();
  for await (const line of terminal) {
    yield line;
    terminal.prompt();
  }
}

/** Our engine, started if need be, or the configured server. */
async function connect(
  settings: Settings,
  loras: readonly LoraSpec[],
): Promise<{ baseURL: string; apiKey: string; model: string }> {
  const { baseUrl, apiKey = "", precision, context, adapter, cacheDir, idleMinutes } = settings;
  if (baseUrl !== undefined) {
    if (loras.length > 0)
      throw new UsageError("--lora is for the engine of this machine; a server has its own adapters");
    const model = settings.model ?? (await serverModels(baseUrl, apiKey).defaultModel());
    return { baseURL: baseUrl, apiKey, model };
  }
  const report = terminalReport();
  return connectEngine({
    model: await chooseModel(settings),
    cacheDir,
    idleMinutes,
    loras,
    ...(precision && { precision }),
    ...(context !== undefined && { contextLength: context }),
    ...(adapter !== undefined && { adapter }),
    onProgress: ({ stage, done, total }) => {
      if (process.stderr.isTTY && stage === "loading") report.progress("loading", done, total);
    },
  });
}
