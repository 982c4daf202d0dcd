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

interface ReadOptions {
  readonly conversation: Conversation; // so far
  readonly signal?: AbortSignal;
  readonly about?: readonly number[] | undefined; // numbers of cells that the question is about
}

/** What a model of this name is told of the notebook. */
type ToldTo = (model: string) => string;

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
): Promise<ToldTo> {
  const ran = cells();
  const pointedAt = about.map((count) => findCell(ran, count));
  const [all, variables] = await Promise.all([session.tables(), session.variables()]);
  signal?.throwIfAborted();
  const recent = [ran.map(({ source }) => source).reverse(), textsOf(conversation)];
  const values = await columnValues(session, all, signal);
  const relevant = relevantTables(all, { question, recent }, { values });
  const tables = [...relevant, ...all.filter((table) => !relevant.includes(table))]; // of the first ones more is read
  const joins = await joinKeys(session, tables, signal);
  const budget = kind === "chat" ? CHAT_BUDGET : AGENT_BUDGET;
  const budgetTokens = Math.min(budget, Math.floor(contextTokens * MAX_CONTEXT_SHARE));
  const read = { tables, variables, values, joins, pointedAt, recent };
  return (model) =>
    describeNotebook(
      {
        ...read,
        namesOthers: kind === "chat" || modelTraits(model).seesOtherTables,
        cells: kind === "chat" ? ran.filter((cell) => !pointedAt.includes(cell)) : [],
      },
      { question, budgetTokens },
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
