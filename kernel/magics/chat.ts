import { type MimeBundle, runChat } from "../../interpreter/index.ts";
import type { CellOutput } from "../cells/cell.ts";
import { cleanText } from "../display/clean-text.ts";
import { modelMarkdown } from "../display/model-markdown.ts";
import { foldedThoughts } from "../display/thoughts.ts";
import { waitingText } from "../display/waiting-text.ts";
import type { ModelServices, NotebookState } from "../model/services.ts";
import type { Magic } from "./magic.ts";
import { beginTurn, countUsage } from "./model-use.ts";

const THINKING = "Thinking…";
const USAGE = "%%chat [--model NAME] [--cell N] [--temperature T] [--max-tokens N]";

/** The model answers in Markdown as it writes; it sees the notebook and runs nothing. */
export function chatMagic(services: ModelServices, state: NotebookState): Magic {
  return {
    name: "chat",
    kind: "cell",
    usage: USAGE,
    help: "Asks the model about the notebook.",
    isTalk: true,
    async run(input, output) {
      const { model, settings } = await beginTurn("chat", USAGE, input, services, state, output);
      const answer = runChat(model, state.conversation, { ...settings, signal: output.signal });
      await countUsage(state, () => show(answer, output));
    },
  };
}

async function show(answer: ReturnType<typeof runChat>, output: CellOutput) {
  const displayId = `${output.cellId}-chat`;
  let text = "";
  let thoughts = "";
  let note = ""; // ours, below the model's words
  let ended: { readonly finishReason: string } | undefined;
  const waiting = (words: string) => ({ "text/markdown": `*${words}*`, "text/plain": words });
  output.display(waiting(THINKING), { displayId });
  const update = () => output.updateDisplay(displayId, answerBundle(thoughts, text, note));
  try {
    for await (const event of answer) {
      if (event.type === "prompt-progress") {
        output.updateDisplay(displayId, waiting(waitingText(event, THINKING)));
      } else if (event.type === "text-delta") {
        text += event.text;
        note = "";
        update();
      } else if (event.type === "reasoning-delta") {
        thoughts += event.text;
        note = `*${THINKING}*`;
        update();
      } else {
        ended = event;
        return event.usage;
      }
    }
  } finally {
    note = ended?.finishReason === "length" ? "*(cut off: --max-tokens)*" : "";
    if (output.signal.aborted) note = "*Interrupted.*";
    update();
  }
  return undefined;
}

/** Made when it is sent: many states of an answer are replaced before. */
function answerBundle(thoughts: string, text: string, note: string): MimeBundle {
  const joined = (...parts: readonly string[]) => parts.filter(Boolean).join("\n\n");
  return {
    get "text/markdown"() {
      return joined(foldedThoughts(thoughts), modelMarkdown(text), note);
    },
    get "text/plain"() {
      return joined(cleanText(text), note);
    },
  };
}
