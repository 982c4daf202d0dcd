import type { ModelServices, NotebookState } from "../model/services.ts";
import { agentMagic } from "./agent.ts";
import { agentLineMagic } from "./agent-line.ts";
import { approveMagic } from "./approve.ts";
import { chatMagic } from "./chat.ts";
import { codeMagics, timeMagic, typesMagic } from "./code-magics.ts";
import { contextMagic } from "./context.ts";
import type { Magic } from "./magic.ts";
import { modeMagic } from "./mode.ts";
import { modelMagic, modelsMagic } from "./model.ts";
import { npmMagic } from "./npm.ts";
import { pythonMagic } from "./python.ts";
import { replayMagic } from "./replay.ts";
import { sandboxMagic } from "./sandbox.ts";
import { sessionMagics } from "./session-magics.ts";
import { sqlMagic } from "./sql.ts";
import { forgetMagic, systemMagic } from "./system.ts";
import { tablesMagic } from "./tables.ts";
import { toolMagic, toolsMagic } from "./tools.ts";
import { undoMagic } from "./undo.ts";
import { usageMagic } from "./usage.ts";

/** The magics, with the notebook's conversation between those that talk to the model. */
export function modelMagics(services: ModelServices, state: NotebookState): readonly Magic[] {
  return [
    chatMagic(services, state),
    agentMagic(services, state),
    sqlMagic(services),
    pythonMagic(services),
    ...codeMagics,
    modeMagic(services.mode),
    typesMagic(services.types),
    timeMagic(services.session, services.types),
    ...sessionMagics(services.session, services.folder),
    npmMagic(services),
    approveMagic(services, state),
    sandboxMagic(services),
    undoMagic(services.undo),
    replayMagic(services, state),
    agentLineMagic(services, state),
    modelMagic(services, state),
    modelsMagic(services),
    systemMagic(services, state),
    forgetMagic(state),
    usageMagic(state),
    toolMagic(services),
    toolsMagic(services),
    tablesMagic(services),
    contextMagic(services, state),
  ];
}
