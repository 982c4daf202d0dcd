import { z } from "zod";
import { ToolCallError } from "../errors.ts";
import type { Knowledge } from "../knowledge/knowledge.ts";
import { cutMiddle, defineTool, type Tool } from "./tool.ts";

const PASSAGES = 4;
const MAX_QUERY = 500; // UTF-16 units: each word is looked for with its misspellings, which takes milliseconds

/** The files that the agent was given. */
export function searchKnowledge(knowledge: Knowledge): Tool {
  return defineTool({
    name: "search_knowledge",
    description: "Finds passages of the agent's files; cite their [file:line].",
    effect: "reads",
    parameters: z.object({ query: z.string().min(1) }),
    async execute({ query }) {
      if (query.length > MAX_QUERY)
        throw new ToolCallError(
          `the query has ${query.length} characters, and ${MAX_QUERY} are the most; name a few words`,
        );
      const found = knowledge.search(query, PASSAGES);
      return cutMiddle(found.map(({ text, source }) => `[${source}]\n${text}`).join("\n\n") || "(nothing fits)");
    },
  });
}
