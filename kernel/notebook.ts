// What runs a notebook's cells, put together. Loaded after the sockets are open, so that the kernel answers at once.
import { join } from "node:path";
import { startTypeScriptSession } from "../interpreter/cells.ts";
import type { CellRecord } from "./cells/cell.ts";
import type { CellMode, CellTypes } from "./cells/cell-mode.ts";
import { Notices } from "./cells/notices.ts";
import { asksModel, type MagicCall } from "./cells/parse-cell.ts";
import type { Sandbox } from "./cells/sandbox.ts";
import { type Comms, createComms } from "./comms/index.ts";
import { createCellFiles } from "./debugger/cell-files.ts";
import { createDebugRequests, type DebugRequests, debugEvents } from "./debugger/debug-requests.ts";
import { CellDisplays } from "./display/cell-displays.ts";
import { tableNotes } from "./display/table-notes.ts";
import { type Assist, createAssist } from "./handlers/assist.ts";
import { createExecutor, type Executor } from "./handlers/execute.ts";
import type { History } from "./handlers/history.ts";
import { createRunCell } from "./handlers/run-cell.ts";
import type { NotebookMagics } from "./notebook-magics.ts";
import type { Outbox } from "./protocol/outbox.ts";
import type { Stdin } from "./protocol/stdin.ts";
import { settingsAtStart } from "./settings/settings.ts";

export interface Notebook extends AsyncDisposable {
  readonly executor: Executor;
  readonly assist: Assist;
  readonly comms: Comms;
  readonly debugRequests: DebugRequests;
}

export interface NotebookOptions {
  readonly cwd: string; // the notebook's folder
  readonly env: NodeJS.ProcessEnv;
  readonly outbox: Outbox;
  readonly stdin: Stdin;
  readonly history: History;
}

export async function openNotebook({ cwd, env, outbox, stdin, history }: NotebookOptions): Promise<Notebook> {
  const displays = new CellDisplays();
  const records: CellRecord[] = [];
  const notices = new Notices();
  const atStart = settingsAtStart({ cwd, env, tell: notices.add });
  const snapshotFolder = join(atStart.cacheDir, "compiler");
  const mode: CellMode = { current: "code" };
  const types: CellTypes = { areChecked: true };
  let sandbox: Sandbox | undefined;
  let opening: Promise<NotebookMagics> | undefined;

  async function openSandbox(): Promise<Sandbox> {
    const { createSandbox } = await import("./cells/sandbox.ts");
    const isOn = atStart.sandbox === "on";
    sandbox ??= createSandbox({ cwd, snapshotFolder, isOn, onEvent: displays.route });
    return sandbox;
  }

  if (atStart.sandbox === "on") await openSandbox(); // else it is off until a magic turns it on
  const cells = createCellFiles();
  const session = await startTypeScriptSession({
    cwd,
    confine: () => sandbox?.confine(),
    compiler: atStart.compiler,
    snapshotFolder,
    debugger: { cellPath: cells.pathOf, onEvent: debugEvents(outbox) },
    onEvent: displays.route,
    onTableNotes: (tables) => displays.show(tableNotes(tables)),
  });

  /** The engine of a first question is started before what asks it is loaded: that takes as long as its process to listen. */
  async function openMagics(asked: MagicCall | undefined): Promise<NotebookMagics> {
    if (asked && asksModel(asked)) {
      const { startForQuestion } = await import("./model/own-engine.ts");
      await startForQuestion({ cwd, env });
    }
    const magics = await import("./notebook-magics.ts");
    const parts = { session, sandbox: await openSandbox(), displays, records, mode, types };
    return magics.openMagics({ cwd, env, atStart, tell: notices.add, ...parts });
  }

  const magics = (asked?: MagicCall) => {
    opening ??= openMagics(asked);
    return opening;
  };
  const comms = createComms(outbox, session);
  displays.sendComms(comms.publish);
  displays.answerModelRequests(async (request, output) => (await magics()).answer(request, output));
  const assist = createAssist(session, magics, mode);
  const runCell = createRunCell({ session, displays, magics, assist, mode, types });
  const executor = createExecutor({ outbox, stdin, session, displays, history, records, notices, runCell });
  return {
    executor,
    assist,
    comms,
    debugRequests: createDebugRequests(session, cells),
    async [Symbol.asyncDispose]() {
      const others = opening ?? sandbox?.cells;
      await Promise.all([session[Symbol.asyncDispose](), (await others)?.[Symbol.asyncDispose]()]);
    },
  };
}
