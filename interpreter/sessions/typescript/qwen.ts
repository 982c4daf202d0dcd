// qwen.chat(), qwen.agent() and qwen.tool() of the cells: the model is the kernel's, this asks for it.

import type { ModelAnswer } from "../session.ts";
import { currentCell } from "./attribution.ts";
import type { Qwen, QwenAgentAnswer, QwenOptions } from "./cell-globals.ts";
import { send } from "./frames-out.ts";

const MAX_REQUEST_CHARACTERS = 8 * 2 ** 20; // no model reads as much

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

const waiting = new Map<number, Waiting>();
let nextId = 1;

export const qwen: Qwen = {
  chat: (request, options) => ask("chat", String(request), options) as Promise<string>,
  agent: (request, options) => ask("agent", String(request), options) as Promise<QwenAgentAnswer>,
  async tool(fn) {
    if (typeof fn !== "function" || fn.name === "") throw new TypeError("qwen.tool() takes a function that has a name");
    await ask("tool", fn.name);
  },
};

export function answerModelRequest(id: number, answer: ModelAnswer): void {
  const asked = waiting.get(id);
  waiting.delete(id);
  if (answer.error === undefined) asked?.resolve(answer.value);
  else asked?.reject(new Error(answer.error));
}

function ask(kind: "chat" | "agent" | "tool", request: string, options: QwenOptions = {}): Promise<unknown> {
  if (request.length > MAX_REQUEST_CHARACTERS) {
    const limit = `${request.length} characters are more than a model can read`;
    return Promise.reject(new Error(`${limit}; give it a part, or the name of a file or table`));
  }
  const id = nextId++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    send({ type: "model-request", cellId: currentCell(), id, kind, request, options: { ...options } });
  });
}
