import { z } from "zod";
import { ToolCallError } from "../errors.ts";
import type { CellOutcome, Diagnostic, MimeBundle } from "../sessions/session.ts";
import { cutMiddle, defineTool } from "./tool.ts";

const MAX_DIAGNOSTICS = 3; // the first ones usually cause the rest
const MAX_CAPTURED_LENGTH = 50_000; // UTF-16 units of output kept while the code runs

/** TypeScript in the notebook's session, type-checked first: diagnostics go back to the model, nothing runs. */
export const runTypeScript = defineTool({
  name: "run_typescript",
  description: "Runs TypeScript in the notebook and returns its output. For what SQL cannot do.",
  effect: "acts",
  parameters: z.object({ code: z.string().min(1) }),
  preview: ({ code }) => ({ language: "typescript", code }),
  async check({ code }, { session }) {
    const diagnostics = await session.check(code);
    if (diagnostics.length > 0) {
      throw new ToolCallError(`the code does not compile:\n${diagnosticLines(diagnostics, code)}`);
    }
  },
  async execute({ code }, { session, cellId, signal, display, onSessionEvent }) {
    let printed = "";
    const stopListening = onSessionEvent((event) => {
      if (event.cellId !== cellId || printed.length > MAX_CAPTURED_LENGTH) return;
      if (event.type === "stream") printed += event.text;
      else if (event.type === "display") printed += `${plainText(event.data)}\n`;
    });
    const interrupt = () => session.interrupt();
    signal?.addEventListener("abort", interrupt, { once: true });
    try {
      const outcome = await session.execute(code, { cellId });
      signal?.throwIfAborted();
      if (outcome.status === "ok" && outcome.result) display(outcome.result.data, outcome.result.metadata);
      return { content: cutMiddle(observation(printed, outcome)), cell: code };
    } finally {
      signal?.removeEventListener("abort", interrupt);
      stopListening();
    }
  },
});

/** @throws ToolCallError with what was printed before, and the error */
function observation(printed: string, outcome: CellOutcome): string {
  if (outcome.status === "error") {
    const { ename, evalue } = outcome.error;
    throw new ToolCallError(cutMiddle(`${printed}${ename}: ${evalue}`));
  }
  const result = outcome.result ? plainText(outcome.result.data) : "";
  return [printed.trimEnd(), result].filter(Boolean).join("\n") || "(no output)";
}

function diagnosticLines(diagnostics: readonly Diagnostic[], code: string): string {
  const source = code.split("\n");
  return diagnostics
    .slice(0, MAX_DIAGNOSTICS)
    .map(({ line, message }) => `line ${line}: ${message.split("\n")[0]}\n  ${source[line - 1]?.trim() ?? ""}`)
    .join("\n");
}

function plainText(data: MimeBundle): string {
  const plain = data["text/plain"];
  return typeof plain === "string" ? plain : `(${Object.keys(data).join(", ")})`;
}
