import { STATISTICS_OPTIONS } from "../sessions/statistics/statistics.ts";
import { cutMiddle, defineTool } from "./tool.ts";

/** Tests with p-values: what SQL cannot. */
export const statisticsTool = defineTool({
  name: "statistics",
  description: "A statistical test of a table's columns, with its p-value.",
  effect: "reads",
  parameters: STATISTICS_OPTIONS,
  preview: (options) => ({ language: "typescript", code: cell(options) }),
  async execute(options, { session, signal }) {
    const result = await session.statistics(options, signal);
    return { content: cutMiddle(JSON.stringify(result)), cell: cell(options) };
  },
});

function cell(options: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return `await statistics({ ${given.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(", ")} })`;
}
