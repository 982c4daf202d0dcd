import {
  type AgentEvent,
  type Approve,
  type ChatUsage,
  type Conversation,
  createApprove,
  rowsOf,
  runAgent,
  type SqlResult,
  type Tool,
  type ToolContext,
} from "../../interpreter/index.ts";
import { type CellOutput, UserError } from "../cells/cell.ts";
import { askedCode } from "../display/asked-code.ts";
import { lineOf, openText } from "../display/clean-text.ts";
import { withPictures } from "../display/pictures.ts";
import { Trace } from "../display/trace.ts";
import type { ModelServices, NotebookState } from "../model/services.ts";
import type { Magic } from "./magic.ts";
import { beginTurn, countUsage, type PreparedTurn } from "./model-use.ts";

const USAGE = "%%agent [--model NAME] [--cell N] [--temperature T] [--max-tokens N]";
let displays = 0; // a cell may have several: qwen.agent() in a loop
const MAX_REQUEST_LENGTH = 100; // UTF-16 units, of the request in the first line of the cell that is left

/** The model works on a task with tools; each step is shown, and the code that worked is left as a cell below. */
export function agentMagic(services: ModelServices, state: NotebookState): Magic {
  return {
    name: "agent",
    kind: "cell",
    usage: USAGE,
    help: "Lets the model analyse data: it writes code, runs it, repairs it, and answers.",
    isTalk: true,
    async run(input, output) {
      const prepared = await beginTurn("agent", USAGE, input, services, state, output);
      const { end } = await work(prepared, state.conversation, services, state, output);
      if (end?.cell !== undefined) leaveCell(prepared.request, end.cell, state, output);
    },
  };
}

export interface AgentWork {
  readonly end: Extract<AgentEvent, { type: "agent-end" }> | undefined;
  readonly table: SqlResult | undefined; // of its last query
}

/** The newest turn of a conversation as an agent's task, shown in the cell. @throws UserError while another works */
export async function work(
  { request, model, settings }: PreparedTurn,
  conversation: Conversation,
  services: ModelServices,
  state: NotebookState,
  output: CellOutput,
): Promise<AgentWork> {
  if (state.agentWorks) throw new UserError("an agent is at work already; one at a time");
  state.agentWorks = true;
  try {
    const agent = state.agent?.file;
    services.undo.begin();
    const events = runAgent(model, conversation, {
      ...settings,
      tools: await toolsOf(state, services, output),
      context: toolContext(services, output),
      approve: keepingFiles(services, askBelow(state, output)),
      ...(agent && { instructions: agent.instructions }),
    });
    const trace = new Trace(request, model, settings);
    let done: AgentWork = { end: undefined, table: undefined };
    await countUsage(state, async () => {
      const { usage, ...shown } = await show(events, trace, output);
      done = shown;
      return usage;
    });
    state.lastTrace = trace.saved();
    await services.undo.report(services.session, output);
    output.signal.throwIfAborted();
    return done;
  } finally {
    await services.sandbox.cells.end(); // with the task goes all that its code has left running
    state.agentWorks = false;
  }
}

/** All that are on; of an agent that names its own, those. */
async function toolsOf(state: NotebookState, services: ModelServices, output: CellOutput): Promise<readonly Tool[]> {
  const offered = await services.toolbox.offered(output);
  const { file, search } = state.agent ?? {};
  const chosen = file?.tools ? offered.filter(({ name }) => file.tools?.includes(name)) : offered;
  return search ? [...chosen, search] : chosen;
}

export function toolContext(services: ModelServices, output: CellOutput): ToolContext {
  return {
    session: services.session,
    confinedCells: services.sandbox.cells,
    cellId: output.cellId,
    signal: output.signal,
    display: (data, metadata) => output.display(withPictures(data), { metadata }),
    onSessionEvent: services.onSessionEvent,
  };
}

/** Before something runs that may change the user's files, they are kept. */
export function keepingFiles({ undo, session }: ModelServices, approve: Approve): Approve {
  return async (tool, preview, canConfine) => {
    const decision = await approve(tool, preview, canConfine);
    if (decision === "run" && tool.effect === "acts") await undo.keep(session);
    return decision;
  };
}

async function show(events: AsyncGenerator<AgentEvent>, trace: Trace, output: CellOutput) {
  const displayId = `${output.cellId}-agent-${++displays}`;
  let end: Extract<AgentEvent, { type: "agent-end" }> | undefined;
  let table: SqlResult | undefined;
  let usage: ChatUsage = { promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
  output.display(trace.bundle(), { displayId });
  for await (const event of events) {
    trace.add(event);
    if (event.type === "agent-end") end = event;
    if (event.type === "tool-result") table = rowsOf(event.facts) ?? table;
    if (event.type === "answer-end" && event.usage) usage = sum(usage, event.usage);
    output.updateDisplay(displayId, trace.bundle());
  }
  return { end, table, usage };
}

function sum(a: ChatUsage, b: ChatUsage): ChatUsage {
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    completionTokens: a.completionTokens + b.completionTokens,
  };
}

/** The question under the cell, with the code above it in full: a collapsed step would hide what is asked about. */
export function askBelow(state: NotebookState, output: CellOutput) {
  return createApprove({
    mode: (tool) => state.toolApproval.get(tool) ?? state.approval,
    setMode(mode) {
      state.approval = mode;
    },
    ask: (question, { code, language }) => {
      output.display(askedCode(code, language));
      return output.input(question);
    },
  });
}

/** One cell below, that says where it comes from; not again when the same request led to the same code. */
function leaveCell(request: string, code: string, { leftCells }: NotebookState, output: CellOutput): void {
  if (leftCells.get(request) === code) return;
  leftCells.set(request, code);
  const line = lineOf(request);
  const title = line.length > MAX_REQUEST_LENGTH ? `${line.slice(0, MAX_REQUEST_LENGTH - 1)}…` : line;
  output.setNextInput(`// From %%agent: ${title}\n${openText(code)}`);
}
