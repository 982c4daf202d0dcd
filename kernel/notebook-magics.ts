// What a notebook has besides cells of code: magics, models and their tools, Python. Loaded when something of it is asked
// for: it takes as long to load as all that a cell of code needs.
import type { PythonSession, TypeScriptSession } from "../interpreter/index.ts";
import type { CellOutput, CellRecord } from "./cells/cell.ts";
import type { CellMode, CellTypes } from "./cells/cell-mode.ts";
import { createPython } from "./cells/python.ts";
import type { Sandbox } from "./cells/sandbox.ts";
import type { CellDisplays, ModelRequest } from "./display/cell-displays.ts";
import { forgetApproval } from "./magics/approve.ts";
import { createMagics } from "./magics/index.ts";
import { isWork } from "./magics/is-work.ts";
import type { Magic } from "./magics/magic.ts";
import { modelRequests } from "./magics/qwen.ts";
import { createModels } from "./model/models.ts";
import { type ModelServices, newNotebookState } from "./model/services.ts";
import { Toolbox } from "./model/toolbox.ts";
import { Undo } from "./model/undo.ts";
import { type AtStart, configFolder } from "./settings/settings.ts";

export interface NotebookMagics extends AsyncDisposable {
  readonly all: readonly Magic[];
  readonly python: PythonSession;
  /** Answers a cell that asks the model. */
  answer(request: ModelRequest, output: CellOutput): Promise<void>;
}

export interface MagicsOptions {
  readonly cwd: string; // the notebook's folder
  readonly env: NodeJS.ProcessEnv;
  readonly atStart: AtStart;
  readonly tell: (notice: string) => void;
  readonly session: TypeScriptSession;
  readonly sandbox: Sandbox;
  readonly displays: CellDisplays;
  readonly records: readonly CellRecord[]; // of the cells that ran, oldest first
  readonly mode: CellMode;
  readonly types: CellTypes;
}

export function openMagics(options: MagicsOptions): NotebookMagics {
  const { cwd, env, atStart, tell, session, sandbox, displays, records, mode, types } = options;
  const python = createPython({ cwd, env, confine: sandbox.confine, onEvent: displays.route });
  const state = newNotebookState(atStart.approve);
  const toolbox = new Toolbox({
    folder: cwd,
    python,
    configFolder: configFolder(env),
    onReplaced: (name) => forgetApproval(name, state),
  });
  const undo = new Undo(cwd, env.JPY_SESSION_NAME);
  const services: ModelServices = {
    session,
    python,
    toolbox,
    mode,
    types,
    cells: () => records.filter(({ source, isTalk }) => !isTalk && isWork(source, all)),
    onSessionEvent: displays.listen.bind(displays),
    sandbox,
    folder: cwd,
    undo,
    ...createModels({ cwd, env, atStart, tell }),
  };
  const all: readonly Magic[] = createMagics(services, state);
  return {
    all,
    python,
    answer: modelRequests(services, state),
    async [Symbol.asyncDispose]() {
      undo.dispose();
      await Promise.all([python[Symbol.asyncDispose](), toolbox.close(), sandbox.cells[Symbol.asyncDispose]()]);
    },
  };
}
