import { APPROVAL_MODES, type ApprovalMode } from "../../interpreter/index.ts";
import { type CellOutput, UserError } from "../cells/cell.ts";
import type { Sandbox } from "../cells/sandbox.ts";
import type { ModelServices, NotebookState } from "../model/services.ts";
import type { Toolbox } from "../model/toolbox.ts";
import { PROTECTIONS } from "../settings/settings-keys.ts";
import { confirmLoosening } from "./confirm-loosening.ts";
import type { Magic } from "./magic.ts";

const USAGE = "%approve [ask|auto|always|never] [TOOL]";
const MEANINGS: Readonly<Record<ApprovalMode, string>> = {
  ask: "code that the model wrote is shown and asked about before it runs; its read-only SQL runs at once",
  auto: "what can be confined (see %sandbox) runs without a question; the rest is asked about",
  always: "everything that the model writes runs without a question",
  never: "nothing but read-only SQL runs; code is left as a cell",
};

/** What the model's code needs before it runs, in this notebook. */
export function approveMagic(
  {
    toolbox,
    approve,
    sandbox,
  }: Pick<ModelServices, "toolbox" | "approve"> & { readonly sandbox: Pick<Sandbox, "isOfSettings"> },
  state: NotebookState,
): Magic {
  return {
    name: "approve",
    kind: "line",
    usage: USAGE,
    help: "Shows or sets what the model's code needs before it runs.",
    async run({ args }, output) {
      const [wanted, tool] = args.split(/\s+/).filter(Boolean);
      if (wanted !== undefined) {
        const mode = APPROVAL_MODES.find((name) => name === wanted);
        if (!mode) throw new UserError(`no mode ${wanted}; there are: ${APPROVAL_MODES.join(", ")}`);
        const guards = approve === "never" || sandbox.isOfSettings;
        if (guards && isLooser(mode, approve))
          await confirmLoosening(`With ${mode} ${MEANINGS[mode]}.`, `approve ${approve}`, output);
        if (tool === undefined) state.approval = mode;
        else {
          await known(tool, mode, toolbox, output);
          state.toolApproval.set(tool, mode);
        }
      }
      output.stream("stdout", `${state.approval}: ${MEANINGS[state.approval]}\n`);
      for (const [name, mode] of state.toolApproval) output.stream("stdout", `${name}: ${mode}\n`);
    },
  };
}

/** What runs without a question is a tool that is there: not whatever takes this name some day. */
async function known(name: string, mode: ApprovalMode, toolbox: Toolbox, output: CellOutput): Promise<void> {
  if (!loosens(mode) || toolbox.knows(name)) return;
  await toolbox.list(output);
  if (!toolbox.knows(name)) throw new UserError(`there is no tool ${name}; %tools lists those that there are`);
}

/** The name is another tool's now: it is asked about as any other. */
export function forgetApproval(name: string, { toolApproval }: NotebookState): void {
  const mode = toolApproval.get(name);
  if (mode !== undefined && loosens(mode)) toolApproval.delete(name);
}

function isLooser(mode: ApprovalMode, than: ApprovalMode): boolean {
  const order: readonly ApprovalMode[] = PROTECTIONS.approve;
  return order.indexOf(mode) > order.indexOf(than);
}

function loosens(mode: ApprovalMode): boolean {
  return mode === "auto" || mode === "always";
}
