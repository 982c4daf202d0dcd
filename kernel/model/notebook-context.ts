import {
  type Conversation,
  columnValues,
  describeNotebook,
  joinKeys,
  modelTraits,
  relevantTables,
  textsOf,
} from "../../interpreter/index.ts";
import { type CellRecord, UserError } from "../cells/cell.ts";
import type { ModelServices } from "./services.ts";

/** Tokens; the software adapter reads 12 to 40 of them a second. */
const CHAT_BUDGET = 600;
const AGENT_BUDGET = 350;
const MAX_CONTEXT_SHARE = 0.25; // of what the model can read

interface ToldOptions {
  readonly model: string; // its name
  readonly conversation: Conversation; // so far
  readonly signal?: AbortSignal;
  readonly about?: readonly number[] | undefined; // numbers of cells that the question is about
}

/**
 * What the model is told of the notebook beside a question. %%agent gets tables and variables only: for a small model
 * the cells are examples to imitate.
 * @throws UserError for a number that is no cell's
 */
export async function notebookContext(
  { session, cells, contextTokens }: ModelServices,
  kind: "chat" | "agent",
  question: string,
  { model, conversation, signal, about = [] }: ToldOptions,
): Promise<string> {
  const ran = cells();
  const pointedAt = about.map((count) => findCell(ran, count));
  const [all, variables] = await Promise.all([session.tables(), session.variables()]);
  signal?.throwIfAborted();
  const recent = [ran.map(({ source }) => source).reverse(), textsOf(conversation)];
  const relevant = relevantTables(all, { question, recent });
  const tables = [...relevant, ...all.filter((table) => !relevant.includes(table))]; // of the first ones more is read
  const values = await columnValues(session, tables, signal);
  const joins = await joinKeys(session, tables, signal);
  const budget = kind === "chat" ? CHAT_BUDGET : AGENT_BUDGET;
  return describeNotebook(
    {
      tables,
      variables,
      values,
      joins,
      pointedAt,
      recent,
      namesOthers: kind === "chat" || modelTraits(model).seesOtherTables,
      cells: kind === "chat" ? ran.filter((cell) => !pointedAt.includes(cell)) : [],
    },
    { question, budgetTokens: Math.min(budget, Math.floor(contextTokens * MAX_CONTEXT_SHARE)) },
  );
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
