// The steps of an agent as one Markdown output: a <details> a step, then the answer; and the same as data.
import {
  type AgentEndReason,
  type AgentEvent,
  type ApprovalDecision,
  type ChatModel,
  type CodePreview,
  cellText,
  codeThatRan,
  factsOf,
  type MimeBundle,
  type PromptProgress,
  rowsOf,
  type SqlResult,
  type ToolCall,
} from "../../interpreter/index.ts";
import { cleanText, visibleText } from "./clean-text.ts";
import { codeFence, modelMarkdown, plainMarkdown } from "./model-markdown.ts";
import { foldedThoughts } from "./thoughts.ts";
import { waitingText } from "./waiting-text.ts";

export const TRACE_MIME = "application/vnd.qwenlab.trace+json";

const MAX_TABLE_ROWS = 20;
const WAY_OUT = "Ask in other words, with the names that %tables lists, or take a larger model (%models).";
const NO_RESULT = `Stopped: the model repeats itself, and has no result. ${WAY_OUT}`;
const END_NOTES: Readonly<Record<AgentEndReason, string>> = {
  answered: "",
  "max-rounds": "Stopped: the model asked for more steps than are allowed.",
  "max-repairs": `Stopped: the model could not correct its code. ${WAY_OUT}`,
  unanswerable: "",
  repeated: "Stopped: the model repeats itself. Its last result is above.",
  proposed: "Not run. The code is in the step above, and in a cell below where the front end makes one.",
  interrupted: "Interrupted.",
};

interface TraceStep {
  readonly tool: string;
  readonly arguments: string;
  readonly thoughts?: string; // before it
  preview: CodePreview; // as it ran, once it has run
  decision?: ApprovalDecision;
  result?: string;
  failed?: boolean;
  milliseconds?: number;
  rowCount?: number;
}

/** What happened so far, and how it is shown. */
export class Trace {
  readonly #request: string;
  readonly #model: Pick<ChatModel, "name" | "sha256">;
  readonly #settings: object;
  readonly #steps: TraceStep[] = [];
  readonly #running = new Map<ToolCall, TraceStep>();
  #text = "";
  #thoughts = ""; // of the answer that comes
  #table: SqlResult | undefined;
  #notes: readonly string[] = []; // of how the table's query was read
  #end: Extract<AgentEvent, { type: "agent-end" }> | undefined;
  #progress: PromptProgress | undefined;
  #tokens = { prompt: 0, cached: 0, completion: 0 };

  /** @param settings temperature, seed, ...: what makes it come out the same again */
  constructor(request: string, model: Pick<ChatModel, "name" | "sha256">, settings: object = {}) {
    this.#settings = settings;
    this.#request = request;
    this.#model = model;
  }

