import { type AgentEvent, type ChatUsage, createApprove, runAgent } from "../../interpreter/index.ts";
import { codeFence } from "../display/model-markdown.ts";
import { Trace } from "../display/trace.ts";
import type { CellOutput, Magic } from "./magic.ts";
import { beginTurn, countUsage } from "./model-use.ts";
import type { ModelServices, NotebookState } from "./services.ts";

const USAGE = "%%agent [--model NAME] [--cell N] [--temperature T] [--max-tokens N]";
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
      const { request, model, settings } = await beginTurn("agent", USAGE, input, services, state, output);
      const events = runAgent(model, state.conversation, {
        tools: await services.toolbox.offered(output),
        context: {
          session: services.session,
          cellId: output.cellId,
          signal: output.signal,
          display: (data, metadata) => output.display(data, { metadata }),
          onSessionEvent: services.onSessionEvent,
        },
        approve: askBelow(state, output),
        ...settings,
      });
      let end: Extract<AgentEvent, { type: "agent-end" }> | undefined;
      await countUsage(state, async () => {
        const shown = await show(events, new Trace(request, model.name), output);
        end = shown.end;
        return shown.usage;
      });
      output.signal.throwIfAborted();
      if (end?.cell !== undefined) leaveCell(request, end.cell, state, output);
    },
  };
}

async function show(events: AsyncGenerator<AgentEvent>, trace: Trace, output: CellOutput) {
  const displayId = `${output.cellId}-agent`;
  let end: Extract<AgentEvent, { type: "agent-end" }> | undefined;
  let usage: ChatUsage = { promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
  output.display(trace.bundle(), { displayId });
  for await (const event of events) {
    trace.add(event);
    if (event.type === "agent-end") end = event;
    if (event.type === "answer-end" && event.usage) usage = sum(usage, event.usage);
    output.updateDisplay(displayId, trace.bundle());
  }
  return { end, usage };
}

function sum(a: ChatUsage, b: ChatUsage): ChatUsage {
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    completionTokens: a.completionTokens + b.completionTokens,
  };
}

/** The question under the cell, with the code above it in full: a collapsed step would hide what is asked about. */
function askBelow(state: NotebookState, output: CellOutput) {
  return createApprove({
    mode: () => state.approval,
    setMode(mode) {
      state.approval = mode;
    },
    ask: (question, { code, language }) => {
      output.display({ "text/markdown": codeFence(code, language), "text/plain": code });
      return output.input(question);
    },
  });
}

/** One cell below, that says where it comes from; not again when the same request led to the same code. */
function leaveCell(request: string, code: string, { leftCells }: NotebookState, output: CellOutput): void {
  if (leftCells.get(request) === code) return;
  leftCells.set(request, code);
  const line = request.replace(/\s+/g, " ");
  const title = line.length > MAX_REQUEST_LENGTH ? `${line.slice(0, MAX_REQUEST_LENGTH - 1)}…` : line;
  output.setNextInput(`// From %%agent: ${title}\n${code}`);
}
