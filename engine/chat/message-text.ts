import type { ChatRequest } from "./request.ts";

/** The text of a message, whose content may come in parts, or be missing beside calls. */
export function messageText({ content }: Pick<ChatRequest["messages"][number], "content">): string {
  return Array.isArray(content) ? content.map((part) => part.text).join("") : (content ?? "");
}
