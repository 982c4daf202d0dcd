import { z } from "zod";
import { ToolCallError } from "../errors.ts";
import { toPython } from "../sessions/python/exchange.ts";
import type { PythonAbout, PythonSession } from "../sessions/python/python-session.ts";
import { runAndObserve } from "./observation.ts";
import { defineTool, type Tool, type ToolContext } from "./tool.ts";

/** Python in the notebook's Python session. Variables of TypeScript that the code names, and Python lacks, are brought over. */
export function runPython(python: PythonSession, { version, packages }: PythonAbout): Tool {
  const has = packages.length > 0 ? `Packages: ${packages.join(", ")}.` : "Only the standard library is there.";
  return defineTool({
    name: "run_python",
    description: `Runs Python ${version} and returns its output. ${has}`,
    effect: "acts",
    parameters: z.object({ code: z.string().min(1) }),
    preview: ({ code }) => ({ language: "python", code }),
    async check({ code }) {
      const problem = await python.check(code);
      if (problem !== undefined) throw new ToolCallError(`the code is not valid Python:\n${problem}`);
    },
    canConfine: async () => python.isConfined, // known, for `check` has started it
    async execute({ code }, context) {
      if (context.confine && !python.isConfined) throw new ToolCallError("Python is not confined here");
      const brought = await bringVariables(code, python, context);
      const { cellId, signal } = context;
      const content = await runAndObserve(context, () => python.execute(code, { cellId, signal, byModel: true }));
      const into = brought.length > 0 ? ` --in ${brought.join(",")}` : "";
      return { content, cell: `%%python${into}\n${code}` };
    },
  });
}

async function bringVariables(code: string, python: PythonSession, { session }: ToolContext): Promise<string[]> {
  const words = new Set(code.match(/[\p{ID_Start}_][\p{ID_Continue}]*/gu) ?? []);
  const variables = (await session.variables()).map(({ name }) => name).filter((name) => words.has(name));
  if (variables.length === 0) return [];
  const { names } = await python.about();
  const missing = variables.filter((name) => !names.includes(name));
  const brought: string[] = [];
  for (const name of missing) {
    const done = await toPython(name, session, python).then(
      () => true,
      () => false, // the code may mean another thing by the name
    );
    if (done) brought.push(name);
  }
  return brought;
}
