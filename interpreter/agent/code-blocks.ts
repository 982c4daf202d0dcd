import type { ChatMessage } from "../chat-model.ts";
import { asksFor, saysInAnyLanguage } from "../languages/index.ts";
import { derivedMeasure, isRevenueAskedFor } from "../tools/asked-chart.ts";
import { testsAskedFor } from "../tools/asked-tests.ts";
import { chartSchema } from "../tools/chart.ts";
import { statisticsSchema } from "../tools/statistics.ts";
import { type JsonSchema, signature, type Tool } from "../tools/tool.ts";
import { callInText, hasClosedBlock, upToCall } from "./calls-in-text.ts";
import type { AskedKeys, AskedTables, Dialect } from "./dialect.ts";
import { missingHint } from "./missing-values.ts";
import { prompt } from "./prompt.ts";
import { changeRequest } from "./question/asked-change.ts";
import { choicesOf, sketchOf } from "./question/asked-choices.ts";
import { askedForm } from "./question/asked-form.ts";
import { timeHints } from "./question/asked-times.ts";
import { withoutForm } from "./question/without-form.ts";
import { sqlFunctions } from "./sql-functions.ts";
import { sqlShapes } from "./sql-shapes.ts";

/** Known by the examples, or asked for by a block of their language. */
const SHOWN = new Set([
  "run_sql",
  "chart",
  "run_typescript",
  "describe_table",
  "run_python",
  "read_file",
  "search_knowledge",
  "statistics",
]);

/** A table instead of a chart is what small models give otherwise. */
const asksForChart = (question: string) => saysInAnyLanguage(question, ({ chart }) => chart);

/**
 * Calls as code blocks, results as the user's next message, after three worked examples. Small coder models write this
 * by themselves; given the protocol's tools they repeat the same call for ever (docs/decisions/0011-code-blocks.md).
 */
export function codeBlocks(): Dialect {
  return {
    system: prompt("code-blocks"),
    examples: readExamples(prompt("code-blocks-examples")),
    async nudge(question, before, tools, tables, keys) {
      return [ownTools(tools), await hints(question, before, { tables, keys })].filter(Boolean).join("\n");
    },
    async answerSchema(question, tools, tables) {
      const named = tools.find(({ name }) => !SHOWN.has(name) && isNamedIn(question, name));
      if (named) return callSchema(named);
      const statistics = tools.find(({ name }) => name === "statistics");
      const asked = withoutForm(question); // "3 significant figures" asks for no test
      if (statistics && testsAskedFor(asked).length > 0) {
        const schema = statisticsSchema(await tables(), asked);
        if (schema) return callSchema(statistics, schema);
      }
      return asksForChart(question) && tools.some(({ name }) => name === "chart")
        ? chartSchema(await tables(), question)
        : undefined;
    },
    offer: () => [],
    readCalls(answer, tools) {
      if (answer.toolCalls.length > 0) return answer.toolCalls;
      const call = callInText(answer.text, tools, "block");
      return call ? [call] : [];
    },
    // The one answer without a result: that there is none.
    answersAfterError: (text) => saysInAnyLanguage(text, ({ cannot }) => cannot),
    endsWithCall: hasClosedBlock,
    assistantMessage: (answer, calls) => ({
      role: "assistant",
      content:
        calls.length > 0 && answer.text !== "" ? upToCall(answer.text) : answer.text.trim() || callsAsText(calls),
    }),
    resultMessage: (_call, content) => ({ role: "user", content: `Result:\n${content}` }),
  };
}

interface AskedOf {
  readonly tables: AskedTables;
  readonly keys: AskedKeys;
}

/** What the question is changed from, and what it is computed with. */
async function hints(question: string, before: readonly ChatMessage[], asked: AskedOf): Promise<string> {
  const isChart = asksForChart(question);
  const isStatistics = testsAskedFor(withoutForm(question)).length > 0;
  const sql = isChart || isStatistics ? [] : await queryHints(question, asked);
  return [...sql, changeRequest(question, before, isChart)].filter(Boolean).join("\n");
}

async function queryHints(question: string, { tables, keys }: AskedOf): Promise<string[]> {
  const missing = asksFor(question, "missing") ? missingHint(question, await tables()) : "";
  const shapes = missing || (await sqlShapes(question, tables, keys));
  const ofTables = [await timeHints(question, tables), await measureHint(question, tables)];
  return [sqlFunctions(question), shapes, ...ofTables, namesHint(question)];
}

/** So that it is known which value goes where. */
function namesHint(question: string): string {
  const { shape } = askedForm(question);
  const names =
    shape && "names" in shape ? shape.names.filter((name) => choicesOf(name, question, true).length === 0) : [];
  const sketch = sketchOf(names);
  return sketch === undefined ? "" : `(One row: ${sketch})`;
}

/** Revenue that no column holds, and that a quantity and a price give. */
async function measureHint(question: string, tables: AskedTables): Promise<string> {
  if (!isRevenueAskedFor(question)) return "";
  const [derived] = (await tables()).flatMap((table) => derivedMeasure(question, table) ?? []);
  return derived === undefined ? "" : `(No column holds the revenue: it is sum(${derived}) AS revenue.)`;
}

/** Tools that the examples do not show: functions of the notebook, and of MCP servers. */
function ownTools(tools: readonly Tool[]): string {
  const lines = tools.flatMap(({ name, definition }) => {
    if (SHOWN.has(name) || definition.type !== "function") return [];
    const { description = "", parameters = {} } = definition.function;
    return [`- ${name} ${signature(parameters)}: ${description.split("\n")[0]}`];
  });
  if (lines.length === 0) return "";
  return `Instead of a query you may call a function, as {"name": "...", "arguments": {...}}:\n${lines.join("\n")}`;
}

function isNamedIn(question: string, name: string): boolean {
  return question.split(/[^\p{L}\p{N}_$-]+/u).includes(name);
}

/** {"name": ..., "arguments": {...}} of one tool. */
export function callSchema({ name, definition }: Tool, ofArguments?: JsonSchema): JsonSchema {
  const parameters = ofArguments ?? (definition.type === "function" ? definition.function.parameters : undefined);
  return {
    type: "object",
    properties: { name: { const: name }, arguments: parameters ?? { type: "object" } },
    required: ["name", "arguments"],
    additionalProperties: false,
  };
}

function callsAsText(calls: readonly { name: string; arguments: string }[]): string {
  return calls.map((call) => `${call.name} ${call.arguments}`).join("\n");
}

/** Turns under headings "## user" and "## assistant". */
function readExamples(text: string): ChatMessage[] {
  return text
    .split(/^## (?=user$|assistant$)/m)
    .filter((turn) => turn.trim() !== "")
    .map((turn) => {
      const [role, ...lines] = turn.split("\n");
      const content = lines.join("\n").trim();
      return role === "assistant" ? { role, content } : { role: "user", content };
    });
}
