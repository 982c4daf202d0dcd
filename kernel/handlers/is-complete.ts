import type { KernelMessage } from "@jupyterlab/services";

export interface CompletenessChecker {
  isComplete(code: string): Promise<{ status: "complete" | "incomplete" | "invalid"; indent: string }>;
}

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#code-completeness */
export async function isComplete(
  { code }: Readonly<Record<string, unknown>>,
  checker: CompletenessChecker,
): Promise<KernelMessage.IIsCompleteReplyMsg["content"]> {
  const { status, indent } = await checker.isComplete(typeof code === "string" ? code : "");
  return status === "incomplete" ? { status, indent } : { status };
}
