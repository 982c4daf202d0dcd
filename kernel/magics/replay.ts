import { type AgentOptions, runCall, type ToolCall } from "../../interpreter/index.ts";
import { type CellOutput, UserError } from "../cells/cell.ts";
import { cleanText, lineOf } from "../display/clean-text.ts";
import { codeFence, plainMarkdown } from "../display/model-markdown.ts";
import { type SavedTrace, savedTrace } from "../model/saved-trace.ts";
import type { ModelServices, NotebookState } from "../model/services.ts";
import { askBelow, keepingFiles, toolContext } from "./agent.ts";
import type { Magic } from "./magic.ts";

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
      services.undo.begin();
      try {
        await replay(trace, services, state, output);
      } finally {
        await services.undo.report(services.session, output);
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
  const options = {
    tools: await services.toolbox.offered(output),
    context: toolContext(services, output),
    approve: keepingFiles(services, askBelow(state, output)),
  };
  const steps = trace.steps.filter(({ failed }) => !failed); // a mistake that was corrected is not made again
  if (steps.length === 0) {
    const problem = trace.steps.length === 0 ? "it ran no step" : "none of its steps ran without an error";
    throw new UserError(
      `nothing to replay of ${JSON.stringify(lineOf(trace.request.split("\n")[0] ?? ""))}: ${problem}`,
    );
  }
  output.stream(
    "stdout",
    `Replaying ${steps.length} ${steps.length === 1 ? "step" : "steps"}: ${lineOf(trace.request.split("\n")[0] ?? "")}\n`,
  );
  for (const [i, step] of steps.entries()) {
    const { tool } = step;
    if (!options.tools.some(({ name }) => name === tool))
      throw new UserError(`there is no tool ${tool} now; %tools lists those that there are`);
    const ran = await runStep({ id: `replay_${i}`, name: tool, arguments: step.arguments }, options);
    output.signal.throwIfAborted();
    const note = ran === step.result ? "the same result as then" : "another result than then";
    output.display({
      "text/markdown": `${plainMarkdown(tool)}: *${note}*\n\n${codeFence(ran, "text")}`,
      "text/plain": cleanText(`${tool}: ${note}\n${ran}`),
    });
  }
}

/** As the agent runs it, with the same checks, questions and kept files. @throws UserError where it fails */
async function runStep(call: ToolCall, options: Pick<AgentOptions, "tools" | "context" | "approve">): Promise<string> {
  const steps = runCall(call, options);
  let step = await steps.next();
  while (!step.done) step = await steps.next(); // what it tells while it runs is for a trace
  const { content, failed, refused, proposed } = step.value;
  if (refused || proposed !== undefined) throw new UserError("stopped: the step was not allowed");
  if (failed) throw new UserError(`${call.name}: ${content}`);
  return content;
}
