import {
  type ChatModel,
  type ChatUsage,
  modelTraits,
  newTurn,
  type Passage,
  type PromptProgress,
  rewind,
  type Turn,
} from "../../interpreter/index.ts";
import { type CellOutput, UserError } from "../cells/cell.ts";
import { waitingText } from "../display/waiting-text.ts";
import { type NotebookRead, readNotebook } from "../model/notebook-context.ts";
import type { ModelServices, NotebookState } from "../model/services.ts";
import { printable } from "../printable.ts";
import type { MagicInput } from "./magic.ts";
import { MODEL_OPTIONS, readOptionsAndText } from "./options.ts";

/** The same cell gives the same text. */
const REPEATABLE = { temperature: 0, seed: 0 } as const;

const PASSAGES = 3; // of an agent's files, beside a question

export interface PreparedTurn {
  readonly request: string;
  readonly model: ChatModel;
  /** What the user set, for runChat and runAgent. */
  readonly settings: {
    readonly contextTokens: number;
    readonly temperature: number;
    readonly seed: number;
    readonly maxTokens?: number;
    readonly system?: string;
    readonly thinking?: boolean;
  };
}

/**
 * Begins a turn of the conversation from a cell's options and text, with the notebook as the model is told of it. A cell
 * that was asked before is asked anew: the conversation goes back to it.
 * @throws UserError for a wrong option, or an empty text
 */
export async function beginTurn(
  kind: "chat" | "agent",
  usage: string,
  input: MagicInput,
  services: ModelServices,
  state: NotebookState,
  output: CellOutput,
): Promise<PreparedTurn> {
  const { text, ...options } = readOptionsAndText(input, MODEL_OPTIONS, usage);
  const request = text.trim();
  if (request === "") {
    const what = kind === "chat" ? "question" : "task";
    throw new UserError(`%%${kind} needs a ${what}, behind it or below.\nUsage: ${usage}`);
  }
  const progress = progressIn(output);
  const { turn, ...prepared } = await prepareTurn(kind, request, options, services, state, output, progress.show);
  progress.end();
  rewind(state.conversation, output.notebookCellId);
  state.conversation.push(turn);
  return prepared;
}

export interface TurnOptions {
  readonly model?: string | undefined;
  readonly temperature?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly system?: string | undefined;
  readonly cell?: readonly number[] | undefined; // that the request is about
  readonly notebook?: boolean | undefined; // false: the model is told nothing of it
}

/** A turn that is in no conversation yet. */
export async function prepareTurn(
  kind: "chat" | "agent",
  request: string,
  options: TurnOptions,
  services: ModelServices,
  state: NotebookState,
  output: CellOutput,
  onProgress: (progress: PromptProgress) => void = () => {},
): Promise<PreparedTurn & { readonly turn: Turn }> {
  const { signal } = output;
  const { conversation } = state;
  const agent = kind === "agent" ? state.agent : undefined;
  const tell = options.notebook ?? true;
  const reading = tell
    ? readNotebook(services, kind, request, { conversation, signal, about: options.cell })
    : undefined;
  reading?.catch(() => {}); // told once there is a model, whose own failure comes first
  if (kind === "agent") services.toolbox.findPython();
  const model = await services.chatModel(output, options.model ?? agent?.file.model.name);
  const read = await reading;
  const picked = read && (await pickTable(read, model, state, onProgress));
  const told = await read?.toldTo(model.name, picked);
  const notebook = [told?.notebook ?? "", passages(agent?.knowledge?.search(request, PASSAGES) ?? [])]
    .filter(Boolean)
    .join("\n\n");
  noteSmallModel(model.name, state, output);
  const { temperature = agent?.file.model.temperature ?? REPEATABLE.temperature, maxTokens } = options;
  const { system = state.system } = options;
  const settings = {
    contextTokens: services.contextTokens,
    ...REPEATABLE,
    temperature,
    ...(maxTokens !== undefined && { maxTokens }),
    ...(system !== undefined && { system }),
    ...(state.thinking !== undefined && { thinking: state.thinking }),
  };
  const turn = newTurn(request, notebook, { cell: output.notebookCellId, ...(told && { about: told.about }) });
  return { request, model, settings, turn };
}

/** The table that the model takes, where it has to be asked: a request as others. */
async function pickTable(
  read: NotebookRead,
  model: ChatModel,
  { usage }: NotebookState,
  onProgress: (progress: PromptProgress) => void,
): Promise<string | undefined> {
  if (!read.asksWhichTable(model.name)) return undefined;
  const started = performance.now();
  const picked = await read.pick(model, onProgress);
  addUsage(usage, picked.usage, started);
  return picked.table;
}

/** Told while a long list of tables is read, and then gone. */
function progressIn(output: CellOutput) {
  const displayId = `${output.cellId}-which-table`;
  let isShown = false;
  return {
    show(progress: PromptProgress) {
      const text = waitingText(progress, "Looking for the table…");
      const data = { "text/markdown": `*${text}*`, "text/plain": text };
      if (isShown) output.updateDisplay(displayId, data);
      else output.display(data, { displayId });
      isShown = true;
    },
    end() {
      if (isShown) output.clear(true);
    },
  };
}

/** What the agent's files say about the question, with where it stands. */
function passages(found: readonly Passage[]): string {
  if (found.length === 0) return "";
  const texts = found.map(({ text, source }) => `[${source}]\n${text}`);
  return `From the files, to be cited as [file:line]:\n${texts.join("\n\n")}`;
}

/** Said once in a notebook: a user who does not know takes the numbers for granted. */
function noteSmallModel(model: string, { notes }: NotebookState, output: CellOutput): void {
  if (!modelTraits(model).makesMistakes || notes.has(model)) return;
  notes.add(model);
  output.stream(
    "stdout",
    `${printable(model)} is small and makes mistakes: check its answers, and the code that it shows.\n`,
  );
}

/** Runs a request, and adds its tokens and its time to the notebook's, also when it fails. */
export async function countUsage(
  { usage }: NotebookState,
  request: () => Promise<ChatUsage | undefined>,
): Promise<void> {
  const started = performance.now();
  let spent: ChatUsage | undefined;
  try {
    spent = await request();
  } finally {
    addUsage(usage, spent, started);
  }
}

/** @param started as performance.now() told */
function addUsage(usage: NotebookState["usage"], spent: ChatUsage | undefined, started: number): void {
  usage.requests++;
  usage.promptTokens += spent?.promptTokens ?? 0;
  usage.cachedTokens += spent?.cachedTokens ?? 0;
  usage.completionTokens += spent?.completionTokens ?? 0;
  usage.seconds += (performance.now() - started) / 1000;
}
