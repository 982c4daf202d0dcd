// Stands between the kernel and the child that runs the cells: starts the child, tells how it ended, and interrupts what
// does not listen: the child's inspector is asked to terminate the running JavaScript.
//
// The inspector listens on 127.0.0.1, on a random port, for as long as the child lives. Its address holds a random
// UUID, which is told to this process only (--inspect-publish-uid=stderr: not over HTTP), and the line that Node
// prints with it goes into the kernel's pipe and no farther. So another user of the machine finds a port that answers
// nothing. Not covered: root, and processes of the same user, which could trace the child anyway.
//
// It is connected to for the length of one interrupt, or for as long as the user debugs: Node lets a process that ends, by
// process.exit() or by process.kill() of itself, wait for whoever is connected to its inspector.
import { spawn } from "node:child_process";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { leadsGroup, signalGroup } from "../../process-group.ts";
import { encodeFrame, readFrames } from "../frames.ts";
import { type InspectorRelay, relayInspector } from "./debugger/inspector-relay.ts";
import {
  FRAMES_FD,
  type FromSupervisor,
  type LastOfSupervisor,
  REQUESTS_FD,
  SUPERVISION_FD,
  type ToSupervisor,
} from "./messages.ts";
import { createTermination } from "./termination.ts";

process.on("SIGUSR1", () => {}); // else Node opens this process's inspector, and with it the pipe to the kernel
process.on("SIGINT", () => {}); // the group's SIGINT is for what the child started
process.on("SIGTERM", () => process.exit(1));

const kernel = new Socket({ fd: SUPERVISION_FD });
// The child of a supervisor that was killed dies with it, also in a loop: what goes before its command sees to that.
const [program = "", ...args] = [
  ...process.argv.slice(2),
  process.execPath,
  "--inspect-publish-uid=stderr",
  // After a termination Node's stack of async ids is not unwound; with the check on, Node would abort the child.
  "--no-force-async-hooks-checks",
  "--disable-warning=ExperimentalWarning",
  ...process.execArgv,
  fileURLToPath(new URL("./child.js", import.meta.url)),
];
const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit", "pipe", FRAMES_FD, REQUESTS_FD] });
let inspectorUrl: string | undefined;
let tellUrl: (url: string) => void;
const urlKnown = new Promise<string>((resolve) => {
  tellUrl = resolve;
});
let webSockets: Promise<typeof import("ws")> | undefined; // not while the child starts: it takes as long as a child does
const relays = new Map<number, InspectorRelay>(); // by connection; of a debugger
const termination = createTermination({ inspectorUrl: () => inspectorUrl, loadWebSockets, onWrong: wrong });

const fromChild = child.stdio[SUPERVISION_FD] as Readable; // as: a pipe, as asked for above
fromChild.on("error", () => {}); // the child ended, as its exit tells
readFrames(fromChild, { onMessage: handle, onWrong: wrong });
child.on("exit", (code, signal) => end({ type: "exit", code, signal }));
child.on("error", wrong);

readFrames(kernel, { onMessage: handle, onWrong: wrong });
kernel.on("error", () => {}); // closed is what comes next
kernel.on("close", () => {
  // The kernel is gone. This process leads the group that it, the child and what the cells started are in.
  if (leadsGroup()) {
    child.kill("SIGKILL");
    process.kill(-process.pid, "SIGKILL");
  } else signalGroup(child, "SIGKILL");
  process.exit();
});

function handle(given: unknown): void {
  const message = given as ToSupervisor; // as: of the kernel, or of the child, in whose room this process is
  if (message.type === "prepare") void loadWebSockets();
  else if (message.type === "interrupt") termination.interrupt();
  else if (message.type === "listens") termination.listens();
  else if (message.type === "interrupt-over") void termination.over().then(() => tell({ type: "settled" }));
  else if (message.type === "inspector") {
    inspectorUrl ??= message.url;
    tellUrl(inspectorUrl);
  } else if (message.type === "inspector-connect") connect(message.connection);
  else if (message.type === "inspector-message") relays.get(message.connection)?.send(message.message);
  else if (message.type === "inspector-disconnect") {
    relays.get(message.connection)?.close();
    relays.delete(message.connection);
  }
}

function loadWebSockets(): Promise<typeof import("ws")> {
  webSockets ??= import("ws");
  return webSockets;
}

function connect(connection: number): void {
  relays.set(connection, relayInspector({ url: urlKnown, webSockets: loadWebSockets(), connection, tell }));
}

function tell(message: FromSupervisor): void {
  kernel.write(encodeFrame(message));
}

function wrong({ message }: Error): void {
  end({ type: "wrong", why: message });
}

function end(last: LastOfSupervisor): void {
  kernel.write(encodeFrame(last), () => process.exit());
}
