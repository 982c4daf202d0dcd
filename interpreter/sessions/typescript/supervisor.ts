// Stands between the kernel and the child that runs the cells. It starts the child, relays the kernel's messages, and
// interrupts what does not listen: the child's inspector is asked to terminate the running JavaScript.
//
// The inspector listens on 127.0.0.1, on a random port, for as long as the child lives. Its address holds a random
// UUID, which is told to this process only (--inspect-publish-uid=stderr: not over HTTP), and the line that Node
// prints with it goes into the kernel's pipe and no farther. So another user of the machine finds a port that answers
// nothing. Not covered: root, and processes of the same user, which could trace the child anyway.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { WebSocket } from "ws";
import { FRAMES_FD, type ToChild } from "./messages.ts";

const LISTENS_WITHIN_MS = 20; // a child that is not busy answers an interrupt in a fraction of this

process.on("SIGINT", () => {}); // the group's SIGINT is for what the child started
process.on("SIGTERM", () => process.exit(1));

const child = fork(fileURLToPath(new URL("./child.js", import.meta.url)), [], {
  execArgv: [
    "--inspect-publish-uid=stderr",
    // After a termination Node's stack of async ids is not unwound; with the check on, Node would abort the child.
    "--no-force-async-hooks-checks",
    "--disable-warning=ExperimentalWarning",
    ...process.execArgv,
  ],
  stdio: ["ignore", "inherit", "inherit", "ipc", FRAMES_FD],
});
let inspector: Promise<WebSocket | undefined> | undefined;
let busy: NodeJS.Timeout | undefined; // runs out when the child does not listen
let exiting = false;

child.on("message", (message: { inspector?: string; interrupted?: true; exiting?: true }) => {
  if (message.inspector !== undefined) inspector = connect(message.inspector);
  if (message.interrupted) clearTimeout(busy);
  if (message.exiting) void leave();
});
child.on("exit", (code, signal) => {
  if (!process.connected) process.exit();
  process.send?.({ type: "exit", code, signal }, () => process.exit());
});

process.on("message", (message: ToChild) => {
  if (child.connected) child.send(message);
  if (message.type === "interrupt") {
    clearTimeout(busy);
    busy = setTimeout(async () => {
      const socket = await inspector;
      if (socket !== undefined) call(socket, "Runtime.terminateExecution");
    }, LISTENS_WITHIN_MS);
  }
});
process.on("disconnect", () => {
  // The kernel is gone. This process leads the group that it, the child and what the cells started are in.
  child.kill("SIGKILL");
  if (process.platform !== "win32") process.kill(-process.pid, "SIGKILL");
  process.exit();
});

async function connect(url: string): Promise<WebSocket | undefined> {
  const { WebSocket } = await import("ws"); // not before the child is started: it takes as long as a child does
  if (exiting) return undefined;
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((resolve) => {
    socket.once("open", resolve);
    socket.on("error", () => {}); // it ends with the child, whose exit tells
  });
  socket.on("message", (data) => {
    // A cell may have taken the child's "exit" listener away.
    if (String(data).includes("NodeRuntime.waitingForDisconnect")) socket.close();
  });
  call(socket, "NodeRuntime.notifyWhenWaitingForDisconnect", { enabled: true });
  return socket;
}

/** The child's exit waits for its debuggers; this one may come to know before it was connected. */
async function leave(): Promise<void> {
  exiting = true;
  (await inspector)?.close();
}

function call(socket: WebSocket, method: string, params: object = {}): void {
  socket.send(JSON.stringify({ id: 1, method, params }));
}
