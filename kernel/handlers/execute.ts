import { createHash } from "node:crypto";
import type { TypeScriptSession } from "../../interpreter/index.ts";
import type { CellRecord } from "../cells/cell.ts";
import type { Notices } from "../cells/notices.ts";
import { CellDisplay } from "../display/cell-display.ts";
import type { CellDisplays } from "../display/cell-displays.ts";
import type { ErrorContent, ExecuteReply, JupyterMessage } from "../protocol/messages.ts";
import type { Outbox } from "../protocol/outbox.ts";
import type { Stdin } from "../protocol/stdin.ts";
import type { History } from "./history.ts";
import type { CellRun, RunCell } from "./run-cell.ts";

const MAX_RECORDS = 500; // of the cells that the model may be told of

export interface Executor {
  execute(content: Readonly<Record<string, unknown>>, request: JupyterMessage): Promise<ExecuteReply>;
  /** Ends the running cell, keeps variables. */
  interrupt(): { readonly status: "ok" };
}

export interface ExecutorParts {
  readonly outbox: Outbox;
  readonly stdin: Stdin;
  readonly session: TypeScriptSession;
  readonly displays: CellDisplays;
  readonly history: History;
  readonly records: CellRecord[]; // added to, oldest first
  readonly notices: Notices;
  readonly runCell: RunCell;
}

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#execute */
export function createExecutor(parts: ExecutorParts): Executor {
  const { outbox, stdin, session, displays, history, records, notices, runCell } = parts;
  const leftBelow = new Map<string, string>(); // what a cell's run left as a new cell, by cell and source
  let nextCount = 1;
  let running: CellDisplay | undefined;

  function open(request: JupyterMessage, { silent, allowStdin }: { silent: boolean; allowStdin: boolean }) {
    return new CellDisplay({
      cellId: request.header.msg_id,
      request,
      notebookCellId: typeof request.metadata.cellId === "string" ? request.metadata.cellId : undefined,
      publish: (type, content) => void (silent || outbox.publish(type, content, request)),
      ask: allowStdin ? (prompt, password, signal) => stdin.ask(request, { prompt, password, signal }) : undefined,
    });
  }

  /** @param expressions by name; what is no object is none, as a text, whose characters Object.entries() would take for some */
  async function evaluate(expressions: unknown): Promise<Record<string, object>> {
    const isObject = typeof expressions === "object" && expressions !== null && !Array.isArray(expressions);
    const entries = isObject ? Object.entries(expressions) : [];
    if (entries.length === 0) return {};
    const texts = Object.fromEntries(entries.map(([name, expression]) => [name, String(expression)]));
    const outcomes = Object.entries(await session.evaluate(texts));
    const shown = outcomes.map(([name, outcome]): [string, object] => {
      if (outcome.status === "error") return [name, { status: "error", ...outcome.error }];
      const { data, metadata } = outcome.result ?? { data: { "text/plain": "undefined" }, metadata: {} };
      return [name, { status: "ok", data, metadata }];
    });
    return Object.fromEntries(shown);
  }

  /** The payload of a cell to be left below; none when the same run of the same cell has left it before. */
  function nextInputPayload(display: CellDisplay, source: string, { metadata }: JupyterMessage): object[] {
    const code = display.nextInput;
    if (code === undefined) return [];
    const key = createHash("sha256")
      .update(`${metadata.cellId ?? ""}\n${source}`)
      .digest("hex");
    if (leftBelow.get(key) === code) return [];
    leftBelow.set(key, code);
    return [{ source: "set_next_input", text: code, replace: false }];
  }

  async function run(source: string, display: CellDisplay, executionCount: number): Promise<CellRun> {
    running = display;
    try {
      return await runCell(source, display, executionCount);
    } finally {
      running = undefined;
    }
  }

  return {
    async execute(content, request) {
      const source = typeof content.code === "string" ? content.code : "";
      const silent = content.silent === true;
      const isStored = !silent && content.store_history !== false && source.trim() !== "";
      const executionCount = isStored ? nextCount++ : nextCount;
      const display = open(request, { silent, allowStdin: content.allow_stdin === true });
      displays.add(display);
      if (!silent) void outbox.publish("execute_input", { code: source, execution_count: executionCount }, request);

      if (isStored) notices.show(display); // a silent request has nobody who reads
      const outcome = await run(source, display, executionCount);
      if (outcome.error) display.error(outcome.error);
      display.end();
      if (isStored) {
        history.add(executionCount, source, display.outputText);
        const { isTalk = false, error } = outcome;
        records.push({ executionCount, source, outputText: display.outputText, failed: error !== undefined, isTalk });
        if (records.length > MAX_RECORDS) records.shift();
      }
      const payload = [...outcome.pages, ...nextInputPayload(display, source, request)];
      if (outcome.error) return errorReply(outcome.error, executionCount, payload);
      const user_expressions = await evaluate(content.user_expressions);
      return { status: "ok", execution_count: executionCount, user_expressions, payload };
    },

    interrupt() {
      running?.interrupt();
      session.interrupt();
      return { status: "ok" };
    },
  };
}

function errorReply(error: ErrorContent, executionCount: number, payload: readonly object[]): ExecuteReply {
  return { status: "error", ...error, execution_count: executionCount, user_expressions: {}, payload };
}
