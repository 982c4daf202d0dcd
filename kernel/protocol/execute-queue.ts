import type { JupyterMessage } from "./messages.ts";

export interface ExecuteQueue {
  push(request: JupyterMessage): void;
}

/**
 * Cells run one after another, in the order they came. When one fails, those that wait behind it are not run (unless
 * the failed one was sent with `stop_on_error: false`): the front end sent them before it could know.
 */
export function createExecuteQueue(actions: {
  run(request: JupyterMessage): Promise<object | undefined>; // resolves with the reply's content
  abort(request: JupyterMessage): Promise<unknown>;
}): ExecuteQueue {
  let waiting: JupyterMessage[] = [];
  let isRunning = false;

  async function runAll(): Promise<void> {
    isRunning = true;
    for (let request = waiting.shift(); request; request = waiting.shift()) {
      const reply = await actions.run(request);
      if (!isError(reply) || request.content.stop_on_error === false) continue;
      const aborted = waiting;
      waiting = [];
      for (const next of aborted) await actions.abort(next);
    }
    isRunning = false;
  }

  return {
    push(request) {
      waiting.push(request);
      if (!isRunning) void runAll();
    },
  };
}

function isError(reply: object | undefined): boolean {
  return reply !== undefined && "status" in reply && reply.status === "error";
}
