// Stands between the kernel and the child that runs the cells. It starts the child, relays the kernel's messages, and
// interrupts what does not listen: the child's inspector is asked to terminate the running JavaScript.
//
// The inspector listens on 127.0.0.1, on a random port, for as long as the child lives. Its address holds a random
// UUID, which is told to this process only (--inspect-publish-uid=stderr: not over HTTP), and the line that Node
// prints with it goes into the kernel's pipe and no farther. So another user of the machine finds a port that answers
// nothing. Not covered: root, and processes of the same user, which could trace the child anyway.
//
// It is connected to for the length of one interrupt: Node lets a process that ends, by process.exit() or by
// process.kill() of itself, wait for whoever is connected to its inspector.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { FRAMES_FD, type ToChild } from "./messages.ts";

const LISTENS_WITHIN_MS = 20; // a child that is not busy answers an interrupt in a fraction of this

process.on("SIGUSR1", () => {}); // else Node opens this process's inspector, and with it the channel to the kernel
process.on("SIGINT", () => {}); // the group's SIGINT is for what the child started
process.on("SIGTERM", () => process.exit(1));

// The child of a supervisor that was killed dies with it, also in a loop: what goes before its command sees to that.
const [execPath = process.execPath, ...wrapped] = [...process.argv.slice(2), process.execPath];
const child = fork(fileURLToPath(new URL("./child.js", import.meta.url)), [], {
  execPath,
  execArgv: [
    ...wrapped,
    "--inspect-publish-uid=stderr",
    // After a termination Node's stack of async ids is not unwound; with the check on, Node would abort the child.
    "--no-force-async-hooks-checks",
    "--disable-warning=ExperimentalWarning",
    ...process.execArgv,
  ],
  stdio: ["ignore", "inherit", "inherit", "ipc", FRAMES_FD],
});
const webSockets = import("ws"); // not before the child is started: it takes as long as a child does
let inspectorUrl: string | undefined;
let busy: NodeJS.Timeout | undefined; // runs out when the child does not listen

child.on("message", (message: { inspector?: string; interrupted?: true }) => {
  inspectorUrl ??= message.inspector;
  if (message.interrupted) listens();
});
child.on("exit", (code, signal) => {
  if (!process.connected) process.exit();
  process.send?.({ type: "exit", code, signal }, () => process.exit());
});

process.on("message", (message: ToChild) => {
  if (child.connected) child.send(message);
  if (message.type === "interrupt") {
    listens();
    busy = setTimeout(terminate, LISTENS_WITHIN_MS);
  }
});
process.on("disconnect", () => {
  // The kernel is gone. This process leads the group that it, the child and what the cells started are in.
  child.kill("SIGKILL");
  if (process.platform !== "win32") process.kill(-process.pid, "SIGKILL");
  process.exit();
});

function listens(): void {
  clearTimeout(busy);
  busy = undefined;
}

/** Ends the JavaScript that runs in the child, unless the child has come to listen meanwhile. */
async function terminate(): Promise<void> {
  const { WebSocket } = await webSockets;
  if (inspectorUrl === undefined) return; // the child is not ready: nothing runs in it
  const socket = new WebSocket(inspectorUrl, { perMessageDeflate: false });
  socket.on("error", () => {}); // it ends with the child, whose exit tells
  socket.on("open", () => {
    if (busy !== undefined) socket.send(JSON.stringify({ id: 1, method: "Runtime.terminateExecution" }));
    socket.close();
  });
}
