// A chart that may show something else than what was asked for: what it is drawn from, and how it is asked for again.
import type { ToolCall } from "../../chat-model.ts";
import { saysInAnyLanguage } from "../../languages/index.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { quoted } from "../../sessions/sql/database.ts";
import { tableCalled } from "../../sessions/table-info.ts";
import type { Tool } from "../../tools/tool.ts";
import { callSchema } from "../code-blocks.ts";
import type { AnswerObjection } from "./guard.ts";

export interface DrawnChart {
  readonly options: Readonly<Record<string, unknown>>;
  readonly query: string; // whose rows it shows
}

/** undefined of a call of another kind. */
export function drawnChart(call: ToolCall, tables: readonly TableInfo[]): DrawnChart | undefined {
  if (call.name !== "chart") return undefined;
  try {
    const options = JSON.parse(call.arguments) as Record<string, unknown>; // as: parsed by the tool already
    const { table } = options;
    if (typeof table !== "string") return undefined;
    if (/^\s*(?:select|with|from)\b/i.test(table)) return { options, query: table };
    return { options, query: `SELECT * FROM ${tableCalled(table, tables)?.name ?? quoted(table)}` };
  } catch {
    return undefined;
  }
}

/**
 * Nothing where the answer says that there is none.
 * @param query whose rows it should show, where that is known: the model then has nothing to choose
 */
export function otherChart(
  text: string,
  facts: readonly string[],
  { options }: DrawnChart,
  tools: readonly Tool[],
  query?: string,
): AnswerObjection | undefined {
  if (facts.length === 0 || saysInAnyLanguage(text, ({ cannot }) => cannot)) return undefined;
  const told = `That chart may show something else: ${facts.join("; ")}.`;
  const tool = tools.find(({ name }) => name === "chart");
  if (query === undefined || tool === undefined)
    return { doubts: facts, say: `${told} Draw the corrected chart; its "table" may be a SELECT with the condition.` };
  const corrected = { ...options, table: query };
  const properties = Object.fromEntries(Object.entries(corrected).map(([name, value]) => [name, { const: value }]));
  const schema = { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
  return {
    doubts: facts,
    say: `${told} Draw it so: ${JSON.stringify(corrected)}`,
    next: { schema: callSchema(tool, schema) },
  };
}
