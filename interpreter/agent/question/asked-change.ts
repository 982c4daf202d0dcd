// A question that changes the one before: its query or chart is handed to the model as what is to be changed.
import type { ChatMessage } from "../../chat-model.ts";
import { isFollowUp } from "./follow-up.ts";

/**
 * What the model is to change, and nothing else. "" for a question that stands by itself.
 * @param asksForChart the question names a chart; a chart that is changed stays one without that
 */
export function changeRequest(question: string, before: readonly ChatMessage[], asksForChart: boolean): string {
  const last = isFollowUp(question) ? lastCall(before) : undefined;
  if (last?.language === "chart")
    return `(Change only what I ask for in this \`\`\`chart block, and keep the rest: ${last.code})`;
  if (asksForChart) {
    const of = last && !/[?？]/.test(question) ? ` Of the query before: ${last.code}` : "";
    return `(Answer with a \`\`\`chart block.${of})`;
  }
  return last ? `(Change only what I ask for in this query, and keep the rest: ${last.code})` : "";
}

/** The last query or chart of the turn before. */
export function lastCall(messages: readonly ChatMessage[]): { language: string; code: string } | undefined {
  const blocks = messages
    .filter(({ role }) => role === "assistant")
    .flatMap(({ content }) => [...String(content ?? "").matchAll(/```(sql|chart)\s+([\s\S]*?)```/gi)]);
  const [, language, code] = blocks.at(-1) ?? [];
  return language && code ? { language: language.toLowerCase(), code: code.trim().replace(/\s+/g, " ") } : undefined;
}
