import { randomUUID } from "node:crypto";
import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { ResponseRequest } from "./request.ts";

type Delta = ChatCompletionChunk.Choice.Delta & { readonly reasoning_content?: string };
type Logprobs = readonly unknown[];

/** One of https://platform.openai.com/docs/api-reference/responses-streaming. */
export interface ResponseEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly response?: object;
}

type Unnumbered = Omit<ResponseEvent, "sequence_number"> & Readonly<Record<string, unknown>>;

interface OpenItem {
  readonly kind: "message" | "reasoning";
  readonly id: string;
  readonly logprobs: unknown[];
  text: string;
}

/** A chat's chunks as the events of a response; the last one has the whole. */
export async function* responseEvents(
  chunks: AsyncIterable<ChatCompletionChunk>,
  request: ResponseRequest,
  model: string,
): AsyncGenerator<ResponseEvent> {
  const response = new ResponseInProgress(request, model);
  let number = 0;
  const numbered = (event: Unnumbered): ResponseEvent => ({ ...event, sequence_number: number++ });
  yield numbered({ type: "response.created", response: response.whole("in_progress") });
  yield numbered({ type: "response.in_progress", response: response.whole("in_progress") });
  for await (const chunk of chunks) {
    for (const event of response.read(chunk)) yield numbered(event);
  }
  for (const event of response.end()) yield numbered(event);
}

class ResponseInProgress {
  readonly #head: object;
  readonly #settings: object;
  readonly #output: object[] = [];
  #open: OpenItem | undefined;
  #usage: ChatCompletionChunk["usage"];
  #finishReason: string | null = null;

  constructor(request: ResponseRequest, model: string) {
    const { instructions = null, tools = [], tool_choice = "auto", text, max_output_tokens = null } = request;
    this.#head = { id: idOf("resp"), object: "response", created_at: Math.floor(Date.now() / 1000) };
    this.#settings = {
      model,
      instructions,
      tools,
      tool_choice,
      text: { format: text?.format ?? { type: "text" } },
      max_output_tokens,
      parallel_tool_calls: request["parallel_tool_calls"] ?? true,
      temperature: request["temperature"] ?? null,
      top_p: request["top_p"] ?? null,
      metadata: request["metadata"] ?? {},
      previous_response_id: null,
      store: false, // whatever was asked for: nothing is kept
    };
  }

  whole(status: "in_progress" | "completed" | "incomplete"): object {
    const details = status === "incomplete" ? { reason: "max_output_tokens" } : null;
    const usage = this.#usage && usageOf(this.#usage);
    const output = [...this.#output];
    return {
      ...this.#head,
      status,
      error: null,
      incomplete_details: details,
      ...this.#settings,
      output,
      usage: usage ?? null,
    };
  }

  *read({ choices, usage }: ChatCompletionChunk): Generator<Unnumbered> {
    this.#usage = usage ?? this.#usage;
    for (const { delta, logprobs, finish_reason } of choices) {
      this.#finishReason = finish_reason ?? this.#finishReason;
      const { content, reasoning_content: thought, tool_calls: calls = [] }: Delta = delta;
      if (thought) yield* this.#text("reasoning", thought);
      if (content) yield* this.#text("message", content, logprobs?.content ?? []);
      for (const call of calls) yield* this.#call(call);
    }
  }

  *end(): Generator<Unnumbered> {
    const status = this.#finishReason === "length" ? "incomplete" : "completed";
    yield* this.#close(status);
    yield { type: `response.${status}`, response: this.whole(status) };
  }

  *#text(kind: OpenItem["kind"], delta: string, logprobs: Logprobs = []): Generator<Unnumbered> {
    if (this.#open?.kind !== kind) {
      yield* this.#close("completed");
      this.#open = { kind, id: idOf(kind === "message" ? "msg" : "rs"), text: "", logprobs: [] };
      yield { type: "response.output_item.added", ...this.#at, item: itemOf(this.#open, "in_progress") };
      yield {
        type: "response.content_part.added",
        ...this.#inPart(this.#open),
        part: partOf({ ...this.#open, text: "" }),
      };
    }
    const open = this.#open!; // just made
    open.text += delta;
    open.logprobs.push(...logprobs);
    const told = kind === "message" ? { logprobs } : {};
    yield { type: `response.${wordOf(open)}.delta`, ...this.#inPart(open), delta, ...told };
  }

  *#call({ id = "", function: called }: NonNullable<Delta["tool_calls"]>[number]): Generator<Unnumbered> {
    yield* this.#close("completed");
    const { name = "", arguments: values = "" } = called ?? {};
    const item = { id: idOf("fc"), type: "function_call", call_id: id, name, arguments: values, status: "completed" };
    const at = { item_id: item.id, ...this.#at };
    yield { type: "response.output_item.added", ...this.#at, item: { ...item, arguments: "", status: "in_progress" } };
    yield { type: "response.function_call_arguments.delta", ...at, delta: values };
    yield { type: "response.function_call_arguments.done", ...at, name, arguments: values };
    yield { type: "response.output_item.done", ...this.#at, item };
    this.#output.push(item);
  }

  *#close(status: "completed" | "incomplete"): Generator<Unnumbered> {
    const open = this.#open;
    if (!open) return;
    const told = open.kind === "message" ? { logprobs: open.logprobs } : {};
    yield { type: `response.${wordOf(open)}.done`, ...this.#inPart(open), text: open.text, ...told };
    yield { type: "response.content_part.done", ...this.#inPart(open), part: partOf(open) };
    const item = itemOf(open, status);
    yield { type: "response.output_item.done", ...this.#at, item };
    this.#output.push(item);
    this.#open = undefined;
  }

  get #at() {
    return { output_index: this.#output.length };
  }

  #inPart({ id }: OpenItem) {
    return { item_id: id, ...this.#at, content_index: 0 };
  }
}

const idOf = (kind: string): string => `${kind}_${randomUUID().replaceAll("-", "")}`;
const wordOf = ({ kind }: OpenItem): string => (kind === "message" ? "output_text" : "reasoning_text");

function partOf({ kind, text, logprobs }: OpenItem): object {
  if (kind === "reasoning") return { type: "reasoning_text", text };
  return { type: "output_text", text, annotations: [], logprobs };
}

function itemOf(open: OpenItem, status: string): object {
  const content = status === "in_progress" ? [] : [partOf(open)];
  if (open.kind === "reasoning") return { id: open.id, type: "reasoning", summary: [], content, status };
  return { id: open.id, type: "message", role: "assistant", content, status };
}

function usageOf({
  prompt_tokens,
  completion_tokens,
  total_tokens,
  prompt_tokens_details: details,
}: NonNullable<ChatCompletionChunk["usage"]>) {
  return {
    input_tokens: prompt_tokens,
    input_tokens_details: { cached_tokens: details?.cached_tokens ?? 0 },
    output_tokens: completion_tokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens,
  };
}
