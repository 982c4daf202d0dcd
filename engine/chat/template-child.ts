// The process of a model file's chat template. Started by template-process.ts, and ends with it: nothing here waits for
// longer than the template's time limit.
import { runInNewContext } from "node:vm";
import { Template } from "@huggingface/jinja";
import { PYTHON_TEXT, withPythonText } from "./python-text.ts";
import type { TemplateReply, TemplateRequest, TemplateStart } from "./template-process.ts";

let start: TemplateStart = { template: "", maxLength: 0, timeLimitMs: 1 };
let template: Template | undefined;

process.on("message", (message: TemplateStart | TemplateRequest) => {
  if ("template" in message) start = message;
  else process.send?.(answer(message));
});

function answer({ id, values }: TemplateRequest): TemplateReply {
  try {
    // Of JavaScript only a script can be given a time limit, which holds for the functions that it calls.
    const text: string = runInNewContext("render()", { render: () => render(values) }, { timeout: start.timeLimitMs });
    return { id, text: text.slice(0, start.maxLength + 1) };
  } catch (error) {
    return { id, problem: problemOf(error) };
  }
}

function render(values: TemplateRequest["values"]): string {
  template ??= withPythonText(new Template(start.template));
  return template.render({ ...values, ...PYTHON_TEXT });
}

function problemOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException; // as: what scripts throw
  if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return `it takes longer than ${start.timeLimitMs / 1000} s`;
  return message ?? String(error);
}
