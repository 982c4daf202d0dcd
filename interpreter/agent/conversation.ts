import { type ChatMessage, withoutReasoning } from "../chat-model.ts";
import { marksAsNames } from "./question/asked-form.ts";
import { forModel } from "./question/without-form.ts";

/** A question of the user, and all that followed. */
export interface Turn {
  /** What the model was told of the notebook; sent with the newest turn only, since it grows old. */
  readonly notebook: string;
  readonly messages: ChatMessage[]; // the user's question first
  readonly cell?: string | undefined; // of the notebook, that it was asked in
  /** Names of the tables that the question is about, as `notebook` tells them; undefined: as its words tell. */
  readonly about?: readonly string[];
}

export type Conversation = Turn[];

/** What only answers have; thoughts only before a call, while its task goes on. */
interface AssistantMessage {
  readonly tool_calls?: readonly unknown[];
  readonly reasoning_content?: string;
}

const UNITS_A_TOKEN = 3; // UTF-16 units: low for English and code, so that the estimate errs on the safe side
const TOKENS_A_MESSAGE = 6; // role and separators
const LEFT_OUT = "(left out)";

export function newTurn(question: string, notebook: string, more: Pick<Turn, "cell" | "about"> = {}): Turn {
  return { notebook, messages: [{ role: "user", content: question }], ...more };
}

/** Forgets what was asked in a cell, and all after it: the cell is asked anew. */
export function rewind(conversation: Conversation, cell: string | undefined): void {
  const first = cell === undefined ? -1 : conversation.findIndex((turn) => turn.cell === cell);
  if (first >= 0) conversation.length = first;
}

/** What was said and shown, the newest first; not what the model was told of the notebook. */
export function textsOf(conversation: Conversation): string[] {
  return conversation.flatMap(({ messages }) => messages.map(({ content }) => String(content ?? ""))).reverse();
}

/** An estimate, as the tokenizer is behind the protocol. East Asian text counts a token a unit. */
export function estimateTokens(text: string): number {
  let wide = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x2e7f) wide++;
  return Math.ceil((text.length - wide) / UNITS_A_TOKEN) + wide;
}

/**
 * The messages of one request: `prefix`, then the newest turns that fit in `maxTokens`. A turn stays or goes as a
 * whole, so that no result loses its call; of the newest, which always stays, old results are left out if need be.
 */
export function fitConversation(
  prefix: readonly ChatMessage[],
  conversation: Conversation,
  maxTokens: number,
  nudge = "",
): readonly ChatMessage[] {
  const newest = conversation.at(-1);
  if (!newest) return prefix;
  let left = maxTokens - countTokens(prefix);
  const messages = shortenResults(withNotebook(withoutForms(newest), nudge), left);
  left -= countTokens(messages);
  for (const turn of conversation.slice(0, -1).reverse()) {
    const said = withoutForms(turn).messages.map(withoutReasoning);
    left -= countTokens(said);
    if (left < 0) break;
    messages.unshift(...said);
  }
  return [...prefix, ...messages];
}

/** "@mean[mean_value]" and other forms are filled in afterwards; a small model writes them into its queries. */
function withoutForms(turn: Turn): Turn {
  const [question, ...rest] = turn.messages;
  if (typeof question?.content !== "string") return turn;
  return {
    ...turn,
    messages: [{ ...question, content: marksAsNames(forModel(question.content)) } as ChatMessage, ...rest],
  };
}

function withNotebook({ notebook, messages }: Turn, nudge: string): ChatMessage[] {
  const [question, ...rest] = messages;
  if (!question || (notebook === "" && nudge === "")) return [...messages];
  const asked = `Question: ${String(question.content)}`;
  return [{ role: "user", content: [notebook && `${notebook}\n`, asked, nudge].filter(Boolean).join("\n") }, ...rest];
}

/** Leaves out the oldest results, never the last message, until the turn fits. */
function shortenResults(messages: ChatMessage[], maxTokens: number): ChatMessage[] {
  for (let i = 1; i < messages.length - 1 && countTokens(messages) > maxTokens; i++) {
    const message = messages[i]!;
    if (message.role === "tool" || message.role === "user") messages[i] = { ...message, content: LEFT_OUT };
  }
  return messages;
}

function countTokens(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, message) => {
    const { tool_calls: calls = [], reasoning_content: thoughts = "" } = message as AssistantMessage;
    return sum + TOKENS_A_MESSAGE + estimateTokens(JSON.stringify([message.content ?? "", calls, thoughts]));
  }, 0);
}
