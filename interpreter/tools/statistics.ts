import { STATISTICS_OPTIONS } from "../sessions/statistics/statistics.ts";
import { callText } from "../sessions/typescript/source-text.ts";
import { cutMiddle, defineTool } from "./tool.ts";

/** Tests with p-values: what SQL cannot. */
export const statisticsTool = defineTool({
  name: "statistics",
  description: "A statistical test of a table's columns, with its p-value.",
  effect: "reads",
  parameters: STATISTICS_OPTIONS,
  preview: (options) => ({ language: "typescript", code: callText("statistics", options) }),
  async execute(options, { session, signal }) {
    const result = await session.statistics(options, signal);
    return { content: cutMiddle(JSON.stringify(result)), cell: callText("statistics", options) };
  },
});
