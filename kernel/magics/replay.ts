import { z } from "zod";
import {
  type createApprove,
  readFolderFile,
  type Tool,
  ToolCallError,
  type ToolContext,
} from "../../interpreter/index.ts";
import { cleanText, lineOf } from "../display/clean-text.ts";
import { codeFence, plainMarkdown } from "../display/model-markdown.ts";
import { TRACE_MIME } from "../display/trace.ts";
import { askBelow, toolContext } from "./agent.ts";
import { type CellOutput, type Magic, UserError } from "./magic.ts";
import type { ModelServices, NotebookState } from "./services.ts";

const MAX_NOTEBOOK_BYTES = 200 * 2 ** 20; // pictures in outputs
const USAGE = "%replay [NOTEBOOK.ipynb [NUMBER]]";

const TRACE = z.looseObject({
  request: z.string(),
  steps: z.array(
    z.looseObject({
      tool: z.string(),
      arguments: z.string(),
      failed: z.boolean().optional(),
      result: z.string().optional(),
    }),
  ),
});
export type SavedTrace = z.output<typeof TRACE>;

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

/** The last trace of a notebook's file, or the one of this number, from 1. */
function savedTrace(file: string, number: string | undefined, folder: string): SavedTrace {
  let content: unknown;
  try {
    content = JSON.parse(readFolderFile(folder, file, MAX_NOTEBOOK_BYTES).toString("utf8"));
  } catch (error) {
    throw new UserError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
  const cells = (content as { cells?: { outputs?: { data?: Record<string, unknown> }[] }[] }).cells ?? [];
  const found = cells.flatMap(({ outputs = [] }) =>
    outputs.map(({ data }) => data?.[TRACE_MIME]).filter((data) => data !== undefined),
  );
  const chosen = number === undefined ? found.at(-1) : found[Number(number) - 1];
  if (chosen === undefined)
    throw new UserError(
      `${file} holds ${found.length} traces of %%agent${number === undefined ? "" : `, and no number ${number}`}`,
    );
  const parsed = TRACE.safeParse(chosen);
  if (!parsed.success) throw new UserError(`${file}: its trace is damaged (${parsed.error.issues[0]?.path.join(".")})`);
  return parsed.data;
}
