import type { ChatMessage } from "../chat-model.ts";
import { chartSchema } from "../tools/chart.ts";
import { type JsonSchema, signature, type Tool } from "../tools/tool.ts";
import { callInText, hasClosedBlock, upToCall } from "./calls-in-text.ts";
import type { Dialect } from "./dialect.ts";
import { isFollowUp } from "./follow-up.ts";
import { prompt } from "./prompt.ts";
import { sqlFunctions } from "./sql-functions.ts";

/** In the languages that the models are best at. A table instead of a chart is what small models give otherwise. */
const ASKS_FOR_CHART =
  /\b(chart|plot|graph|draw|histogram|scatter|heatmap|boxplot|diagramm?e?|graphique|histogramme|trace[rz]?|gráfic[oa]s?|histograma|dibuj\w+)\b|图|绘|画[一出个]|グラフ|図/iu;

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

const ASKS_FOR_TEST = /\b(p-?values?|significan\w+|t-?test|anova|chi-?squared?|normally distributed)\b/i;

/** The one answer without a result: that there is none. */
const CANNOT = /cannot be answered|no column for|没有|ne peut pas|no se puede/i;

/**
 * Calls as code blocks, results as the user's next message, after three worked examples. Small coder models write this
 * by themselves; given the protocol's tools they repeat the same call for ever (docs/decisions/0011-code-blocks.md).
 */
export function codeBlocks(): Dialect {
  return {
    system: prompt("code-blocks"),
    examples: readExamples(prompt("code-blocks-examples")),
    nudge: (question, before, tools) =>
      [ownTools(tools), sqlFunctions(question), pointer(question, before)].filter(Boolean).join("\n"),
    async answerSchema(question, tools, tables) {
      const named = tools.find(({ name }) => !SHOWN.has(name) && isNamedIn(question, name));
      if (named) return callSchema(named);
      const statistics = ASKS_FOR_TEST.test(question) ? tools.find(({ name }) => name === "statistics") : undefined;
      if (statistics) return callSchema(statistics);
      return ASKS_FOR_CHART.test(question) && tools.some(({ name }) => name === "chart")
        ? chartSchema(await tables(), question)
        : undefined;
    },
    offer: () => [],
    readCalls(answer, tools) {
      if (answer.toolCalls.length > 0) return answer.toolCalls;
      const call = callInText(answer.text, tools, "block");
      return call ? [call] : [];
    },
    answersAfterError: (text) => CANNOT.test(text),
    endsWithCall: hasClosedBlock,
    assistantMessage: (answer, calls) => ({
      role: "assistant",
      content:
        calls.length > 0 && answer.text !== "" ? upToCall(answer.text) : answer.text.trim() || callsAsText(calls),
    }),
    resultMessage: (_call, content) => ({ role: "user", content: `Result:\n${content}` }),
  };
}

function pointer(question: string, before: readonly ChatMessage[]): string {
  if (ASKS_FOR_CHART.test(question)) return "(Answer with a ```chart block.)";
  const query = isFollowUp(question) ? lastQuery(before) : undefined;
  return query === undefined ? "" : `(My question before was answered by: ${query})`;
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
function callSchema({ name, definition }: Tool): JsonSchema {
  const parameters = definition.type === "function" ? definition.function.parameters : undefined;
  return {
    type: "object",
    properties: { name: { const: name }, arguments: parameters ?? { type: "object" } },
    required: ["name", "arguments"],
    additionalProperties: false,
  };
}

/** The query of the turn before, for a question that leans on it. */
function lastQuery(messages: readonly ChatMessage[]): string | undefined {
  const texts = messages.filter(({ role }) => role === "assistant").map(({ content }) => String(content ?? ""));
  const blocks = texts.flatMap((text) =>
    [...text.matchAll(/```sql\s+([\s\S]*?)```/gi)].map(([, code]) => code!.trim()),
  );
  return blocks.at(-1)?.replace(/\s+/g, " ");
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
