import { z } from "zod";
import { ToolCallError } from "../errors.ts";
import { diagnosticLines } from "./diagnostic-lines.ts";
import { capture, observation } from "./observation.ts";
import { ownDeclarations, respectVariables } from "./respect-variables.ts";
import { cutMiddle, defineTool } from "./tool.ts";

/** TypeScript in the notebook's session, type-checked first: diagnostics go back to the model, nothing runs. */
export const runTypeScript = defineTool({
  name: "run_typescript",
  description: "Runs TypeScript in the notebook and returns its output. For what SQL cannot do.",
  effect: "acts",
  parameters: z.object({ code: z.string().min(1) }),
  preview: ({ code }) => ({ language: "typescript", code }),
  async check({ code }, { session }) {
    await respectVariables(code, session);
    const diagnostics = await session.check(code);
    if (diagnostics.length > 0) {
      throw new ToolCallError(`the code does not compile:\n${diagnosticLines(diagnostics, code)}`);
    }
  },
  canConfine: async ({ code }, { session, confinedCells }) =>
    session.isConfined || ((await confinedCells?.canRun(code, session)) ?? false),
  async execute({ code }, { session, cellId, signal, display, onSessionEvent, confine = false, confinedCells }) {
    const printed = capture({ cellId, onSessionEvent });
    const interrupt = () => session.interrupt();
    signal?.addEventListener("abort", interrupt, { once: true });
    try {
      const away = confine && !session.isConfined;
      if (away && !confinedCells) throw new ToolCallError("there is no place to run this without a question");
      const outcome =
        away && confinedCells
          ? await confinedCells.run(code, session, { cellId, signal })
          : await session.execute(code, { cellId });
      signal?.throwIfAborted();
      if (!away) ownDeclarations(code, session);
      if (outcome.status === "ok" && outcome.result) display(outcome.result.data, outcome.result.metadata);
      return { content: cutMiddle(observation(printed.text(), outcome)), cell: code };
    } finally {
      signal?.removeEventListener("abort", interrupt);
      printed.stop();
    }
  },
});
