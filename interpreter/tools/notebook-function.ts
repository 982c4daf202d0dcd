import { ToolCallError } from "../errors.ts";
import type { FunctionSchema } from "../sessions/session.ts";
import { literal } from "../sessions/typescript/source-text.ts";
import { diagnosticLines } from "./diagnostic-lines.ts";
import { runAndObserve } from "./observation.ts";
import { type Tool, type ToolContext, toolFromSchema } from "./tool.ts";

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
      const { session, cellId, display } = context;
      const richOnly: ToolContext["display"] = (data, metadata) => {
        if (Object.keys(data).some((type) => type !== "text/plain")) display(data, metadata);
      };
      const run = () => session.execute(call(args), { cellId });
      const content = await runAndObserve({ ...context, display: richOnly }, run, () => session.interrupt());
      return { content, cell: call(args) };
    },
  });
}
