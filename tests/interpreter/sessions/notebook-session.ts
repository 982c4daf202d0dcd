import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import {
  type CellError,
  type CellOutcome,
  type MimeBundle,
  type SessionEvent,
  startTypeScriptSession,
  type ToolContext,
  type TypeScriptSession,
} from "../../../interpreter/index.ts";

/** A session in a folder of its own, as a notebook has it, with what it showed. */
export interface NotebookSession extends AsyncDisposable {
  readonly session: TypeScriptSession;
  readonly folder: string;
  readonly events: SessionEvent[];
  run(code: string): Promise<CellOutcome>;
  /** The result of a cell that must succeed. */
  result(code: string): Promise<MimeBundle | undefined>;
  /** The error of a cell that must fail. */
  failure(code: string): Promise<CellError>;
  /** What a cell printed, of one stream or both. */
  printed(cellId: string, name?: "stdout" | "stderr"): string;
  /** Resolves at the first event, from now on or earlier, that fits. */
  eventually(fits: (event: SessionEvent) => boolean): Promise<SessionEvent>;
}

/** What a tool is called with that shows nothing. */
export function toolContext({ session }: NotebookSession): ToolContext {
  return { session, cellId: "c", signal: undefined, display() {}, onSessionEvent: () => () => {} };
}

/** What tools are called with, over these files, which are there while the tests of a file run. */
export function contextOver(files: NonNullable<NotebookOptions["files"]>): () => ToolContext {
  let notebook: NotebookSession;
  beforeAll(async () => {
    notebook = await openNotebook({ files });
  });
  afterAll(() => notebook[Symbol.asyncDispose]());
  return () => toolContext(notebook);
}

export interface NotebookOptions {
  readonly files?: Readonly<Record<string, string>>; // path in the folder -> text
  readonly heapMegabytes?: number;
  readonly compiler?: "own" | "tslab";
  readonly answer?: (prompt: string) => string | undefined;
}

export async function openNotebook({ files = {}, answer, ...options }: NotebookOptions = {}): Promise<NotebookSession> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "qwenlab-notebook-")));
  for (const [path, text] of Object.entries(files)) write(join(folder, path), text);
  const events: SessionEvent[] = [];
  const waiting = new Set<(event: SessionEvent) => void>();
  const onEvent = (event: SessionEvent) => {
    events.push(event);
    for (const look of waiting) look(event);
    if (event.type === "input-request") event.answer(answer?.(event.prompt));
  };
  const session = await startTypeScriptSession({ cwd: folder, onEvent, ...options });
  let count = 0;
  const run = (code: string) => session.execute(code, { cellId: `cell-${++count}`, label: `In [${count}]` });
  return {
    session,
    folder,
    events,
    run,
    async result(code) {
      const outcome = await run(code);
      if (outcome.status === "error") expect.fail(outcome.error.traceback.join("\n"));
      return outcome.result?.data;
    },
    async failure(code) {
      const outcome = await run(code);
      if (outcome.status === "ok") expect.fail("the cell should have failed");
      return outcome.error;
    },
    printed(cellId, name) {
      const streams = events.filter((event) => event.type === "stream");
      return streams
        .filter((event) => event.cellId === cellId && (name === undefined || event.name === name))
        .map(({ text }) => text)
        .join("");
    },
    eventually(fits) {
      const known = events.find(fits);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve) => {
        const look = (event: SessionEvent) => {
          if (!fits(event)) return;
          waiting.delete(look);
          resolve(event);
        };
        waiting.add(look);
      });
    },
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** What text/plain of a result shows. */
export function plain(data: MimeBundle | undefined): unknown {
  return data?.["text/plain"];
}
