import type { CodePreview, Tool } from "../tools/tool.ts";

/**
 * `ask`: shows the code and asks. `always`: runs everything. `never`: only proposes. `auto`: runs what is confined
 * and asks for the rest.
 */
export type ApprovalMode = "ask" | "auto" | "always" | "never";
export const APPROVAL_MODES = ["ask", "auto", "always", "never"] as const satisfies readonly ApprovalMode[];

/** `propose`: not run, left to the user as a cell. `run-confined`: only where nothing of the user's can be reached. */
export type ApprovalDecision = "run" | "run-confined" | "refuse" | "propose";

/** @param canConfine whether the call can be confined; asked only where that matters */
export type Approve = (
  tool: Tool,
  preview: CodePreview,
  canConfine: () => Promise<boolean>,
) => Promise<ApprovalDecision>;

export const APPROVAL_QUESTION = "Run this code? [y]es, [n]o, [e]dit as a cell, [a]lways in this notebook ";
const MAX_QUESTIONS = 3; // then an answer that is none of the four counts as no

/** The notebook's approval. What only reads runs at once; without a user to ask, code is proposed and not run. */
export function createApprove(options: {
  readonly mode: (tool: string) => ApprovalMode; // a tool may have its own
  readonly setMode: (mode: ApprovalMode) => void;
  /** `undefined` where nobody can answer. */
  readonly ask: (question: string, preview: CodePreview) => Promise<string | undefined>;
}): Approve {
  return async (tool, preview, canConfine) => {
    const mode = options.mode(tool.name);
    if (tool.effect === "reads" || mode === "always") return "run";
    if (mode === "never") return "propose";
    if (mode === "auto" && (await canConfine())) return "run-confined";
    for (let question = 0; question < MAX_QUESTIONS; question++) {
      const answer = await options.ask(APPROVAL_QUESTION, preview);
      switch (answer?.trim().toLowerCase()) {
        case undefined:
        case "e":
        case "edit":
          return "propose";
        case "y":
        case "yes":
          return "run";
        case "n":
        case "no":
          return "refuse";
        case "a":
        case "always":
          options.setMode("always");
          return "run";
        default:
      }
    }
    return "refuse";
  };
}
