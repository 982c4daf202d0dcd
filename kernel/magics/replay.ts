import { type createApprove, type Tool, ToolCallError, type ToolContext } from "../../interpreter/index.ts";
import { cleanText, lineOf } from "../display/clean-text.ts";
import { codeFence, plainMarkdown } from "../display/model-markdown.ts";
import { askBelow, toolContext } from "./agent.ts";
import { type CellOutput, type Magic, UserError } from "./magic.ts";
import { type SavedTrace, savedTrace } from "./saved-trace.ts";
import type { ModelServices, NotebookState } from "./services.ts";

const USAGE = "%replay [NOTEBOOK.ipynb [NUMBER]]";

/** Runs the steps of an earlier %%agent again, on the data as it is now, without a model. */
export function replayMagic(services: ModelServices, state: NotebookState): Magic {
  return {
    name: "replay",
    kind: "line",
    usage: USAGE,
    help: "Runs the steps of the last %%agent, or of one in a saved notebook, again: on today's data, without a model.",
    async run({ args }, output) {
      const [file, number, ...rest] = args.split(/\s+/).filter(Boolean);
      if (rest.length > 0) throw new UserError(`Usage: ${USAGE}`);
      const trace = file === undefined ? state.lastTrace : savedTrace(file, number, services.folder);
      if (!trace)
        throw new UserError("no %%agent has run in this notebook yet; %replay NOTEBOOK.ipynb takes a saved one");
      try {
        await replay(trace, services, state, output);
      } finally {
        await services.sandbox.cells.end();
      }
    },
  };
}

async function replay(
  trace: SavedTrace,
  services: ModelServices,
  state: NotebookState,
  output: CellOutput,
): Promise<void> {
  const tools = await services.toolbox.offered(output);
  const context = toolContext(services, output);
  const approve = askBelow(state, output);
  const steps = trace.steps.filter(({ failed }) => !failed); // a mistake that was corrected is not made again
  output.stream(
    "stdout",
    `Replaying ${steps.length} ${steps.length === 1 ? "step" : "steps"}: ${lineOf(trace.request.split("\n")[0] ?? "")}\n`,
  );
  for (const step of steps) {
    const tool = tools.find(({ name }) => name === step.tool);
    if (!tool) throw new UserError(`there is no tool ${step.tool} now; %tools lists those that there are`);
    const ran = await runStep(tool, step.arguments, context, approve);
    output.signal.throwIfAborted();
    const note = ran === step.result ? "the same result as then" : "another result than then";
    output.display({
      "text/markdown": `${plainMarkdown(tool.name)}: *${note}*\n\n${codeFence(ran, "text")}`,
      "text/plain": cleanText(`${tool.name}: ${note}\n${ran}`),
    });
  }
}

async function runStep(
  tool: Tool,
  args: string,
  context: ToolContext,
  approve: ReturnType<typeof createApprove>,
): Promise<string> {
  try {
    await tool.check(args, context);
    const decision = await approve(
      tool,
      tool.preview(args),
      async () => (await tool.canConfine?.(args, context)) ?? false,
    );
    if (decision === "refuse" || decision === "propose") throw new UserError("stopped: the step was not allowed");
    return (await tool.call(args, { ...context, confine: decision === "run-confined" })).content;
  } catch (error) {
    if (error instanceof ToolCallError) throw new UserError(`${tool.name}: ${error.message}`);
    throw error;
  }
}
