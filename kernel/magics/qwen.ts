// qwen.chat(), qwen.agent() and qwen.tool() of the cells: the magics' work, with the answer as a value.
import { z } from "zod";
import { type Conversation, notebookFunction, runChat } from "../../interpreter/index.ts";
import { type CellOutput, UserError } from "../cells/cell.ts";
import type { ModelRequest } from "../display/cell-displays.ts";
import type { ModelServices, NotebookState } from "../model/services.ts";
import { work } from "./agent.ts";
import { countUsage, type PreparedTurn, prepareTurn } from "./model-use.ts";

const OPTIONS = z.strictObject({
  model: z.string().optional(),
  temperature: z.number().min(0).max(2).optional(),
  maxTokens: z.number().int().min(1).max(100_000).optional(),
  system: z.string().optional(),
  notebook: z.boolean().optional(),
});

/** Answers what cells ask. An interrupted cell gets none: nobody waits for it any more. */
export function modelRequests(services: ModelServices, state: NotebookState) {
  return async (request: ModelRequest, output: CellOutput): Promise<void> => {
    try {
      request.answer({ value: await answer(request, output) });
    } catch (error) {
      if (!output.signal.aborted) request.answer({ error: error instanceof Error ? error.message : String(error) });
    }
  };

  async function answer({ kind, request, options }: ModelRequest, output: CellOutput): Promise<unknown> {
    if (kind === "tool") {
      services.toolbox.add(notebookFunction(await services.session.functionSchema(request)));
      return null;
    }
    if (request.trim() === "") throw new UserError(`qwen.${kind}() needs a text`);
    const read = OPTIONS.safeParse(options);
    if (!read.success) {
      const [issue] = read.error.issues;
      throw new UserError(`qwen.${kind}(): ${[issue?.path.join("."), issue?.message].filter(Boolean).join(": ")}`);
    }
    const { turn, ...prepared } = await prepareTurn(kind, request, read.data, services, state, output);
    if (kind === "chat") return chat(prepared, [turn], output);
    const { end, table } = await work(prepared, [turn], services, state, output);
    return {
      answer: end?.answer ?? "",
      end: end?.reason,
      ...(end?.cell !== undefined && { code: end.cell }),
      ...(table && { rows: table.rows }),
    };
  }

  async function chat(
    { model, settings }: PreparedTurn,
    conversation: Conversation,
    { signal }: CellOutput,
  ): Promise<string> {
    let text = "";
    await countUsage(state, async () => {
      for await (const event of runChat(model, conversation, { ...settings, signal })) {
        if (event.type === "text-delta") text += event.text;
        else if (event.type === "answer-end") return event.usage;
      }
      return undefined;
    });
    return text.trim();
  }
}
