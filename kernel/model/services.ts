// What the magics that talk to the model need of the kernel, and what they keep for the notebook.
import type {
  ApprovalMode,
  ChatModel,
  Conversation,
  Knowledge,
  PythonSession,
  SessionEvent,
  Tool,
  TypeScriptSession,
} from "../../interpreter/index.ts";
import type { CellOutput, CellRecord } from "../cells/cell.ts";
import type { CellMode, CellTypes } from "../cells/cell-mode.ts";
import type { Sandbox } from "../cells/sandbox.ts";
import type { AgentFile } from "./agent-file.ts";
import type { SavedTrace } from "./saved-trace.ts";
import type { Toolbox } from "./toolbox.ts";
import type { Undo } from "./undo.ts";

/** Given by the kernel. */
export interface ModelServices {
  readonly folder: string; // the notebook's
  readonly undo: Undo;
  readonly session: TypeScriptSession;
  readonly python: PythonSession;
  readonly toolbox: Toolbox;
  readonly sandbox: Sandbox;
  /** The cells that ran, oldest first, without the one that runs. */
  cells(): readonly CellRecord[];
  /** Listens to the session's events of all cells; returns what stops it. */
  onSessionEvent(listener: (event: SessionEvent) => void): () => void;
  /** Connects, and starts the engine where need be, with its progress in the cell. @throws UserError */
  chatModel(output: CellOutput, model?: string): Promise<ChatModel>;
  /** The model in use and where it runs: "this machine" or a server's address. */
  modelInUse(): Promise<{ readonly name: string; readonly place: string }>;
  /**
   * @param name default: the one in use
   * @param loras FILE or FILE=SCALE of adapters beside it, from the notebook's folder; default: none
   * @throws UserError that names the models there are
   */
  useModel(name: string | undefined, loras?: readonly string[]): Promise<void>;
  listModels(): Promise<readonly { readonly name: string; readonly note: string }[]>;
  readonly contextTokens: number; // what the model can read
  readonly approve: ApprovalMode; // as configured
  readonly mode: CellMode; // of the notebook's cells
  readonly types: CellTypes;
}

/** Kept for the notebook as long as its kernel lives. */
export interface NotebookState {
  readonly conversation: Conversation;
  system: string | undefined; // instead of the built-in prompts
  thinking: boolean | undefined; // of models that can; undefined: as a server has it, and not on our engine
  approval: ApprovalMode;
  readonly toolApproval: Map<string, ApprovalMode>; // of tools that have their own
  /** Cells that were left below, by the request they came from: the same cell is not left twice. */
  readonly leftCells: Map<string, string>;
  /** %agent use */
  agent:
    | { readonly file: AgentFile; readonly knowledge: Knowledge | undefined; readonly search: Tool | undefined }
    | undefined;
  lastTrace: SavedTrace | undefined;
  agentWorks: boolean; // one at a time: it asks, and its code runs in the one session
  readonly notes: Set<string>; // said once
  usage: { requests: number; promptTokens: number; cachedTokens: number; completionTokens: number; seconds: number };
}

export function newNotebookState(approval: ApprovalMode): NotebookState {
  return {
    conversation: [],
    system: undefined,
    thinking: undefined,
    approval,
    toolApproval: new Map(),
    leftCells: new Map(),
    agent: undefined,
    lastTrace: undefined,
    agentWorks: false,
    notes: new Set(),
    usage: noUsage(),
  };
}

export function noUsage(): NotebookState["usage"] {
  return { requests: 0, promptTokens: 0, cachedTokens: 0, completionTokens: 0, seconds: 0 };
}
