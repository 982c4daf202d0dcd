import { ToolCallError } from "../errors.ts";
import type { FunctionSchema } from "../sessions/session.ts";
import { literal } from "../sessions/typescript/source-text.ts";
import { diagnosticLines } from "./diagnostic-lines.ts";
import { capture, observation } from "./observation.ts";
import { cutMiddle, type Tool, toolFromSchema } from "./tool.ts";

/** A function of the notebook that the model may call: it runs in the session, with what the session has. */
export function notebookFunction({ name, description, parameters, schema }: FunctionSchema): Tool {
  const call = (args: Readonly<Record<string, unknown>>) => {
    const values = parameters.map((parameter) => (parameter in args ? literal(args[parameter]) : "undefined"));
    while (values.at(-1) === "undefined") values.pop();
    return `await ${name}(${values.join(", ")})`;
  };
  return toolFromSchema({
    name,
    description: description || `The notebook's function ${name}.`,
    effect: "acts",
    schema,
    preview: (args) => ({ language: "typescript", code: call(args) }),
    async check(args, { session }) {
      const diagnostics = await session.check(call(args));
      if (diagnostics.length > 0) throw new ToolCallError(diagnosticLines(diagnostics, call(args)));
    },
    async execute(args, context) {
      const { session, cellId, signal, display } = context;
      const printed = capture(context);
      const interrupt = () => session.interrupt();
      signal?.addEventListener("abort", interrupt, { once: true });
      try {
        const outcome = await session.execute(call(args), { cellId });
        signal?.throwIfAborted();
        if (
          outcome.status === "ok" &&
          outcome.result &&
          Object.keys(outcome.result.data).some((type) => type !== "text/plain")
        ) {
          display(outcome.result.data, outcome.result.metadata);
        }
        return { content: cutMiddle(observation(printed.text(), outcome)), cell: call(args) };
      } finally {
        signal?.removeEventListener("abort", interrupt);
        printed.stop();
      }
    },
  });
}
