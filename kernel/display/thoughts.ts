import { modelMarkdown } from "./model-markdown.ts";

/** What a model thought before it answered, folded away. */
export function foldedThoughts(thoughts: string): string {
  const text = thoughts.trim();
  if (text === "") return "";
  return ["<details>", "<summary>Thoughts</summary>", "", modelMarkdown(text), "", "</details>"].join("\n");
}
