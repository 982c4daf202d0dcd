// What the model reads of code that ran.
import { ToolCallError } from "../errors.ts";
import type { CellOutcome, MimeBundle } from "../sessions/session.ts";
import { cutMiddle, type ToolContext } from "./tool.ts";

const MAX_CAPTURED_LENGTH = 50_000; // UTF-16 units of output kept while the code runs
const PYTHON_FRAMES = /^[^\S\n]*(File .*|-+)$/gm;
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours are what is removed
const COLOURS = /\u001b\[[0-9;]*[A-Za-z]/g;

/**
 * Runs code, shows its result to the user, and gives what the model reads of it. The context's signal ends it, by
 * `interrupt` where `run` does not listen itself.
 * @throws ToolCallError with what was printed before, and the error; an AbortError when the signal fired
 */
export async function runAndObserve(
  context: ToolContext,
  run: () => Promise<CellOutcome>,
  interrupt: () => void = () => {},
): Promise<string> {
  const { signal, display } = context;
  const printed = capture(context);
  signal?.addEventListener("abort", interrupt, { once: true });
  try {
    const outcome = await run();
    signal?.throwIfAborted();
    if (outcome.status === "ok" && outcome.result) display(outcome.result.data, outcome.result.metadata);
    return cutMiddle(observation(printed.text(), outcome));
  } finally {
    signal?.removeEventListener("abort", interrupt);
    printed.stop();
  }
}

/** Collects what the cell prints and shows, until stop(). */
function capture({ cellId, onSessionEvent }: Pick<ToolContext, "cellId" | "onSessionEvent">) {
  let printed = "";
  const stop = onSessionEvent((event) => {
    if (event.cellId !== cellId || printed.length > MAX_CAPTURED_LENGTH) return;
    if (event.type === "stream") printed += event.text;
    else if (event.type === "display") printed += `${plainText(event.data)}\n`;
  });
  return { text: () => printed, stop };
}

/** @throws ToolCallError with what was printed before, and the error */
function observation(printed: string, outcome: CellOutcome): string {
  const clean = printed.replace(COLOURS, "");
  if (outcome.status === "error") {
    const { ename, evalue } = outcome.error;
    throw new ToolCallError(cutMiddle(`${clean}${ename}: ${evalue}`.replace(PYTHON_FRAMES, "")));
  }
  const result = outcome.result ? plainText(outcome.result.data) : "";
  return [clean.trimEnd(), result].filter(Boolean).join("\n") || "(no output)";
}

function plainText(data: MimeBundle): string {
  const plain = data["text/plain"];
  return typeof plain === "string" ? plain : `(${Object.keys(data).join(", ")})`;
}
