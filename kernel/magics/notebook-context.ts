import { columnValues, describeNotebook } from "../../interpreter/index.ts";
import type { ModelServices } from "./services.ts";

/** Tokens; the software adapter reads 12 to 40 of them a second. */
const CHAT_BUDGET = 600;
const AGENT_BUDGET = 350;
const MAX_CONTEXT_SHARE = 0.25; // of what the model can read

/**
 * What the model is told of the notebook beside a question. %%agent gets tables and variables only: for a small model
 * the cells are examples to imitate.
 */
export async function notebookContext(
  { session, cells, contextTokens }: ModelServices,
  kind: "chat" | "agent",
  question: string,
  signal?: AbortSignal,
): Promise<string> {
  const [tables, variables] = await Promise.all([session.tables(), session.variables()]);
  signal?.throwIfAborted();
  const values = await columnValues(session, tables, signal);
  const budget = kind === "chat" ? CHAT_BUDGET : AGENT_BUDGET;
  return describeNotebook(
    { tables, variables, values, cells: kind === "chat" ? cells() : [] },
    { question, budgetTokens: Math.min(budget, Math.floor(contextTokens * MAX_CONTEXT_SHARE)) },
  );
}
