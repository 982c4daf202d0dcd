import { z } from "zod";
import { ToolCallError } from "../errors.ts";
import { diagnosticLines } from "./diagnostic-lines.ts";
import { runAndObserve } from "./observation.ts";
import { ownDeclarations, respectVariables } from "./respect-variables.ts";
import { defineTool } from "./tool.ts";

const LAST_STATEMENT = /^(?:const|let|var)\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)\b(?!.*;\s*\S)/u;

/** A program that ends with a declaration shows what it declared: a model that sees nothing makes a result up. */
export function withValue(code: string): string {
  const statements = code
    .trimEnd()
    .split("\n")
    .filter((line) => /^[^\s})\]/]/.test(line));
  const declared = LAST_STATEMENT.exec(statements.at(-1) ?? "")?.[1];
  return declared === undefined ? code : `${code.trimEnd()}\n${declared}`;
}

/** TypeScript in the notebook's session, type-checked first: diagnostics go back to the model, nothing runs. */
export const runTypeScript = defineTool({
  name: "run_typescript",
  description: "Runs TypeScript in the notebook and returns its output. For what SQL cannot do.",
  effect: "acts",
  parameters: z.object({ code: z.string().min(1).transform(withValue) }),
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
  async execute({ code }, context) {
    const { session, cellId, signal, confine = false, confinedCells } = context;
    const away = confine && !session.isConfined;
    if (away && !confinedCells) throw new ToolCallError("there is no place to run this without a question");
    const run = async () => {
      if (away && confinedCells) return confinedCells.run(code, session, { cellId, signal });
      const outcome = await session.execute(code, { cellId, byModel: true });
      ownDeclarations(code, session);
      return outcome;
    };
    const content = await runAndObserve(context, run, () => session.interrupt());
    return { content, cell: await session.withValueShown(code) };
  },
});
