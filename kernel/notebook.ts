// What runs a notebook's cells, put together. Loaded after the sockets are open, so that the kernel answers at once.
import { startTypeScriptSession } from "../interpreter/index.ts";
import { CellDisplays } from "./display/cell-displays.ts";
import { createExecutor, type Executor } from "./handlers/execute.ts";
import type { History } from "./handlers/history.ts";
import { createRunCell } from "./handlers/run-cell.ts";
import { type Assist, createAssist } from "./magics/assist.ts";
import { createMagics } from "./magics/index.ts";
import { isWork } from "./magics/is-work.ts";
import type { CellRecord, Magic } from "./magics/magic.ts";
import type { CellMode } from "./magics/mode.ts";
import { Toolbox } from "./magics/toolbox.ts";
import { createModels } from "./models.ts";
import type { Outbox } from "./outbox.ts";
import { createPython } from "./python.ts";
import { configFolder } from "./settings.ts";
import type { Stdin } from "./stdin.ts";

export interface Notebook extends AsyncDisposable {
  readonly executor: Executor;
  readonly assist: Assist;
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
  const session = await startTypeScriptSession({ cwd, onEvent: displays.route });
  const python = createPython({ cwd, env, onEvent: displays.route });
  const toolbox = new Toolbox({ folder: cwd, python, configFolder: configFolder(env) });
  const mode: CellMode = { current: "code" };
  const magics: readonly Magic[] = createMagics({
    session,
    python,
    toolbox,
    mode,
    cells: () => records.filter(({ source, isTalk }) => !isTalk && isWork(source, magics)),
    onSessionEvent: displays.listen.bind(displays),
    ...createModels({ cwd, env }),
  });
  const assist = createAssist(session, python, magics, mode);
  const runCell = createRunCell({ session, displays, magics, assist, mode });
  const executor = createExecutor({ outbox, stdin, session, displays, history, records, runCell });
  return {
    executor,
    assist,
    async [Symbol.asyncDispose]() {
      await Promise.all([session[Symbol.asyncDispose](), python[Symbol.asyncDispose](), toolbox.close()]);
    },
  };
}
