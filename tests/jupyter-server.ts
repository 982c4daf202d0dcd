// Kernels behind a running Jupyter Server, as its front ends reach them.
import { randomUUID } from "node:crypto";
import { WebSocket } from "ws";

/** @param url the server's, with its token @returns the kernel's id */
export async function startKernel(url: URL, name: string): Promise<string> {
  const token = url.searchParams.get("token");
  const post = { method: "POST", body: JSON.stringify({ name }) };
  const response = await fetch(`${url.origin}/api/kernels?token=${token}`, post);
  if (!response.ok) throw new Error(`no kernel ${name}: ${await response.text()}`);
  const { id } = (await response.json()) as { id: string };
  return id;
}

/** The texts that a cell shows, in their order; those of a display that changes, too. @throws Error the cell's */
export async function execute(url: URL, kernelId: string, code: string): Promise<string[]> {
  const token = url.searchParams.get("token");
  const socket = new WebSocket(`ws://${url.host}/api/kernels/${kernelId}/channels?token=${token}`);
  const id = randomUUID();
  const shown: string[] = [];
  try {
    return await new Promise<string[]>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("message", (message) => {
        const { msg_type, content, parent_header } = JSON.parse(String(message));
        if (parent_header.msg_id !== id) return;
        const text = content.data?.["text/plain"] ?? content.data?.["text/markdown"];
        if (typeof text === "string") shown.push(text);
        if (msg_type === "error") reject(new Error(content.evalue));
        if (msg_type === "status" && content.execution_state === "idle") resolve(shown);
      });
      socket.on("open", () => {
        const header = { msg_id: id, msg_type: "execute_request", session: "1", username: "", version: "5.5" };
        const content = { code, silent: false, store_history: false, user_expressions: {}, allow_stdin: false };
        socket.send(JSON.stringify({ channel: "shell", header, parent_header: {}, metadata: {}, content }));
      });
    });
  } finally {
    socket.close();
  }
}
