// What runs a notebook's cells, put together. Loaded after the sockets are open, so that the kernel answers at once.
import { join } from "node:path";
import { startTypeScriptSession } from "../interpreter/index.ts";
import { type Comms, createComms } from "./comms/index.ts";
import { createCellFiles } from "./debugger/cell-files.ts";
import { createDebugRequests, type DebugRequests, debugEvents } from "./debugger/debug-requests.ts";
import { CellDisplays } from "./display/cell-displays.ts";
import { tableNotes } from "./display/table-notes.ts";
import { createExecutor, type Executor } from "./handlers/execute.ts";
import type { History } from "./handlers/history.ts";
import { createRunCell } from "./handlers/run-cell.ts";
import { forgetApproval } from "./magics/approve.ts";
import { type Assist, createAssist } from "./magics/assist.ts";
import type { CellTypes } from "./magics/code-magics.ts";
import { createMagics } from "./magics/index.ts";
import { isWork } from "./magics/is-work.ts";
import type { CellRecord, Magic } from "./magics/magic.ts";
import type { CellMode } from "./magics/mode.ts";
import { modelRequests } from "./magics/qwen.ts";
import { type ModelServices, newNotebookState } from "./magics/services.ts";
import { Toolbox } from "./magics/toolbox.ts";
import { Undo } from "./magics/undo.ts";
import { createModels } from "./models.ts";
import { Notices } from "./notices.ts";
import type { Outbox } from "./outbox.ts";
import { createPython } from "./python.ts";
import { createSandbox } from "./sandbox.ts";
import { configFolder, settingsAtStart } from "./settings.ts";
import type { Stdin } from "./stdin.ts";

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
  const models = createModels({ cwd, env, atStart, tell: notices.add });
  const snapshotFolder = join(atStart.cacheDir, "compiler");
  const sandbox = createSandbox({ cwd, snapshotFolder, isOn: atStart.sandbox === "on", onEvent: displays.route });
  const { confine } = sandbox;
  const cells = createCellFiles();
  const session = await startTypeScriptSession({
    cwd,
    confine,
    compiler: atStart.compiler,
    snapshotFolder,
    debugger: { cellPath: cells.pathOf, onEvent: debugEvents(outbox) },
    onEvent: displays.route,
    onTableNotes: (tables) => displays.show(tableNotes(tables)),
  });
  const python = createPython({ cwd, env, confine, onEvent: displays.route });
  const state = newNotebookState(atStart.approve);
  const toolbox = new Toolbox({
    folder: cwd,
    python,
    configFolder: configFolder(env),
    onReplaced: (name) => forgetApproval(name, state),
  });
  const undo = new Undo(cwd, env.JPY_SESSION_NAME);
  const mode: CellMode = { current: "code" };
  const types: CellTypes = { areChecked: true };
  const services: ModelServices = {
    session,
    python,
    toolbox,
    mode,
    types,
    cells: () => records.filter(({ source, isTalk }) => !isTalk && isWork(source, magics)),
    onSessionEvent: displays.listen.bind(displays),
    sandbox,
    folder: cwd,
    undo,
    ...models,
  };
  const magics: readonly Magic[] = createMagics(services, state);
  const comms = createComms(outbox, session);
  displays.sendComms(comms.publish);
  displays.answerModelRequests(modelRequests(services, state));
  const assist = createAssist(session, python, magics, mode);
  const runCell = createRunCell({ session, displays, magics, assist, mode, types });
  const executor = createExecutor({ outbox, stdin, session, displays, history, records, notices, runCell });
  return {
    executor,
    assist,
    comms,
    debugRequests: createDebugRequests(session, cells),
    async [Symbol.asyncDispose]() {
      undo.dispose();
      await Promise.all([
        session[Symbol.asyncDispose](),
        python[Symbol.asyncDispose](),
        toolbox.close(),
        sandbox.cells[Symbol.asyncDispose](),
      ]);
    },
  };
}
