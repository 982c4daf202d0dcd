import {
  asksWhichTable,
  type ChatModel,
  type Conversation,
  columnValues,
  describeNotebook,
  modelTraits,
  type Picked,
  type PromptProgress,
  pickTable,
  tablesInQuestion,
  textsOf,
  toldTables,
} from "../../interpreter/index.ts";
import { type CellRecord, UserError } from "../cells/cell.ts";
import type { ModelServices } from "./services.ts";

/** Tokens; the software adapter reads 12 to 40 of them a second. */
const CHAT_BUDGET = 600;
const AGENT_BUDGET = 350;
const MAX_CONTEXT_SHARE = 0.25; // of what the model can read

interface ReadOptions {
  readonly conversation: Conversation; // so far
  readonly signal?: AbortSignal;
  readonly about?: readonly number[] | undefined; // numbers of cells that the question is about
}

/** What is read of a notebook for a question. */
export interface NotebookRead {
  /** Whether a model of this name is to be asked first which table the question is about. */
  asksWhichTable(model: string): boolean;
  pick(model: ChatModel, onProgress: (progress: PromptProgress) => void): Promise<Picked>;
  /** What a model of this name is told, and the names of the tables that the question is about. */
  toldTo(model: string, picked?: string): Promise<{ readonly notebook: string; readonly about: readonly string[] }>;
}

/**
 * Reads what a model is told of the notebook beside a question; a model that is on its way need not be waited for. %%agent gets tables
 * and variables only: for a small model the cells are examples to imitate.
 * @throws UserError for a number that is no cell's
 */
export async function readNotebook(
  { session, cells, contextTokens }: ModelServices,
  kind: "chat" | "agent",
  question: string,
  { conversation, signal, about = [] }: ReadOptions,
): Promise<NotebookRead> {
  const ran = cells();
  const pointedAt = about.map((count) => findCell(ran, count));
  const [all, variables] = await Promise.all([session.tables(), session.variables()]);
  const tables = toldTables(all, question, conversation);
  signal?.throwIfAborted();
  const asked = { question, recent: [ran.map(({ source }) => source).reverse(), textsOf(conversation)] };
  const values = await columnValues(session, tables, signal);
  const budget = kind === "chat" ? CHAT_BUDGET : AGENT_BUDGET;
  const budgetTokens = Math.min(budget, Math.floor(contextTokens * MAX_CONTEXT_SHARE));
  const isOpen = kind === "agent" && pointedAt.length === 0;
  return {
    asksWhichTable: (model) => isOpen && asksWhichTable(model, tables, asked, values),
    pick: (model, onProgress) => pickTable(model, tables, question, { signal, onProgress }),
    async toldTo(model, picked) {
      const { about, joins } = await tablesInQuestion(session, tables, { ...asked, picked }, { values, signal });
      const namesOthers = kind === "chat" || modelTraits(model).seesOtherTables;
      const cells = kind === "chat" ? ran.filter((cell) => !pointedAt.includes(cell)) : [];
      const state = { tables, about, joins, values, variables, pointedAt, cells, namesOthers };
      return {
        notebook: describeNotebook(state, { question, budgetTokens }),
        about: about.map(({ name }) => name),
      };
    },
  };
}

/** The last one of this number. */
function findCell(cells: readonly CellRecord[], executionCount: number): CellRecord {
  const found = cells.findLast((cell) => cell.executionCount === executionCount);
  if (found) return found;
  const known = cells.map((cell) => `[${cell.executionCount}]`).join(" ") || "none yet";
  throw new UserError(
    `--cell ${executionCount}: there is no cell [${executionCount}] with code or a query; there are: ${known}`,
  );
}
