// Which table a question is about, where none of its words is a name or a value: a model knows that 企鹅 are penguins.
import { modelTraits } from "../agent/model-traits.ts";
import type { ChatModel, ChatUsage, PromptProgress } from "../chat-model.ts";
import type { TableInfo } from "../sessions/session.ts";
import { fileOf } from "../sessions/table-info.ts";
import type { ColumnValues } from "./column-values.ts";
import { oneLine } from "./describe-notebook.ts";
import { type AskedAbout, leavesOpen } from "./relevant-tables.ts";

const MAX_TABLES = 40; // that the model is offered: reading more takes longer than the answer
const MAX_COLUMNS = 12; // of each
const MAX_NAME = 60; // UTF-16 units
const MAX_TOKENS = 60; // of the answer
const NONE = "none";

const SYSTEM =
  "You are told the tables of a folder, each with its columns, and a question. Say which table the question is about.";

export interface Picked {
  readonly table: string | undefined;
  readonly usage: ChatUsage | undefined;
}

interface PickOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: PromptProgress) => void;
}

/** Whether a model of this name is asked: the smallest does not know (right in 8 of 23 against 20 of the next). */
export function asksWhichTable(
  model: string,
  tables: readonly TableInfo[],
  about: AskedAbout,
  values: ColumnValues | undefined,
): boolean {
  return modelTraits(model).picksTables && leavesOpen(tables, about, values);
}

/**
 * Asks the model apart from any conversation, in a second or so: the list of tables comes first, so that an engine which
 * keeps prompts reads it once. No table where the model names none, or cannot answer: the question goes on without.
 */
export async function pickTable(
  model: ChatModel,
  tables: readonly TableInfo[],
  question: string,
  { signal, onProgress }: PickOptions = {},
): Promise<Picked> {
  const offered = tables.filter(({ problem }) => problem === undefined).slice(0, MAX_TABLES);
  const files = offered.map((table) => [oneLine(fileOf(table), MAX_NAME), table] as const);
  const byFile = new Map(files.sort(([a], [b]) => (a < b ? -1 : 1))); // always in this order, as a kept prompt needs it
  const request = {
    messages: [
      { role: "system" as const, content: `${SYSTEM}\n\nTables:\n${[...byFile].map(lineOf).join("\n")}` },
      { role: "user" as const, content: `Question: ${question}\nWhich table?` },
    ],
    responseSchema: {
      type: "object",
      properties: { table: { enum: [...byFile.keys(), NONE] } },
      required: ["table"],
      additionalProperties: false,
    },
    temperature: 0,
    maxTokens: MAX_TOKENS,
    thinking: false,
    ...(signal && { signal }),
  };
  try {
    for await (const event of model.chat(request)) {
      if (event.type === "prompt-progress") onProgress?.(event);
      if (event.type === "answer-end") return { table: byFile.get(tableIn(event.text))?.name, usage: event.usage };
    }
  } catch {
    signal?.throwIfAborted(); // whatever else it was, the question itself will meet it
  }
  return { table: undefined, usage: undefined };
}

/** "penguins.json: Species, Island" */
function lineOf([file, { columns }]: readonly [string, TableInfo]): string {
  const names = columns.slice(0, MAX_COLUMNS).map(({ name }) => oneLine(name, MAX_NAME));
  return `${file}: ${names.join(", ")}`;
}

function tableIn(text: string): string {
  try {
    return String((JSON.parse(text) as { table?: unknown } | null)?.table);
  } catch {
    return NONE;
  }
}
