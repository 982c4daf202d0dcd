// What is typed into a debugger: an expression or statements, of TypeScript as well. Runs in the session's process.
import { createRequire } from "node:module";
import vm from "node:vm";

/** As the inspector evaluates it. @throws SyntaxError */
export function asJavaScript(text: string): string {
  return parsed(text) ?? parsed(withoutTypes(text)) ?? text;
}

/** An object literal is an expression, not a block. */
function parsed(text: string): string | undefined {
  return [`(${text}\n)`, text].find((candidate) => {
    try {
      return new vm.Script(candidate) !== undefined;
    } catch {
      return false;
    }
  });
}

/** TypeScript is loaded by the first text that needs it, also while the process stands still. */
function withoutTypes(text: string): string {
  const ts = createRequire(import.meta.url)("typescript") as typeof import("typescript");
  return ts.transpile(text, { target: ts.ScriptTarget.ESNext }).trim().replace(/;$/, "");
}