  add(event: AgentEvent): void {
    this.#progress = event.type === "prompt-progress" ? event : undefined;
    switch (event.type) {
      case "prompt-progress":
        return;
      case "text-delta":
        this.#text += event.text;
        return;
      case "text-withdrawn":
        this.#text = "";
        return;
      case "reasoning-delta":
        this.#thoughts += event.text;
        return;
      case "answer-end":
        this.#tokens.prompt += event.usage?.promptTokens ?? 0;
        this.#tokens.cached += event.usage?.cachedTokens ?? 0;
        this.#tokens.completion += event.usage?.completionTokens ?? 0;
        return;
      case "tool-call": {
        const thoughts = this.#thoughts.trim();
        const step = {
          tool: event.call.name,
          arguments: event.call.arguments,
          ...(thoughts !== "" && { thoughts }),
          preview: event.preview,
        };
        this.#thoughts = "";
        this.#steps.push(step);
        this.#running.set(event.call, step);
        this.#text = ""; // what the model said before its call is in the conversation; the answer comes after
        return;
      }
      case "approval-request":
        return;
      case "approval-decision":
        this.#change(event.call, { decision: event.decision });
        return;
      case "tool-result": {
        const { content, failed, milliseconds, facts } = event;
        const table = rowsOf(facts);
        const ran = codeThatRan(facts);
        const step = this.#running.get(event.call);
        this.#change(event.call, {
          result: content,
          failed,
          milliseconds,
          ...(table && { rowCount: table.rowCount }),
          ...(step && ran !== undefined && { preview: { ...step.preview, code: ran } }),
        });
        if (table) {
          this.#table = table;
          this.#notes = factsOf(facts, "noted").map(({ note }) => note.replace(/^\((.*)\)$/s, "$1"));
        }
        return;
      }
      case "agent-end":
        this.#end = event;
        if (event.answer !== "") this.#text = event.answer; // not always the model's words
        return;
      default:
        event satisfies never;
    }
  }

  /** As it is when it is read, which is when it is sent: many states are replaced before. */
  bundle(): MimeBundle {
    const markdown = () => this.#markdown();
    const plain = () => cleanText(this.#plain());
    const saved = () => this.saved();
    return {
      get "text/markdown"() {
        return markdown();
      },
      get "text/plain"() {
        return plain();
      },
      get [TRACE_MIME]() {
        return saved();
      },
    };
  }

  /** As it is kept in the notebook: plain data, from which %replay runs. */
  saved() {
    return {
      request: this.#request,
      model: this.#model.name,
      ...(this.#model.sha256 !== undefined && { modelSha256: this.#model.sha256 }),
      settings: this.#settings,
      steps: this.#steps.map(({ preview, ...step }) => ({ ...step, language: preview.language, code: preview.code })),
      end: this.#end?.reason ?? null,
      answer: this.#end?.answer ?? this.#text,
      ...(this.#end?.doubts && { doubts: this.#end.doubts }),
      tokens: this.#tokens,
    };
  }

  #change(call: ToolCall, change: Partial<TraceStep>): void {
    const step = this.#running.get(call);
    if (step) Object.assign(step, change);
  }

  #markdown(): string {
    const parts = this.#steps.flatMap((step) => [foldedThoughts(step.thoughts ?? ""), stepMarkdown(step)]);
    if (this.#table && this.#end?.reason !== "proposed")
      parts.push(markdownTable(this.#table), ...this.#readSo(plainMarkdown).map((note) => `*${note}*`));
    parts.push(foldedThoughts(this.#thoughts));
    if (this.#text.trim() !== "") parts.push(modelMarkdown(this.#text.trim()));
    const note = this.#endNote(plainMarkdown);
    if (note) parts.push(`*${note}*`);
    else if (!this.#end && this.#text === "") parts.push(`*${this.#activity()}*`);
    return parts.filter(Boolean).join("\n\n");
  }

  #activity(): string {
    return waitingText(this.#progress, this.#steps.length === 0 ? "Thinking…" : "Working…");
  }

  #plain(): string {
    const steps = this.#steps.map((step) => `${stepSummary(step)}\n${step.preview.code}\n${step.result ?? ""}`.trim());
    return [...steps, ...this.#readSo(), this.#text.trim(), this.#endNote()].filter(Boolean).join("\n\n");
  }

  /** Beside the result, and not only in its folded step: who reads the answer has to know what it answers. */
  #readSo(written = (text: string) => text): string[] {
    return this.#notes.length === 0 ? [] : [`How the query was read: ${this.#notes.map(written).join("; ")}.`];
  }

  /** @param written how the model's words are written */
  #endNote(written = (text: string) => text): string {
    if (!this.#end) return "";
    if (this.#end.reason === "answered" && this.#end.answer === "") return "The model gave no answer.";
    if (this.#end.doubts) return `Check this: ${this.#end.doubts.map(written).join("; ")}.`;
    const isEmpty = this.#table === undefined && this.#text.trim() === "";
    return this.#end.reason === "repeated" && isEmpty ? NO_RESULT : END_NOTES[this.#end.reason];
  }
}

/** "run_sql, 24 ms, 3 rows"; "run_typescript, error" */
function stepSummary({ tool, failed, milliseconds, rowCount, result, decision }: TraceStep): string {
  const parts = [tool];
  if (decision === "refuse") parts.push("not allowed");
  else if (decision === "propose") parts.push("proposed");
  else if (decision === "run-confined") parts.push("confined");
  else if (failed) parts.push("error");
  else if (result === undefined) parts.push("running");
  if (milliseconds !== undefined) parts.push(`${milliseconds} ms`);
  if (rowCount !== undefined) parts.push(`${rowCount} ${rowCount === 1 ? "row" : "rows"}`);
  return parts.join(", ");
}

function stepMarkdown(step: TraceStep): string {
  const { language, code } = step.preview;
  return [
    "<details>",
    `<summary>${plainMarkdown(stepSummary(step))}</summary>`,
    "",
    codeFence(visibleText(code), language),
    ...(step.result === undefined ? [] : ["", codeFence(step.result, "text")]),
    "",
    "</details>",
  ].join("\n");
}

function markdownTable({ columns, rows, rowCount }: SqlResult): string {
  const names = columns.map(({ name }) => name);
  const line = (cells: readonly string[]) => `| ${cells.map(plainMarkdown).join(" | ")} |`;
  const shown = rows.slice(0, MAX_TABLE_ROWS).map((row) => line(names.map((name) => cellText(row[name]))));
  const table = [line(names), `|${names.map(() => " --- |").join("")}`, ...shown].join("\n");
  return rowCount > shown.length ? `${table}\n\n*first ${shown.length} of ${rowCount} rows*` : table;
}
