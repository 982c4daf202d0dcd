import { newTurn, runChat } from "../../interpreter/index.ts";
import { modelMarkdown } from "../display/model-markdown.ts";
import { waitingText } from "../display/waiting-text.ts";
import { type CellOutput, type Magic, UserError } from "./magic.ts";
import { countUsage, noteSmallModel, REPEATABLE } from "./model-use.ts";
import { notebookContext } from "./notebook-context.ts";
import { MODEL_OPTIONS, readOptions } from "./options.ts";
import type { ModelServices, NotebookState } from "./services.ts";

const THINKING = "Thinking…";
const USAGE = "%%chat [--model NAME] [--temperature T] [--max-tokens N]";

/** The model answers in Markdown as it writes; it sees the notebook and runs nothing. */
export function chatMagic(services: ModelServices, state: NotebookState): Magic {
  return {
    name: "chat",
    kind: "cell",
    usage: USAGE,
    help: "Asks the model about the notebook.",
    isTalk: true,
    async run({ args, text }, output) {
      const options = readOptions(args, MODEL_OPTIONS, USAGE);
      const question = text.trim();
      if (question === "") throw new UserError(`%%chat needs a question below its first line.\nUsage: ${USAGE}`);
      const notebook = await notebookContext(services, "chat", question, output.signal);
      const model = await services.chatModel(output, options.model);
      noteSmallModel(model.name, state, output);

      state.conversation.push(newTurn(question, notebook));
      const answer = runChat(model, state.conversation, {
        contextTokens: services.contextTokens,
        ...REPEATABLE,
        ...(state.system !== undefined && { system: state.system }),
        ...(options.temperature !== undefined && { temperature: options.temperature }),
        ...(options.maxTokens !== undefined && { maxTokens: options.maxTokens }),
        signal: output.signal,
      });
      await countUsage(state, () => show(answer, output));
    },
  };
}

async function show(answer: ReturnType<typeof runChat>, output: CellOutput) {
  const displayId = `${output.cellId}-chat`;
  let text = "";
  const waiting = (words: string) => ({ "text/markdown": `*${words}*`, "text/plain": words });
  output.display(waiting(THINKING), { displayId });
  const update = () => output.updateDisplay(displayId, { "text/markdown": modelMarkdown(text), "text/plain": text });
  try {
    for await (const event of answer) {
      if (event.type === "prompt-progress") {
        output.updateDisplay(displayId, waiting(waitingText(event, THINKING)));
      } else if (event.type === "text-delta") {
        text += event.text;
        update();
      } else {
        if (event.finishReason === "length") text += "\n\n*(cut off: --max-tokens)*";
        return event.usage;
      }
    }
  } finally {
    if (output.signal.aborted) text += "\n\n*Interrupted.*";
    update();
  }
  return undefined;
}
